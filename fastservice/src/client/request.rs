use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use reqwest::Url;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::{Client, ClientResponse, access_tokens::Slot, failure::Target};
use crate::{
    body::{Body, RequestBody},
    context::Context,
    error::{BoxError, Error, Result},
};

/// Longer limits are cut to this, so that no arithmetic on times can fail.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A request to another service, being written.
///
/// What cannot be sent, such as a wrong URL, is reported by [`send`](Self::send).
#[must_use = "a request is sent by `send`"]
pub struct ClientRequest {
    client: Client,
    method: Method,
    url: Result<Url, BoxError>,
    headers: HeaderMap,
    body: Content,
    timeout: Option<Duration>,
    token: Option<Arc<Slot>>,
}

/// The body of a call.
enum Content {
    /// Can be sent again, after a redirect or with another token.
    Whole(Bytes),
    Stream(Body),
}

impl ClientRequest {
    pub(super) fn new(client: Client, method: Method, url: Result<Url, BoxError>) -> Self {
        let (headers, body) = (HeaderMap::new(), Content::Whole(Bytes::new()));
        Self { client, method, url, headers, body, timeout: None, token: None }
    }

    /// Sends the token of this place, in place of one of one's own.
    pub(super) fn with_token_of(mut self, slot: Arc<Slot>) -> Self {
        self.token = Some(slot);
        self
    }

    /// Adds a header. An `authorization` goes in place of the token of a
    /// [`ServiceClient`](super::ServiceClient).
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        match (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_ref())) {
            (Ok(name), Ok(mut value)) => {
                if name == header::AUTHORIZATION {
                    self.token = None;
                    value.set_sensitive(true);
                }
                self.headers.append(name, value);
                self
            }
            _ => self.fail(format!("`{name}` is no header of a call, or its value is none")),
        }
    }

    /// Sends a bearer token, also in place of that of a
    /// [`ServiceClient`](super::ServiceClient).
    pub fn bearer(mut self, token: &str) -> Self {
        self.token = None;
        match HeaderValue::try_from(format!("Bearer {token}")) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(header::AUTHORIZATION, value);
                self
            }
            Err(_) => self.fail("the bearer token of a call is no header value"),
        }
    }

    /// Adds pairs to the query.
    pub fn query(mut self, pairs: &(impl Serialize + ?Sized)) -> Self {
        match serde_html_form::to_string(pairs) {
            Ok(pairs) => {
                if let Ok(url) = &mut self.url {
                    let both = [url.query().unwrap_or_default(), &pairs];
                    let whole: Vec<_> = both.into_iter().filter(|part| !part.is_empty()).collect();
                    let whole = whole.join("&");
                    url.set_query((!whole.is_empty()).then_some(&whole));
                }
                self
            }
            Err(error) => self.fail(format!("the query of a call: {error}")),
        }
    }

    /// Sends a value as JSON.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.of_type("application/json").body(json),
            Err(error) => self.fail(format!("the JSON of a call: {error}")),
        }
    }

    /// Sends pairs as a form.
    pub fn form(self, pairs: &(impl Serialize + ?Sized)) -> Self {
        match serde_html_form::to_string(pairs) {
            Ok(form) => self.of_type("application/x-www-form-urlencoded").body(form),
            Err(error) => self.fail(format!("the form of a call: {error}")),
        }
    }

    /// Sends any body, also a stream.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = Content::of(body.into());
        self
    }

    /// Limits this call, in place of the setting `CLIENT_TIMEOUT`: all of it, with the token and
    /// the second try of a [`ServiceClient`](super::ServiceClient).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sends it, and waits for the head of the answer, whatever its status is.
    ///
    /// # Errors
    /// 502 `upstream_failed` when there is no answer, 504 `upstream_timeout` when there
    /// is none in time, 500 when the request cannot be sent at all. The log has the reason.
    /// Those of [`AccessTokens::get`](super::AccessTokens::get) when there is no token.
    ///
    /// # Cancellation
    /// Dropping the future gives the call up; the other service may have acted on it.
    pub async fn send(mut self) -> Result<ClientResponse> {
        let limit = self.timeout.unwrap_or(self.client.0.settings.timeout);
        let deadline = Instant::now() + limit.min(LONGEST);
        let (Some(slot), Ok(url)) = (self.token.take(), &self.url) else {
            return self.send_once(deadline).await;
        };
        let (target, again) = (Target::new(&self.method, url), self.copy());
        let token =
            timeout_at(deadline, slot.token()).await.map_err(|late| target.late(late))??;
        let answer = self.bearer(token.value.expose()).send_once(deadline).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let may_help = slot.reject(&token);
        let Some(again) = again.filter(|_| may_help) else { return Ok(answer) };
        match timeout_at(deadline, slot.successor(&token)).await {
            Ok(Some(token)) => again.bearer(token.value.expose()).send_once(deadline).await,
            _ => Ok(answer),
        }
    }

    async fn send_once(mut self, deadline: Instant) -> Result<ClientResponse> {
        let url = self.url.map_err(Error::internal)?;
        if let Some(context) = Context::current() {
            context.carry_into(&mut self.headers);
        }
        let target = Target::new(&self.method, &url);
        let http = self.client.open().await.map_err(Error::internal)?;
        let has_content = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        let mut request = http.request(self.method, url).headers(self.headers);
        match self.body {
            Content::Whole(bytes) if !bytes.is_empty() => request = request.body(bytes),
            // Some servers refuse a request that could have a body and says no length.
            Content::Whole(_) if has_content => {
                request = request.header(header::CONTENT_LENGTH, 0);
            }
            Content::Whole(_) => {}
            Content::Stream(body) => {
                request = request.body(reqwest::Body::wrap(RequestBody::from(body)));
            }
        }
        let rest = deadline.saturating_duration_since(Instant::now());
        let answer = request.timeout(rest).send().await.map_err(|error| target.failure(error))?;
        Ok(ClientResponse::new(answer.into(), target, self.client.0.settings.body_limit))
    }

    /// The same request, if it can be sent twice.
    fn copy(&self) -> Option<Self> {
        let (Ok(url), Content::Whole(body)) = (&self.url, &self.body) else { return None };
        Some(Self {
            client: self.client.clone(),
            method: self.method.clone(),
            url: Ok(url.clone()),
            headers: self.headers.clone(),
            body: Content::Whole(body.clone()),
            timeout: self.timeout,
            token: None,
        })
    }

    fn of_type(mut self, media_type: &'static str) -> Self {
        let media_type = HeaderValue::from_static(media_type);
        self.headers.entry(header::CONTENT_TYPE).or_insert(media_type);
        self
    }

    /// The first mistake stays.
    fn fail(mut self, mistake: impl Into<BoxError>) -> Self {
        self.url = self.url.and(Err(mistake.into()));
        self
    }
}

impl Content {
    fn of(mut body: Body) -> Self {
        match body.length_in_memory() {
            Some(0) => Self::Whole(Bytes::new()),
            Some(_) => {
                let frame = body.frame().now_or_never().flatten().and_then(Result::ok);
                Self::Whole(frame.and_then(|frame| frame.into_data().ok()).unwrap_or_default())
            }
            None => Self::Stream(body),
        }
    }
}

impl fmt::Debug for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientRequest").field("method", &self.method).finish_non_exhaustive()
    }
}
