use std::process::{Child, Output, Stdio};

use super::server;

fn migrate(url: &str, arguments: &[&str]) -> Child {
    crate::program()
        .arg("migrate")
        .args(arguments)
        .env_clear()
        .envs([("DATABASE_URL", url), ("LOGGING_LEVEL", "off")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn lines(output: &Output) -> usize {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().count()
}

#[tokio::test]
async fn ten_processes_at_once_migrate_an_empty_database_once() {
    let Some(server) = server().await else { return };
    let url = server.new_database().await;
    assert_eq!(lines(&migrate(&url, &["--dry-run"]).wait_with_output().unwrap()), 2);

    let all: Vec<_> = (0..10).map(|_| migrate(&url, &[])).collect();
    let applied: Vec<_> =
        all.into_iter().map(|one| lines(&one.wait_with_output().unwrap())).collect();

    assert_eq!(applied.iter().sum::<usize>(), 2, "{applied:?}");
    assert_eq!(lines(&migrate(&url, &["--dry-run"]).wait_with_output().unwrap()), 0);
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named_with_its_cause() {
    let Some(server) = server().await else { return };
    let url = server.new_database().await;
    let folder = "sqlite:/nowhere/at/all.db";
    for (url, named) in [(folder, "/nowhere/at"), (&url.replace("/test_", "/none_"), "none_")] {
        let output = migrate(url, &[]).wait_with_output().unwrap();

        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text.contains(named), "{text}");
    }
}
