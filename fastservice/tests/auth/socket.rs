//! A real server, and what it answers to bytes on a socket.

use std::{net::SocketAddr, time::Duration};

use fastservice::{
    auth::TokenVerifierBuilder,
    prelude::*,
    server::{self, Listener, ShutdownTrigger},
    settings::Settings,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

#[private_api(get = "/private")]
async fn private(user: UserId) -> String {
    user.to_string()
}

#[private_api(get = "/scope", scope = ["read:items", "write:items"])]
async fn scope() {}

#[private_api(get = "/permission", permission = ["read:items"])]
async fn permission() {}

#[private_api(get = "/both", scope = "read:items", permission = "sell:items")]
async fn both() {}

#[private_api(get = "/machine", m2m)]
async fn machine() {}

#[private_api(get = "/fails")]
async fn fails() -> Result<()> {
    Err(Error::unauthorized("the other service refuses us").with_code("elsewhere"))
}

#[private_api(post = "/body")]
async fn body(Json(number): Json<u8>) -> String {
    number.to_string()
}

#[public_api(get = "/open")]
async fn open() -> &'static str {
    "open"
}

#[public_api(get = "/greeting")]
async fn greeting(user: Option<UserId>) -> String {
    user.map_or("nobody".into(), |user| user.to_string())
}

#[public_api(get = "/claims")]
async fn claims(claims: Option<Claims>) -> String {
    claims.map_or("nobody".into(), |claims| claims.subject().to_string())
}

pub(crate) struct Server {
    address: SocketAddr,
    _trigger: ShutdownTrigger,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Server {
    pub(crate) async fn of(verifier: TokenVerifierBuilder) -> Self {
        let app = App::new().name("items").only_routes_in(module_path!());
        let settings = Settings::from_pairs([
            ("PORT", "0"),
            ("M2M_USER", "billing reports@clients"),
            ("ORIGINS", "https://app.test"),
            ("SERVICE_NAME", "items"),
        ])
        .unwrap();
        let app = app.authenticator(verifier.build().unwrap()).settings(settings.clone());
        let service = app.start().await.unwrap();
        let listener = Listener::bind(&settings.server).unwrap();
        let address = listener.address().unwrap();
        let (trigger, shutdown) = server::trigger();
        tokio::spawn(async move {
            server::serve(listener, &settings.server, service, shutdown).await.unwrap();
        });
        Self { address, _trigger: trigger }
    }

    pub(crate) async fn get(&self, path: &str, headers: &HeaderMap) -> Reply {
        self.send("GET", path, headers, "").await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        body: &str,
    ) -> Reply {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        )
        .into_bytes();
        for (name, value) in headers {
            request.extend_from_slice(name.as_str().as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body.as_bytes());
        Reply::parse(&self.exchange(&request).await)
    }

    async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        String::from_utf8(answer).unwrap()
    }
}

impl Reply {
    fn parse(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| {
            (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
        });
        Self { status, headers: headers.collect(), body: body.to_owned() }
    }

    /// The stable code of the problem.
    pub(crate) fn code(&self) -> String {
        let problem: Value = serde_json::from_str(&self.body).unwrap_or_default();
        problem["error"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn challenges(&self) -> Vec<&str> {
        self.headers.get_all("www-authenticate").iter().map(|v| v.to_str().unwrap()).collect()
    }
}
