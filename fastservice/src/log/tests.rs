use std::{fs, path::PathBuf};

use tempfile::TempDir;
use tracing::{debug, error, info};

use super::*;
use crate::{
    context::{Arrival, Context, Ending, Observer},
    settings::Settings,
};

/// A log in a file of its own.
struct Trial {
    folder: TempDir,
    records: Records,
    config: Config,
}

impl Trial {
    fn new(pairs: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = folder.path().join("log_config_file.json");
        let path = folder.path().join("app.log");
        fs::write(&configuration, format!(r#"{{"format": "json", "path": {path:?}}}"#)).unwrap();
        let pairs = [("LOG_TYPE", "FILE")].iter().chain(pairs).copied();
        let settings = Settings::from_pairs(pairs).unwrap();
        let config = Config::read(&settings.logs, &configuration).unwrap();
        let queue = Queue::start(config.destination.clone(), config.format).unwrap();
        Self { records: Records::new(queue, &config), config, folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("app.log")
    }

    /// What is logged meanwhile, as JSON.
    fn run(&self, work: impl FnOnce()) -> Vec<serde_json::Value> {
        let subscriber = Registry::default().with(self.records.clone());
        tracing::subscriber::with_default(subscriber, work);
        self.read()
    }

    fn read(&self) -> Vec<serde_json::Value> {
        self.records.flush(FLUSH_PATIENCE);
        let text = fs::read_to_string(self.path()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn context(path: &str) -> Context {
    let request = http::Request::get(path).header("user-agent", "test/1 \"x\"").body(()).unwrap();
    let context = Context::open(Arrival::of(&request, Some("127.0.0.1:9".parse().unwrap())));
    context.enter("/items/{id}".into(), 0, false);
    context
}

fn ending(context: &Context, status: Option<u16>) -> Ending<'_> {
    Ending {
        context,
        status: status.map(|status| http::StatusCode::from_u16(status).unwrap()),
        bytes: 23,
        is_complete: true,
        elapsed: Duration::from_micros(1234),
    }
}

#[test]
fn fields_keep_their_types_and_secrets_are_masked() {
    let trial = Trial::new(&[]);

    let records = trial.run(|| {
        let cause = std::io::Error::other("password=hunter2 refused");
        error!(
            items = 3,
            ratio = 0.5,
            nothing = f64::NAN,
            is_new = true,
            name = "x",
            api_key = 7,
            error = &cause as &dyn std::error::Error,
            "done"
        );
    });

    let record = &records[0];
    assert_eq!(record["message"], "done");
    assert_eq!((&record["items"], &record["ratio"]), (&3.into(), &0.5.into()));
    assert_eq!((&record["nothing"], &record["is_new"]), (&"NaN".into(), &true.into()));
    assert_eq!(record["api_key"], "[masked]");
    assert_eq!(record["error"], "password=[masked] refused");
    assert!(record.get("request_id").is_none());
}

#[tokio::test]
async fn records_below_a_request_carry_it_also_in_tasks() {
    let trial = Trial::new(&[]);
    let context = context("/items/7");
    let id = context.request_id().to_string();

    // Also what other threads log goes to the one subscriber of a service.
    let subscriber = Registry::default().with(trial.records.clone());
    let guard = tracing::subscriber::set_default(subscriber);
    let work = async {
        info!("here");
        Context::spawn(async { info!("in a task") }).await.unwrap();
    };
    context.scope(work).await;
    info!("outside");
    drop(guard);

    let records = trial.read();
    for record in &records[..2] {
        assert_eq!(record["request_id"], id.as_str());
        assert_eq!((&record["method"], &record["route"]), (&"GET".into(), &"/items/{id}".into()));
    }
    assert!(records[2].get("request_id").is_none());
}

#[test]
fn records_in_a_span_have_its_fields() {
    let trial = Trial::new(&[]);

    let records = trial.run(|| {
        let outer = tracing::info_span!("order", order = 7, total = tracing::field::Empty);
        let _outer = outer.enter();
        let _inner = tracing::info_span!("item", message = "mine", secret = "hunter2").entered();
        outer.record("total", 19.5);
        info!("packed");
    });

    let record = &records[0];
    assert_eq!((&record["order"], &record["total"]), (&7.into(), &19.5.into()));
    assert_eq!((&record["message"], &record["message_"]), (&"packed".into(), &"mine".into()));
    assert_eq!(record["secret"], "[masked]");
}

#[test]
fn of_fields_with_one_name_the_innermost_is_written_and_the_last_value() {
    let trial = Trial::new(&[]);

    let records = trial.run(|| {
        let _outer = tracing::info_span!("outer", id = 1, left = 0).entered();
        let inner = tracing::info_span!("inner", id = 2, name = "a").entered();
        for left in 1..1000 {
            inner.record("id", left);
        }
        info!(name = "b", "packed");
    });

    let line = records[0].to_string();
    assert_eq!((&records[0]["id"], &records[0]["name"]), (&999.into(), &"b".into()));
    assert_eq!(records[0]["left"], 0);
    assert!(line.len() < 400, "{line}");
}

#[test]
fn a_field_without_a_value_hides_none_of_a_span() {
    let trial = Trial::new(&[]);

    let records = trial.run(|| {
        let _span = tracing::info_span!("order", order = 7, total = 3).entered();
        info!(order = tracing::field::Empty, total = None::<u32>, "packed");
    });

    assert_eq!((&records[0]["order"], &records[0]["total"]), (&7.into(), &3.into()));
}

#[test]
fn levels_change_while_the_service_runs() {
    let trial = Trial::new(&[]);
    let louder = Trial::new(&[("LOGGING_LEVEL", "debug")]).config;
    let louder = Config { destination: trial.config.destination.clone(), ..louder };
    let say = || debug!("a detail");

    let records = trial.run(|| {
        say();
        trial.records.configure(&louder);
        say();
        trial.records.configure(&trial.config);
        say();
    });

    assert_eq!(records.len(), 1);
}

#[test]
fn changes_of_the_files_are_noticed_and_a_mistake_changes_nothing() {
    let trial = Trial::new(&[]);
    let file = trial.folder.path().join("log_config_file.json");
    let env_config = trial.folder.path().join("env_config");
    fs::write(&env_config, "LOG_TYPE=FILE").unwrap();
    let pairs = [("ENV_CONFIG", env_config.to_str().unwrap())];
    let settings = Settings::from_pairs(pairs).unwrap();
    let (config, records) = (trial.config.clone(), trial.records.clone());
    let watched = Watched { settings, config, records };
    let _watch = Watch::start(watched, Duration::from_millis(5)).unwrap();
    let keeps_debug = || trial.records.keeps_target("any", tracing::Level::DEBUG);
    let write = |level: &str| {
        let path = trial.path();
        let text = format!(r#"{{"format": "json", "path": {path:?}, "level": "{level}"}}"#);
        fs::write(&file, text).unwrap();
    };

    write("debug");
    wait_until(keeps_debug);
    write("loud");
    std::thread::sleep(Duration::from_millis(150));
    assert!(keeps_debug());
    write("info");
    wait_until(|| !keeps_debug());
    fs::write(&env_config, "LOG_TYPE=FILE\nLOGGING_LEVEL=DEBUG").unwrap();
    wait_until(keeps_debug);
}

fn wait_until(is_so: impl Fn() -> bool) {
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(std::time::Instant::now() < until);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_request_has_one_record_at_its_end() {
    let trial = Trial::new(&[]);
    let access = AccessLog::new(Some(trial.records.clone()), 1.0);
    let context = context("/items/7?page=2&token=abc");

    access.ended(&ending(&context, Some(200)));
    access.ended(&ending(&context, None));

    let records = trial.read();
    let expected = serde_json::json!({
        "timestamp": records[0]["timestamp"],
        "level": "INFO",
        "target": "fastservice::access",
        "message": "request ended",
        "status": 200,
        "bytes": 23,
        "elapsed_ms": 1.234,
        "path": "/items/7?page=2&token=[masked]",
        "remote_address": "127.0.0.1:9",
        "user_agent": "test/1 \"x\"",
        "request_id": context.request_id().to_string(),
        "method": "GET",
        "route": "/items/{id}",
    });
    assert_eq!(records[0], expected);
    assert_eq!(records[1]["client_left"], true);
    assert!(records[1].get("status").is_none());
}

#[test]
fn a_record_says_the_trace_where_there_is_one() {
    let trial = Trial::new(&[]);
    let access = AccessLog::new(Some(trial.records.clone()), 1.0);
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = http::Request::get("/").header("traceparent", traceparent).body(()).unwrap();
    let context = Context::open(Arrival::of(&request, None));

    access.ended(&ending(&context, Some(200)));

    let record = &trial.read()[0];
    assert_eq!(record["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(record["span_id"], context.trace().span_id().to_string());
}

#[cfg(feature = "otlp")]
#[test]
fn what_has_a_record_is_exported_too() {
    let exports = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let exported = exports.clone();
    let access = |level, records: bool| {
        let trial = Trial::new(&[("LOGGING_LEVEL", level)]);
        let exported = exported.clone();
        AccessLog::new(records.then(|| trial.records.clone()), 0.0).exported(move |_| {
            exported.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        })
    };

    access("info", true).ended(&ending(&context("/"), Some(500)));
    access("info", true).ended(&ending(&context("/"), Some(200)));
    access("warn", true).ended(&ending(&context("/"), Some(500)));
    access("info", false).ended(&ending(&context("/"), Some(500)));

    assert_eq!(exports.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[test]
fn quiet_routes_and_higher_levels_have_no_record() {
    let trial = Trial::new(&[]);
    let access = AccessLog::new(Some(trial.records.clone()), 1.0);
    let heartbeat = Context::new();
    heartbeat.enter("/heartbeat/".into(), 0, true);
    access.ended(&ending(&heartbeat, Some(200)));
    assert!(trial.read().is_empty());

    for level in ["warn", "info,fastservice::access=off"] {
        let trial = Trial::new(&[("LOGGING_LEVEL", level)]);
        let access = AccessLog::new(Some(trial.records.clone()), 1.0);
        access.ended(&ending(&context("/"), Some(200)));
        assert!(trial.read().is_empty(), "{level}");
    }
}

#[test]
fn a_sample_keeps_its_share_and_every_failure() {
    let trial = Trial::new(&[]);
    let access = AccessLog::new(Some(trial.records.clone()), 0.25);

    for _ in 0..2000 {
        access.ended(&ending(&context("/"), Some(200)));
    }
    let share = trial.read().len();
    for _ in 0..50 {
        access.ended(&ending(&context("/"), Some(500)));
    }

    // Eight standard deviations around 500.
    assert!((345..=655).contains(&share), "{share}");
    assert_eq!(trial.read().len(), share + 50);
}

#[test]
fn a_subscriber_of_the_services_own_gets_the_record_of_a_request() {
    let trial = Trial::new(&[]);
    let access = AccessLog::new(None, 1.0);
    let context = context("/items/7?code=abc");

    let records = trial.run(|| access.ended(&ending(&context, Some(204))));

    let record = &records[0];
    assert_eq!(
        (&record["target"], &record["status"]),
        (&"fastservice::access".into(), &204.into())
    );
    assert_eq!(record["path"], "/items/7?code=[masked]");
}
