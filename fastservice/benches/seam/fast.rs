//! The endpoints as this crate's users write them.

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
    let service = runtime.block_on(app.authenticator(authenticator).settings(settings).start())?;
    runtime.serve(listener, service, server::trigger().0)?;
    Ok(())
}
