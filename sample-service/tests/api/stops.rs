//! A stop that comes before the service serves.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Says who it is, and then takes its time.
const SLOW: &str = "#!/bin/sh\necho \"I am $$\"\nexec sleep 600\n";

#[test]
fn a_stop_during_the_start_is_obeyed_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let slow = folder.path().join("slow");
    fs::write(&slow, SLOW).unwrap();
    fs::set_permissions(&slow, fs::Permissions::from_mode(0o700)).unwrap();
    let mut service = crate::program()
        .current_dir(folder.path())
        .env_clear()
        .envs([("PORT", "0"), ("HOST", "127.0.0.1"), ("PRESTART_TIMEOUT", "10m")])
        .env("PRESTART", &slow)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(service.stdout.take().unwrap()).lines().map_while(Result::ok);
    let said = log.find(|line| line.contains("I am ")).unwrap();
    let digits = said.split("I am ").nth(1).unwrap();
    let prestart: String = digits.chars().take_while(char::is_ascii_digit).collect();

    signal("-TERM", &service.id().to_string());
    let status = service.wait().unwrap();

    assert_eq!(status.code(), Some(0));
    assert!(log.any(|line| line.contains("stopped before it served")));
    let end = Instant::now() + PATIENCE;
    while signal("-0", &prestart) {
        assert!(Instant::now() < end, "PRESTART outlives the service");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether there was such a process.
fn signal(name: &str, process: &str) -> bool {
    Command::new("kill").args([name, process]).stderr(Stdio::null()).status().unwrap().success()
}
