//! How long a service with 200 endpoints takes from `main` to its first answer, beside the
//! listener: the routes collected and checked, the router built, the document made.
//!
//! `cargo bench -p fastservice --bench startup` prints it.

mod things;

use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use fastservice::{
    App, Error as Refusal,
    auth::{Authentication, Authenticator},
    settings::Settings,
};

const ROUNDS: usize = 51;

/// In place of the development issuer, which makes keys at its first start.
struct Nobody;

impl Authenticator for Nobody {
    fn authenticate<'a>(&'a self, _: &'a str) -> Authentication<'a> {
        Authentication::ready(Err(Refusal::unauthorized("nobody is known")))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Not for `cargo test --all-targets`.
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("start of a service with 200 endpoints, {ROUNDS} times\n");
    println!("{:<22}{:>12}{:>12}{:>12}", "", "first", "median", "slowest");
    for (name, openapi) in [("with the document", "true"), ("without it", "false")] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let settings = Settings::from_pairs([("OPENAPI", openapi)])?;
            let begun = Instant::now();
            let app = App::new().authenticator(Nobody).settings(settings);
            let service = runtime.block_on(app.start())?;
            times.push(begun.elapsed());
            drop(service);
        }
        let first = times[0];
        times.sort();
        let [first, median, slowest] =
            [first, times[ROUNDS / 2], times[ROUNDS - 1]].map(milliseconds);
        println!("{name:<22}{first:>12}{median:>12}{slowest:>12}");
    }
    Ok(())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
