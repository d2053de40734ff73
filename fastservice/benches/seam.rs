//! The price of the seam: what a request costs beside plain hyper, in
//! instructions of user space. They repeat within a percent where times do not.
//!
//! `cargo bench -p fastservice --bench seam` needs valgrind. With `SEAM=raw`,
//! `SEAM=fast` or `SEAM=logged`, which also writes a record of each request, it
//! serves by that one until Ctrl-C instead, for load generators and profilers;
//! `PORT`, `RUNTIME`, `THREADS` and those of logs are the settings of a service.

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
    Ok(())
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
    let (server, address) = Server::start(half, &profile)?;
    exchange.repeat(address, count)?;
    server.stop()?;
    let profile = fs::read_to_string(profile)?;
    let totals = profile.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(totals.ok_or("valgrind wrote no totals")?.trim().parse()?)
}

/// This program again, as a server under valgrind.
struct Server(Child);

impl Server {
    fn start(half: &str, profile: &str) -> Result<(Self, SocketAddr)> {
        let log_config = concat!(env!("CARGO_TARGET_TMPDIR"), "/seam.log.json");
        fs::write(log_config, r#"{"format": "json", "path": "/dev/null"}"#)?;
        let mut server = Command::new("timeout")
            .args([PATIENCE, "valgrind", "--quiet", "--tool=callgrind"])
            .arg(format!("--callgrind-out-file={profile}"))
            .arg(env::current_exe()?)
            .envs([("SEAM", half), ("HOST", "127.0.0.1"), ("PORT", "0")])
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

/// What is asked, and how the client asks.
mod exchange {
    use super::{BufRead, BufReader, Duration, Result, SocketAddr, TcpStream, Write};

    pub(super) struct Exchange {
        pub(super) name: &'static str,
        request: &'static str,
        answer: &'static str,
    }

    pub(super) const ALL: &[Exchange] = &[
        Exchange {
            name: "text",
            request: "GET /hello HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                      accept: */*\r\n\r\n",
            answer: "Hello, World!",
        },
        Exchange {
            name: "item",
            request: "GET /items/42?q=blue+shoes HTTP/1.1\r\nhost: localhost\r\n\
                      user-agent: seam\r\naccept: */*\r\n\r\n",
            answer: r#"{"id":42,"q":"blue shoes"}"#,
        },
        Exchange {
            name: "echo",
            request: "POST /echo HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                      accept: */*\r\ncontent-type: application/json\r\ncontent-length: 89\r\n\r\n\
                      {\"name\":\"blue shoes\",\"price\":59.5,\"in_stock\":true,\
                      \"tags\":[\"shoes\",\"blue\",\"leather\",\"42\"]}",
            answer: "{\"name\":\"blue shoes\",\"price\":59.5,\"in_stock\":true,\
                     \"tags\":[\"shoes\",\"blue\",\"leather\",\"42\"]}",
        },
        Exchange {
            name: "private",
            request: "GET /private HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                      accept: */*\r\nauthorization: Bearer TOKEN\r\n\r\n",
            answer: "ali",
        },
    ];

    /// As long as an access token of Auth0.
    pub(super) fn token() -> String {
        "eyJhbGciOiJSUzI1NiJ9".repeat(45)
    }

    impl Exchange {
        /// Asks `count` times, each time after the answer before.
        pub(super) fn repeat(&self, address: SocketAddr, count: u32) -> Result<()> {
            let request = self.request.replace("TOKEN", &token());
            let mut stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            let mut answers = BufReader::new(stream.try_clone()?);
            for _ in 0..count {
                stream.write_all(request.as_bytes())?;
                let answer = read_answer(&mut answers)?;
                if answer != self.answer.as_bytes() {
                    let answer = String::from_utf8_lossy(&answer);
                    return Err(format!("{} was answered by {answer}", self.name).into());
                }
            }
            Ok(())
        }
    }

    fn read_answer(answers: &mut impl BufRead) -> Result<Vec<u8>> {
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            answers.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse()?,
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        answers.read_exact(&mut body)?;
        Ok(body)
    }
}

/// The values that both halves read and write.
mod values {
    use serde::{Deserialize, Serialize};

    /// Who the one token speaks for that both halves know.
    pub(super) const USER: &str = "ali";

    #[derive(Serialize)]
    pub(super) struct Item {
        pub(super) id: i64,
        pub(super) q: Option<String>,
    }

    #[derive(Deserialize, Serialize)]
    pub(super) struct Article {
        name: String,
        price: f64,
        in_stock: bool,
        tags: Vec<String>,
    }
}

/// The endpoints as this crate's users write them.
mod fast {
    use fastservice::{
        auth::{Authentication, Authenticator},
        log,
        prelude::*,
        server::{self, Listener, Runtime},
        settings::Settings,
    };

    use super::{
        exchange,
        values::{Article, Item, USER},
    };

    #[public_api(get = "/hello")]
    async fn hello() -> &'static str {
        "Hello, World!"
    }

    #[public_api(get = "/items/{id}")]
    async fn item(id: i64, q: Option<String>) -> Json<Item> {
        Json(Item { id, q })
    }

    #[public_api(post = "/echo")]
    async fn echo(Json(article): Json<Article>) -> Json<Article> {
        Json(article)
    }

    #[private_api(get = "/private", scope = "read:items")]
    async fn private(user: UserId) -> String {
        user.to_string()
    }

    /// Knows its token already, as a cache of verified ones does.
    struct OneToken {
        token: String,
        claims: Claims,
    }

    impl Authenticator for OneToken {
        fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
            let is_known = token == self.token;
            let claims = is_known.then(|| self.claims.clone());
            Authentication::ready(claims.ok_or_else(|| Error::unauthorized("another token")))
        }
    }

    pub(super) fn serve() -> super::Result<()> {
        serve_app(App::new(), Settings::from_environment()?)
    }

    pub(super) fn serve_logged() -> super::Result<()> {
        let settings = Settings::from_environment()?;
        let log = log::start(&settings)?;
        serve_app(App::new().observer(log.access()), settings)
    }

    fn serve_app(app: App, settings: Settings) -> super::Result<()> {
        let claims = Claims::new(USER.into(), ["read:items"], [""; 0], serde_json::Map::new());
        let authenticator = OneToken { token: exchange::token(), claims };
        let listener = Listener::bind(&settings.server)?;
        println!("{}", listener.address()?);
        let runtime = Runtime::new(&settings.server)?;
        let service =
            runtime.block_on(app.authenticator(authenticator).settings(settings).start())?;
        runtime.serve(listener, service, server::trigger().0)?;
        Ok(())
    }
}

/// The endpoints on hyper, as a careful person writes them: with a header
/// timeout, a limit of the body and its media type checked, and with nothing else.
mod raw {
    use std::{convert::Infallible, sync::LazyLock};

    use bytes::Bytes;
    use fastservice::{server, settings::Settings};
    use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
    use http_body_util::{BodyExt, Full, Limited};
    use hyper::{body::Incoming, server::conn::http1, service::service_fn};
    use hyper_util::rt::{TokioIo, TokioTimer};
    use tokio::net::{TcpListener, TcpStream};

    use super::{
        exchange,
        values::{Article, Item, USER},
    };

    const BODY_LIMIT: usize = 2 * 1024 * 1024;
    const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
    const JSON: HeaderValue = HeaderValue::from_static("application/json");

    pub(super) fn serve() -> super::Result<()> {
        let settings = Settings::from_environment()?.server;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind((settings.host, settings.port)).await?;
            println!("{}", listener.local_addr()?);
            tokio::select! {
                accepted = accept(listener) => accepted,
                () = server::signal() => Ok(()),
            }
        })
    }

    async fn accept(listener: TcpListener) -> super::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(connection(stream));
        }
    }

    async fn connection(stream: TcpStream) {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        if let Err(error) = connection.await {
            eprintln!("{error}");
        }
    }

    async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let answer = match (request.method(), request.uri().path()) {
            (&Method::GET, "/hello") => Ok(text("Hello, World!")),
            (&Method::GET, "/private") => private(request.headers()),
            (&Method::GET, path) => match path.strip_prefix("/items/") {
                Some(id) => item(id, request.uri().query()),
                None => Err(StatusCode::NOT_FOUND),
            },
            (&Method::POST, "/echo") => echo(request).await,
            _ => Err(StatusCode::NOT_FOUND),
        };
        Ok(answer.unwrap_or_else(|status| {
            let mut response = Response::new(Full::default());
            *response.status_mut() = status;
            response
        }))
    }

    fn private(headers: &HeaderMap) -> Result<Response<Full<Bytes>>, StatusCode> {
        static TOKEN: LazyLock<String> = LazyLock::new(exchange::token);
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match value.and_then(|value| value.strip_prefix("Bearer ")) {
            Some(token) if token == *TOKEN => Ok(text(USER)),
            _ => Err(StatusCode::UNAUTHORIZED),
        }
    }

    fn item(id: &str, query: Option<&str>) -> Result<Response<Full<Bytes>>, StatusCode> {
        #[derive(serde::Deserialize)]
        struct Query {
            q: Option<String>,
        }
        let id = id.parse().map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        let query: Query = serde_html_form::from_str(query.unwrap_or_default())
            .map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        json(&Item { id, q: query.q })
    }

    async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, StatusCode> {
        let media_type = request.headers().get(header::CONTENT_TYPE);
        if media_type.is_none_or(|media_type| media_type != "application/json") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let body = Limited::new(request.into_body(), BODY_LIMIT).collect().await;
        let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
        let article: Article =
            serde_json::from_slice(&body).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
        json(&article)
    }

    fn text(text: &'static str) -> Response<Full<Bytes>> {
        of_type(TEXT, Bytes::from_static(text.as_bytes()))
    }

    fn json(value: &impl serde::Serialize) -> Result<Response<Full<Bytes>>, StatusCode> {
        let text = serde_json::to_vec(value).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(of_type(JSON, text.into()))
    }

    fn of_type(media_type: HeaderValue, body: Bytes) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(body));
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        response
    }
}
