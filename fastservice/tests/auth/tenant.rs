//! An issuer on a socket, whose answers a test chooses.

use std::time::Duration;

use fastservice::{
    auth::{Guard, TokenVerifier, TokenVerifierBuilder},
    dev_issuer::DevIssuer,
};
use http::header::RETRY_AFTER;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::support::{admitted, code, guard_of, user};

pub(crate) const AUDIENCE: &str = "https://items.test";
const JWKS: &str = "/.well-known/jwks.json";
const DISCOVERY: &str = "/.well-known/openid-configuration";

pub(crate) struct Tenant {
    server: MockServer,
    /// Who signs now; a rotation replaces it.
    pub(crate) signer: DevIssuer,
}

impl Tenant {
    /// One that publishes the key it signs with.
    pub(crate) async fn start() -> Self {
        let tenant = Self::without_keys().await;
        tenant.publishes(&[&tenant.signer]).await;
        tenant
    }

    /// One that answers 404 to everything.
    pub(crate) async fn without_keys() -> Self {
        let server = MockServer::start().await;
        let signer = signer(&server);
        Self { server, signer }
    }

    pub(crate) fn issuer(&self) -> &str {
        self.signer.issuer()
    }

    /// Signs with a new key from now on; the old one is returned.
    pub(crate) fn rotate(&mut self) -> DevIssuer {
        std::mem::replace(&mut self.signer, signer(&self.server))
    }

    /// The keys of all these are published from now on.
    pub(crate) async fn publishes(&self, signers: &[&DevIssuer]) {
        self.answers(ResponseTemplate::new(200).set_body_json(jwks(signers))).await;
    }

    /// Answers like this when asked for its keys from now on.
    pub(crate) async fn answers(&self, answer: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(path(JWKS)).respond_with(answer).mount(&self.server).await;
    }

    pub(crate) async fn describes_itself(&self, document: Value) {
        let answer = ResponseTemplate::new(200).set_body_json(document);
        Mock::given(path(DISCOVERY)).respond_with(answer).mount(&self.server).await;
    }

    pub(crate) fn jwks_url(&self) -> String {
        format!("{}{JWKS}", self.server.uri())
    }

    /// How often it was asked since it changed its answer.
    pub(crate) async fn times_asked(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    pub(crate) async fn becomes_asked(&self, times: usize) {
        eventually(async || self.times_asked().await >= times).await;
    }

    /// As time passes, also when an attempt was on its way and ended with it.
    pub(crate) async fn is_asked_again(&self) {
        with_time(async || self.times_asked().await > 0).await;
    }

    pub(crate) fn verifier(&self) -> TokenVerifierBuilder {
        self.discovering().jwks_url(self.jwks_url())
    }

    pub(crate) fn discovering(&self) -> TokenVerifierBuilder {
        TokenVerifier::builder().issuer(self.issuer()).accept_http_on_loopback().audience(AUDIENCE)
    }

    pub(crate) fn guard(&self) -> Guard {
        guard_of(self.verifier())
    }

    pub(crate) fn token(&self) -> String {
        self.signer.token(&user()).unwrap()
    }

    /// A guard that has the keys already.
    pub(crate) async fn warm_guard(&self) -> Guard {
        let guard = self.guard();
        assert_eq!(code(&guard, &self.token()).await, "admitted");
        guard
    }
}

fn signer(server: &MockServer) -> DevIssuer {
    DevIssuer::new(format!("{}/", server.uri()), AUDIENCE).unwrap()
}

pub(crate) fn jwks(signers: &[&DevIssuer]) -> Value {
    let keys: Vec<_> = signers.iter().map(|signer| signer.jwks()["keys"][0].clone()).collect();
    json!({"keys": keys})
}

/// Moves the clock of the timers; those of the operating system stay.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// Waits until it is so.
pub(crate) async fn eventually(is_so: impl AsyncFn() -> bool) {
    let give_up = std::time::Instant::now() + Duration::from_secs(10);
    while !is_so().await {
        assert!(std::time::Instant::now() < give_up, "it never was so");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Lets time pass until it is so.
pub(crate) async fn with_time(is_so: impl AsyncFn() -> bool) {
    const STEP: Duration = Duration::from_secs(30);
    for _ in 0..200 {
        if is_so().await {
            return;
        }
        pass(STEP).await;
        // What goes over sockets takes its own time.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never was so");
}

/// Tokens cannot be checked: 503 without a challenge, and when to come again.
#[track_caller]
pub(crate) fn assert_unavailable(error: &fastservice::Error) {
    assert_eq!((error.status().as_u16(), error.code()), (503, "auth_unavailable"));
    assert!(!error.headers().contains_key("www-authenticate"));
    let seconds: u64 = error.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
}

pub(crate) async fn refusal(guard: &Guard, token: &str) -> fastservice::Error {
    admitted(guard, token).await.unwrap_err()
}
