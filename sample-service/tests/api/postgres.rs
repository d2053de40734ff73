//! Every test on PostgreSQL, with a server of this process. Without server
//! binaries they say so, and run on SQLite once more.

#[path = "items.rs"]
mod items;
#[path = "migrations.rs"]
mod migrations;
#[path = "private_api.rs"]
mod private_api;
#[path = "public_api.rs"]
mod public_api;

use fastservice::testing::{PostgresServer, TestClient};
use tokio::sync::OnceCell;

use super::{client_of, seller};

async fn server() -> Option<&'static PostgresServer> {
    static SERVER: OnceCell<Option<PostgresServer>> = OnceCell::const_new();
    let start = || PostgresServer::start("the service on PostgreSQL");
    SERVER.get_or_init(start).await.as_ref()
}

/// An empty database.
struct Database {
    url: String,
}

async fn database() -> Database {
    match server().await {
        Some(server) => Database { url: server.new_database().await },
        None => Database { url: "sqlite::memory:".to_owned() },
    }
}

/// The service with a database of its own.
async fn client() -> TestClient {
    client_with(&[]).await
}

async fn client_with(settings: &[(&str, &str)]) -> TestClient {
    client_of(&database().await.url, settings).await
}
