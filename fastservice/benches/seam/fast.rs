//! The endpoints as this crate's users write them.

use fastservice::{
    auth::{KeySet, TokenVerifier},
    log,
    prelude::*,
    server::{self, Listener, Runtime},
    settings::Settings,
};

use super::{
    exchange,
    values::{Article, Item},
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

pub(super) fn serve() -> super::Result<()> {
    serve_app(App::new(), Settings::from_environment()?)
}

pub(super) fn serve_logged() -> super::Result<()> {
    let settings = Settings::from_environment()?;
    let log = log::start(&settings)?;
    serve_app(App::new().observer(log.access()), settings)
}

fn serve_app(app: App, settings: Settings) -> super::Result<()> {
    let authenticator = TokenVerifier::builder()
        .issuer("https://bench.eu.auth0.com/")
        .audience("https://items.example.com")
        .keys(KeySet::from_json(exchange::JWKS)?)
        .cache_entries(settings.auth.token_cache)
        .build()?;
    let listener = Listener::bind(&settings.server)?;
    println!("{}", listener.address()?);
    let runtime = Runtime::new(&settings.server)?;
    let service = runtime.block_on(app.authenticator(authenticator).settings(settings).start())?;
    let signals = runtime.block_on(async { server::Signals::catch() });
    runtime.serve(listener, service, server::trigger().0, signals)?;
    Ok(())
}
