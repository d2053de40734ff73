//! The log of the running service, as an operator sees it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// The service in a folder of its own.
struct Running {
    folder: TempDir,
    process: Child,
    log: BufReader<ChildStdout>,
    address: String,
}

impl Running {
    fn start(config: &str, pairs: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["log_config_stdout.json", "log_config_file.json"] {
            fs::write(folder.path().join(name), config).unwrap();
        }
        let mut process = crate::program()
            .current_dir(folder.path())
            .env_clear()
            .envs([("PORT", "0"), ("HOST", "127.0.0.1")])
            .envs(pairs.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stdout.take().unwrap());
        let mut running = Self { folder, process, log, address: String::new() };
        if !pairs.contains(&("LOG_TYPE", "FILE")) {
            let listening = running.record("listening");
            running.is_at(&listening);
        }
        running
    }

    fn is_at(&mut self, listening: &Value) {
        listening["address"].as_str().unwrap().clone_into(&mut self.address);
    }

    /// The next record with this message.
    fn record(&mut self, message: &str) -> Value {
        let mut lines = self.log.by_ref().lines().map_while(Result::ok);
        let found = lines.find_map(|line| {
            let record: Value = serde_json::from_str(&line).ok()?;
            (record["message"] == message).then_some(record)
        });
        found.unwrap_or_else(|| panic!("the log ended without `{message}`"))
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Stops it; the exit status, and what is left of the log.
    fn stop(mut self) -> (Option<i32>, Vec<Value>) {
        self.signal("-TERM");
        let lines = self.log.by_ref().lines().map_while(Result::ok);
        let records = lines.map(|line| serde_json::from_str(&line).unwrap()).collect();
        (self.process.wait().unwrap().code(), records)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_access(record: &Value) -> bool {
    record["target"] == "fastservice::access"
}

#[test]
fn every_request_is_in_the_log_after_a_stop_and_the_heartbeat_is_not() {
    let service = Running::start(r#"{"format": "json"}"#, &[]);

    for number in 0..200 {
        service.get(&format!("/pub/items/?limit=1&number={number}&token=hunter2"));
        service.get("/heartbeat/");
    }
    let (status, records) = service.stop();

    assert_eq!(status, Some(0));
    let access: Vec<_> = records.iter().filter(|record| is_access(record)).collect();
    assert_eq!(access.len(), 200);
    assert!(access.iter().all(|record| record["route"] == "/pub/items/"));
    assert!(!format!("{records:?}").contains("hunter2"));
    assert_eq!(records.last().unwrap()["message"], "stopped");
}

#[test]
fn the_level_changes_with_the_file_and_without_a_restart() {
    let mut service = Running::start(r#"{"format": "json"}"#, &[]);
    let config = service.folder.path().join("log_config_stdout.json");

    fs::write(&config, r#"{"format": "json", "level": "debug"}"#).unwrap();
    service.signal("-HUP");
    service.record("the log's configuration has changed");
    service.get("/nowhere");

    let refused = service.record("request refused");
    assert_eq!((&refused["level"], &refused["status"]), (&"DEBUG".into(), &404.into()));
    assert_eq!(refused["method"], "GET");
}

#[test]
fn a_file_is_rotated_and_its_old_ones_are_gzip() {
    let config =
        r#"{"format": "json", "path": "deep/log/app.log", "max_size": "2KB", "keep": 100}"#;
    let mut service = Running::start(config, &[("LOG_TYPE", "FILE")]);
    let folder = service.folder.path().join("deep/log");
    let listening = wait_for(|| {
        let text = fs::read_to_string(folder.join("app.log")).ok()?;
        let record = text.lines().find(|line| line.contains("\"listening\""))?.to_owned();
        serde_json::from_str::<Value>(&record).ok()
    });
    service.is_at(&listening);

    for _ in 0..30 {
        service.get("/pub/items/");
    }
    service.signal("-TERM");
    assert!(service.process.wait().unwrap().success());
    // The next start puts away what the stop has left.
    let mut service = again(&service);
    wait_for(|| names(&folder).iter().all(|name| !name.contains("full")).then_some(()));
    service.kill().unwrap();
    service.wait().unwrap();

    let mut text = fs::read_to_string(folder.join("app.log")).unwrap();
    for name in names(&folder).iter().filter(|name| *name != "app.log") {
        let gunzip = Command::new("gzip").arg("-dc").arg(folder.join(name)).output().unwrap();
        assert!(gunzip.status.success(), "{name}");
        assert!(gunzip.stdout.len() <= 2000, "{name}");
        text.push_str(&String::from_utf8(gunzip.stdout).unwrap());
    }
    let ended = text.lines().filter(|line| line.contains("\"request ended\"")).count();
    assert_eq!(ended, 30);
}

/// Another process in the folder of the first.
fn again(service: &Running) -> Child {
    crate::program()
        .current_dir(service.folder.path())
        .env_clear()
        .envs([("PORT", "0"), ("HOST", "127.0.0.1"), ("LOG_TYPE", "FILE")])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn wait_for<T>(found: impl Fn() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = found() {
            return value;
        }
        assert!(Instant::now() < until, "it did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_reader_that_goes_away_costs_records_only() {
    let mut service = Running::start(r#"{"format": "json"}"#, &[]);
    let mut errors = service.process.stderr.take().unwrap();
    // The only reader of the pipe is closed.
    let closed = Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
    let mut closed = closed;
    let nobody = closed.stdout.take().unwrap();
    closed.wait().unwrap();
    drop(std::mem::replace(&mut service.log, BufReader::new(nobody)));

    for _ in 0..20 {
        assert!(service.get("/pub/items/").starts_with("HTTP/1.1 200 "));
    }
    service.signal("-TERM");

    assert!(service.process.wait().unwrap().success());
    let mut text = String::new();
    errors.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("cannot write the log to standard output").count(), 1, "{text}");
}

#[test]
fn a_second_signal_ends_it_at_once_with_all_records() {
    let mut service = Running::start(r#"{"format": "json"}"#, &[]);
    service.get("/pub/items/");
    // A handler that waits for its body keeps the first stop waiting.
    let mut half = TcpStream::connect(&service.address).unwrap();
    half.write_all(
        b"POST /dev-issuer/oauth/token HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
          content-type: application/x-www-form-urlencoded\r\ncontent-length: 5\r\n\r\n",
    )
    .unwrap();
    let mut go_on = [0; 12];
    half.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100");
    service.signal("-TERM");
    service.record("stopping: running requests are finished first");
    service.signal("-TERM");
    service.record("stopping at once");

    assert_eq!(service.process.wait().unwrap().code(), Some(130));
}

#[test]
fn a_wrong_configuration_stops_the_start_and_the_check() {
    for command in ["serve", "check-config"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("log_config_stdout.json"), r#"{"level": "loud"}"#).unwrap();
        let output =
            crate::program().arg(command).current_dir(folder.path()).env_clear().output().unwrap();

        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text.contains("log_config_stdout.json: `level` is `\"loud\"`"), "{text}");
    }
}
