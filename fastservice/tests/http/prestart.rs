//! The executable that runs before the service starts.
#![cfg(unix)]

use fastservice::{prelude::*, settings::Settings};

#[public_api(get = "/hello")]
async fn hello() -> &'static str {
    "hello"
}

/// Starts a service with one of the executables of `fixtures/prestart`.
async fn start(program: &str, timeout: &str) -> Result<(), String> {
    let program = format!("{}/tests/fixtures/prestart/{program}", env!("CARGO_MANIFEST_DIR"));
    let pairs = [("PRESTART", program.as_str()), ("PRESTART_TIMEOUT", timeout)];
    let app = App::new().only_routes_in(module_path!());
    let app = app.settings(Settings::from_pairs(pairs).unwrap());
    app.start().await.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_service_starts_after_an_executable_that_succeeds() {
    assert_eq!(start("succeeds", "60s").await, Ok(()));
}

#[tokio::test]
async fn an_executable_that_fails_stops_the_start() {
    let error = start("fails", "60s").await.unwrap_err();

    assert!(error.contains("prestart/fails failed: exit status: 3"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_run_stops_the_start() {
    let missing = start("missing", "60s").await.unwrap_err();
    let folder = start("", "60s").await.unwrap_err();

    assert!(missing.contains("prestart/missing cannot be run: No such file"), "{missing}");
    assert!(folder.contains("cannot be run: Permission denied"), "{folder}");
}

#[tokio::test]
async fn an_executable_that_takes_too_long_is_ended() {
    let error = start("hangs", "100ms").await.unwrap_err();

    assert!(error.contains("took longer than 100ms; set PRESTART_TIMEOUT"), "{error}");
}

#[tokio::test]
async fn what_an_executable_leaves_behind_is_not_waited_for() {
    assert_eq!(start("leaves", "20s").await, Ok(()));
}
