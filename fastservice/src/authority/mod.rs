//! Calls to those who issue tokens: few, small and short, and never led elsewhere.
//!
//! What an authority answers decides who is let in, so it is asked by `https` (by `http` on
//! this machine alone), redirects are not followed, and time and size are bounded.

#[cfg(any(feature = "client", feature = "introspection"))]
mod credentials;
#[cfg(any(feature = "client", feature = "jwt"))]
mod discovery;
mod failure;
mod url;

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::{RequestBuilder, redirect};
use tokio::sync::OnceCell;

#[cfg(any(feature = "client", feature = "introspection"))]
pub(crate) use self::credentials::basic;
#[cfg(any(feature = "client", feature = "jwt"))]
pub(crate) use self::discovery::Discovery;
pub(crate) use self::{
    failure::Failure,
    url::{Plain, origin_and_path, url_fault},
};
use crate::error::BoxError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Of a whole call, its answer read.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// Who asks an authority. Cloning is cheap, and clones share their connections.
#[derive(Clone, Default)]
pub(crate) struct AuthorityClient {
    // Made by the first who needs it, as the certificates take time to read.
    http: Arc<OnceCell<reqwest::Client>>,
}

/// A whole answer, whatever its status is.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl AuthorityClient {
    /// Asks for a document of at most `limit` bytes.
    #[cfg(any(feature = "client", feature = "jwt"))]
    pub(crate) async fn get(&self, url: &str, limit: usize) -> Result<Reply, Failure> {
        let http = self.open().await?;
        let accepted = HeaderValue::from_static("application/json");
        reply(http.get(url).header(header::ACCEPT, accepted), limit).await
    }

    /// Sends a form, with the client's credentials in its `Authorization` if there are any.
    #[cfg(any(feature = "client", feature = "introspection"))]
    pub(crate) async fn post_form(
        &self,
        url: &str,
        form: &[(&str, &str)],
        credentials: Option<HeaderValue>,
        limit: usize,
    ) -> Result<Reply, Failure> {
        let http = self.open().await?;
        let form = serde_html_form::to_string(form).map_err(Failure::unable)?;
        let mut request = http
            .post(url)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        if let Some(credentials) = credentials {
            request = request.header(header::AUTHORIZATION, credentials);
        }
        reply(request, limit).await
    }

    async fn open(&self) -> Result<&reqwest::Client, Failure> {
        self.http.get_or_try_init(build).await.map_err(Failure::unable)
    }
}

async fn build() -> Result<reqwest::Client, BoxError> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("fastservice/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        // A redirect would send the secret to another place, or take keys from it.
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy();
    // It reads the system's certificates from files.
    Ok(tokio::task::spawn_blocking(|| builder.build()).await??)
}

async fn reply(request: RequestBuilder, limit: usize) -> Result<Reply, Failure> {
    let mut answer = request.send().await.map_err(Failure::from)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(Failure::from)? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status: answer.status(), headers: std::mem::take(answer.headers_mut()), body })
}

impl Reply {
    /// The body of an answer of status 200.
    pub(crate) fn document(&self) -> Result<&[u8], Failure> {
        if self.status == StatusCode::OK {
            Ok(&self.body)
        } else {
            Err(Failure::Status { status: self.status, retry_after: self.retry_after() })
        }
    }

    /// What `Retry-After` asks for, in its form of seconds (RFC 9110 section 10.2.3).
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        seconds.trim().parse().ok().map(Duration::from_secs)
    }
}

impl fmt::Debug for AuthorityClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorityClient").finish_non_exhaustive()
    }
}

/// Without the body, which may be a token.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}
