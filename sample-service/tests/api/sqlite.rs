//! Every test on SQLite.

#[path = "items.rs"]
mod items;
#[path = "private_api.rs"]
mod private_api;
#[path = "public_api.rs"]
mod public_api;

use fastservice::testing::TestClient;
use tempfile::TempDir;

use super::{client_of, seller};

/// An empty database, as long as the value lives.
struct Database {
    url: String,
    _folder: TempDir,
}

async fn database() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    std::future::ready(Database { url, _folder: folder }).await
}

/// The service with a database of its own.
async fn client() -> TestClient {
    client_with(&[]).await
}

async fn client_with(settings: &[(&str, &str)]) -> TestClient {
    TestClient::with_settings(crate::service::app(), settings.iter().copied()).await
}
