//! The service from outside: every endpoint, and every way in which it refuses.

#![allow(clippy::duplicate_mod, reason = "each test runs on both databases")]

mod logs;
mod openapi;
mod postgres;
mod settings;
mod sockets;
mod sqlite;
mod stops;

use std::process::Command;

use fastservice::testing::{TestClient, TestToken};
use sample_service as service;
use serde_json::Value;

/// The service with a database that the test has made.
async fn client_of(url: &str, settings: &[(&str, &str)]) -> TestClient {
    let settings = settings.iter().copied().chain([("DATABASE_URL", url)]);
    TestClient::with_settings(service::app(), settings).await
}

/// The program that is tested.
fn program() -> Command {
    Command::new(env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"))))
}

/// A user who may write items.
fn seller(name: &str) -> TestToken {
    TestToken::new(name).scopes(["write:items"])
}

/// A change here is a change of what clients see.
#[test]
fn the_endpoints_are_these() {
    let routes = program()
        .args(["routes", "--json"])
        .env_clear()
        .env("AUTH0_DOMAIN", "tenant.example")
        .output()
        .unwrap();
    let routes: Vec<Value> = serde_json::from_slice(&routes.stdout).unwrap();

    let shown: Vec<_> = routes.iter().map(shown).collect();

    insta::assert_snapshot!(shown.join("\n"));
}

/// A route and, below it, its arguments; those that may be left out have a `?`.
fn shown(route: &Value) -> String {
    let list = |name: &str| route[name].as_array().unwrap().iter();
    let rights = route["access"].as_object().unwrap().iter();
    let rights = rights.filter(|(_, right)| !matches!(text(right).as_str(), "[]" | "false"));
    let rights: Vec<_> = rights.map(|(name, right)| format!("{name}={}", text(right))).collect();
    let head = ["method", "path", "summary"].map(|name| text(&route[name])).join(" ");
    let parameters = list("parameters").map(|parameter| {
        let mark = if parameter["required"] == true { "" } else { "?" };
        format!("{} {}{mark}", text(&parameter["in"]), text(&parameter["name"]))
    });
    let bodies = list("body").map(|body| format!("body {}", text(body)));
    let lines = [head, rights.join(" "), format!("tags={}", route["tags"])];
    lines.into_iter().chain(parameters).chain(bodies).collect::<Vec<_>>().join("\n    ")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
