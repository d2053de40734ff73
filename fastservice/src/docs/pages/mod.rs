//! Pages that show the document: Swagger UI at `/docs`, and `ReDoc` at `/redoc`.
//!
//! Every address in them is relative, as a proxy may have put a prefix before it.

mod assets;
mod html;
mod login;
mod policy;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};

use self::{assets::Assets, html::About, login::Login};
use super::serving::{OFFSET, hash};
use crate::{
    error::{Error, Result},
    extract::{Header, Request, State},
    openapi::{Content, Operation},
    registry::{HandlerFuture, Route, Source},
    response::{Html, IntoResponse, Response, Tagged},
    settings::Settings,
};

/// The pages, made once.
pub(crate) struct Pages {
    swagger_ui: Page,
    oauth2_redirect: Page,
    redoc: Page,
    assets: Assets,
}

impl Pages {
    pub(crate) fn new(
        settings: &Settings,
        version: &str,
        issues_tokens: bool,
        routes: impl Iterator<Item = &'static Route>,
    ) -> Self {
        let assets = Assets::new();
        let about = About { name: &settings.service_name, version, assets: &assets };
        let login = Login::new(settings, issues_tokens, routes);
        let swagger_ui = Page::new(html::swagger_ui(&about, &login), policy::swagger_ui(&login));
        let oauth2_redirect =
            Page::new(html::oauth2_redirect(&about), policy::swagger_ui(&Login::default()));
        let redoc = Page::new(html::redoc(&about), policy::redoc());
        Self { swagger_ui, oauth2_redirect, redoc, assets }
    }
}

/// One page, its tag, and what it may load.
struct Page {
    html: Bytes,
    etag: String,
    policy: String,
}

impl Page {
    fn new(html: String, policy: String) -> Self {
        let hash = hash(hash(OFFSET, html.as_bytes()), policy.as_bytes());
        Self { html: html.into(), etag: format!("\"{hash:016x}\""), policy }
    }

    fn answer(&self, request: &Request) -> Result<Response> {
        let known = request.headers().get(header::IF_NONE_MATCH);
        let known = known.and_then(|known| known.to_str().ok()).map(str::to_owned).map(Header);
        let headers: [(HeaderName, HeaderValue); 4] = [
            (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(&self.policy)?),
            NO_SNIFFING,
            // The address of the page that ends a login has its code.
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        let page = Tagged::new(self.etag.as_str(), Html(self.html.clone()));
        (headers, page.unless(known)).into_response()
    }
}

/// Types are as they are said to be.
const NO_SNIFFING: (HeaderName, HeaderValue) =
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

/// Where the pages are.
pub(crate) static ROUTES: [Route; 4] = [
    route("/docs", "swagger_ui", page, |request| {
        Box::pin(answer(request, |pages| &pages.swagger_ui))
    })
    .summary("This documentation, to try out."),
    route("/docs/oauth2-redirect", "oauth2_redirect", page, |request| {
        Box::pin(answer(request, |pages| &pages.oauth2_redirect))
    })
    .summary("Where a login from there ends."),
    route("/redoc", "redoc", page, |request| Box::pin(answer(request, |pages| &pages.redoc)))
        .summary("This documentation, to read."),
    route("/docs/assets/{name}", "asset", |_| {}, |request| Box::pin(asset(request)))
        .summary("What these pages load.")
        // Several for each page, and they say nothing.
        .quiet(),
];

const fn route(
    path: &'static str,
    function: &'static str,
    describe: fn(&mut Operation),
    call: fn(Request) -> HandlerFuture,
) -> Route {
    let source = Source {
        function,
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    };
    Route::new(Method::GET, path, describe, call, source).tags(&["documentation"]).hidden()
}

fn page(operation: &mut Operation) {
    operation.answers.push(Content::of("text/html"));
}

async fn answer(mut request: Request, page: fn(&Pages) -> &Page) -> Result<Response> {
    let pages: State<Pages> = request.extract().await?;
    page(&pages).answer(&request)
}

async fn asset(mut request: Request) -> Result<Response> {
    let pages: State<Pages> = request.extract().await?;
    let name = request.path_param("name").unwrap_or_default();
    let Some(asset) = pages.assets.named(&name) else {
        return Err(Error::not_found("the pages of this version load no such file"));
    };
    asset.answer(request.headers()).await
}
