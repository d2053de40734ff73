//! An authority on this machine that answers as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use serde_json::json;
use tokio::{sync::watch, time};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::wire::PATIENCE;

/// Answers every request with the next answer of its script, and after it as always.
pub(crate) struct Authority {
    server: MockServer,
    script: Script,
    calls: watch::Receiver<usize>,
}

type Answer = dyn Fn(&Request, usize) -> ResponseTemplate + Send + Sync;

#[derive(Clone, Default)]
struct Script(Arc<Mutex<VecDeque<ResponseTemplate>>>);

impl Script {
    fn lock(&self) -> MutexGuard<'_, VecDeque<ResponseTemplate>> {
        self.0.lock().unwrap()
    }
}

struct Answers {
    script: Script,
    always: Box<Answer>,
    calls: watch::Sender<usize>,
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.calls.send_modify(|calls| *calls += 1);
        let call = *self.calls.borrow();
        let next = self.script.lock().pop_front();
        next.unwrap_or_else(|| (self.always)(request, call))
    }
}

impl Authority {
    pub(crate) async fn answering(
        always: impl Fn(&Request, usize) -> ResponseTemplate + Send + Sync + 'static,
    ) -> Self {
        let (server, script) = (MockServer::start().await, Script::default());
        let (sender, calls) = watch::channel(0);
        let answers = Answers { script: script.clone(), always: Box::new(always), calls: sender };
        Mock::given(any()).respond_with(answers).mount(&server).await;
        Self { server, script, calls }
    }

    /// Grants `token-N` to its N-th call, for an hour.
    pub(crate) async fn granting() -> Self {
        Self::answering(|_, call| granted(call, 3600)).await
    }

    pub(crate) fn then(&self, answer: ResponseTemplate) -> &Self {
        self.script.lock().push_back(answer);
        self
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/oauth/token", self.server.uri())
    }

    pub(crate) fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// Waits until it was called so often.
    pub(crate) async fn called(&self, times: usize) {
        let mut calls = self.calls.clone();
        let called = calls.wait_for(|calls| *calls >= times);
        time::timeout(PATIENCE, called).await.expect("it is called in time").unwrap();
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The pairs of a form that was sent.
    pub(crate) async fn form(&self, call: usize) -> Vec<(String, String)> {
        serde_html_form::from_bytes(&self.requests().await[call - 1].body).unwrap()
    }
}

pub(crate) fn granted(call: usize, life: u64) -> ResponseTemplate {
    let token = format!("token-{call}");
    answer(200, &json!({"access_token": token, "token_type": "Bearer", "expires_in": life}))
}

pub(crate) fn answer(status: u16, body: &serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// Makes it later, though sockets go on in real time.
pub(crate) async fn later(duration: Duration) {
    time::pause();
    time::advance(duration).await;
    time::resume();
}
