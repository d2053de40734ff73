//! The price of the seam: what a request costs beside plain hyper, in
//! instructions of user space. They repeat within a percent where times do not.
//!
//! `cargo bench -p fastservice --bench seam` needs valgrind. With `SEAM=raw`,
//! `SEAM=fast` or `SEAM=logged`, which also writes a record of each request, it
//! serves by that one until Ctrl-C instead, for load generators and profilers;
//! `PORT`, `RUNTIME`, `THREADS` and those of logs are the settings of a service.

mod exchange;
mod fast;
mod raw;
mod throughput;

use std::{
    env,
    error::Error,
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use self::exchange::{ALL, Exchange};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// The difference of two runs is free of what starting and stopping cost.
const FEW: u32 = 1_000;
const MANY: u32 = 3_000;
/// After this many seconds a server is killed.
const PATIENCE: &str = "120";

fn main() -> ExitCode {
    let result = match env::var("SEAM") {
        Ok(half) if half == "raw" => raw::serve(),
        Ok(half) if half == "fast" => fast::serve(),
        Ok(half) if half == "logged" => fast::serve_logged(),
        Ok(half) => Err(format!("SEAM is `raw`, `fast` or `logged`, not `{half}`").into()),
        // Not for `cargo test --all-targets`.
        Err(_) if !env::args().any(|argument| argument == "--bench") => Ok(()),
        Err(_) => compare(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<()> {
    let valgrind = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    valgrind
        .map_err(|error| format!("valgrind counts the instructions, and is missing: {error}"))?;
    println!("instructions per request, in user space, over one connection\n");
    let head = ["plain hyper", "FastService", "ratio", "with its record"];
    println!("{:<8}{:>14}{:>14}{:>8}{:>18}", "", head[0], head[1], head[2], head[3]);
    for exchange in ALL {
        let raw = instructions_per_request("raw", exchange)?;
        let fast = instructions_per_request("fast", exchange)?;
        let ratio = f64::from(fast) / f64::from(raw);
        let logged = instructions_per_request("logged", exchange)?;
        println!("{:<8}{raw:>14}{fast:>14}{ratio:>8.2}{logged:>18}", exchange.name);
    }
    throughput::compare()
}

fn instructions_per_request(half: &str, exchange: &Exchange) -> Result<u32> {
    let few = instructions(half, exchange, FEW)?;
    let many = instructions(half, exchange, MANY)?;
    Ok(u32::try_from(many.saturating_sub(few) / u64::from(MANY - FEW))?)
}

/// What a whole run costs that answers `count` requests. Its profile stays beside the build.
fn instructions(half: &str, exchange: &Exchange, count: u32) -> Result<u64> {
    let profile =
        format!("{}/seam.{half}.{}.{count}.callgrind", env!("CARGO_TARGET_TMPDIR"), exchange.name);
    let (server, address) = Server::start(half, exchange.setting, Some(&profile))?;
    exchange.repeat(address, count)?;
    server.stop()?;
    let profile = fs::read_to_string(profile)?;
    let totals = profile.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(totals.ok_or("valgrind wrote no totals")?.trim().parse()?)
}

/// This program again, as a server under valgrind.
struct Server(Child);

impl Server {
    /// With its instructions counted into a profile, or at its full speed.
    fn start(
        half: &str,
        setting: (&str, &str),
        profile: Option<&str>,
    ) -> Result<(Self, SocketAddr)> {
        let log_config = concat!(env!("CARGO_TARGET_TMPDIR"), "/seam.log.json");
        fs::write(log_config, r#"{"format": "json", "path": "/dev/null"}"#)?;
        let mut command = Command::new("timeout");
        command.arg(PATIENCE);
        if let Some(profile) = profile {
            command.args(["valgrind", "--quiet", "--tool=callgrind"]);
            command.arg(format!("--callgrind-out-file={profile}"));
        }
        let mut server = command
            .arg(env::current_exe()?)
            .envs([setting, ("SEAM", half), ("HOST", "127.0.0.1"), ("PORT", "0")])
            .envs([("RUNTIME", "per-core"), ("THREADS", "1")])
            .envs([("LOG_TYPE", "FILE"), ("LOG_CONFIG", log_config)])
            .stdout(Stdio::piped())
            .spawn()
            .map(Self)?;
        let stdout = server.0.stdout.take().ok_or("the server has no output")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        let address = address.trim().parse().map_err(|_| "the server did not start")?;
        Ok((server, address))
    }

    /// Ends it as its operator would, so that valgrind writes its totals.
    fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server ended by {status}").into()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails when it has ended, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The values that both halves read and write.
mod values {
    use fastservice::schemars::{self, JsonSchema};
    use serde::{Deserialize, Serialize};

    /// Who the one token speaks for that both halves know.
    pub(super) const USER: &str = "auth0|5f7c8ec7c33c6c004bbafe82";

    #[derive(Serialize, JsonSchema)]
    pub(super) struct Item {
        pub(super) id: i64,
        pub(super) q: Option<String>,
    }

    #[derive(Deserialize, Serialize, JsonSchema)]
    pub(super) struct Article {
        name: String,
        price: f64,
        in_stock: bool,
        tags: Vec<String>,
    }
}
