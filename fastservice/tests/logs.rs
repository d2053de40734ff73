//! The log of a whole process. A process has one, so this is one test.

use std::{fs, path::Path};

use fastservice::{log, prelude::*, settings::Settings, testing::TestClient};
use serde_json::{Value, json};

#[public_api(get = "/panics/{id}")]
#[allow(clippy::panic)]
async fn panics(id: u8) {
    panic!("on purpose {id}")
}

#[public_api(get = "/fails")]
async fn fails() -> Result<()> {
    let cause = std::io::Error::other("postgres://me:hunter2@db is down");
    Err(Error::unavailable("no database").with_source(cause))
}

#[public_api(get = "/works")]
async fn works() -> &'static str {
    tracing::info!(token = "hunter2", "working");
    ::log::info!(target: "library", "password=hunter2 in a library");
    ::log::info!(target: "quiet", "not kept");
    ::log::debug!("not kept");
    Context::spawn(async { tracing::info!("still working") }).await.unwrap();
    "done"
}

fn records(path: &Path, answer: &fastservice::testing::TestResponse) -> Vec<Value> {
    let id = answer.header("x-request-id").unwrap();
    let text = fs::read_to_string(path).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.filter(|record| record["request_id"] == id).collect()
}

fn messages(records: &[Value]) -> Vec<&str> {
    records.iter().filter_map(|record| record["message"].as_str()).collect()
}

#[tokio::test]
async fn a_process_logs_what_its_requests_do() {
    let folder = tempfile::tempdir().unwrap();
    let (config, path) = (folder.path().join("log.json"), folder.path().join("app.log"));
    fs::write(
        &config,
        json!({"format": "json", "path": path, "targets": {"quiet": "warn"}}).to_string(),
    )
    .unwrap();
    let pairs = [("LOG_TYPE", "FILE"), ("LOG_CONFIG", config.to_str().unwrap())];
    let settings = Settings::from_pairs(pairs).unwrap();
    let log = log::start(&settings).unwrap();
    let app = App::new().only_routes_in(module_path!()).observer(log.access());
    let client = TestClient::new(app).await;

    let worked = client.get("/works").await;
    let failed = client.get("/fails").await;
    let panicked = client.get("/panics/7").await;
    let beating = client.get("/heartbeat/").await;
    log.flush();

    let works = records(&path, &worked);
    assert_eq!(
        messages(&works),
        ["working", "password=[masked] in a library", "still working", "request ended"]
    );
    assert!(works.iter().all(|record| record["route"] == "/works" && record["method"] == "GET"));
    assert_eq!((&works[3]["status"], &works[3]["bytes"]), (&200.into(), &4.into()));

    assert_eq!((&works[1]["target"], &works[1]["level"]), (&"library".into(), &"INFO".into()));
    assert!(works[1].get("log.target").is_none());

    let fails = records(&path, &failed);
    assert_eq!(messages(&fails), ["request failed", "request ended"]);
    assert_eq!(fails[0]["level"], "ERROR");
    assert_eq!(fails[0]["cause"], "postgres://me:[masked]@db is down");

    let panics = records(&path, &panicked);
    assert_eq!(messages(&panics), ["panicked", "request failed", "request ended"]);
    assert_eq!(panics[0]["panic"], "on purpose 7");
    assert!(panics[0]["location"].as_str().unwrap().contains("logs.rs:"));

    assert!(records(&path, &beating).is_empty());

    // The one that runs stays.
    let second = log::start(&settings).unwrap();
    drop(second);
    tracing::info!("after the second");
    log.flush();
    assert!(fs::read_to_string(&path).unwrap().contains("after the second"));
}
