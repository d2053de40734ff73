//! Sockets that were opened before the service.
#![cfg(unix)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// Longer than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Passes its standard input as systemd passes a socket.
const PASS: &str = r#"exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve"#;
/// A socket that is meant for another process.
const PASS_TO_ANOTHER: &str = r#"exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=1 exec "$0" serve"#;

/// Ends with the test, also with one that fails.
struct Service {
    process: Child,
    _folder: TempDir,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The service with this as its standard input, and these settings.
fn command(input: OwnedFd, script: &str, folder: &TempDir, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(crate::program().get_program()).stdin(Stdio::from(input));
    command.current_dir(folder.path()).env_clear().envs(settings.iter().copied());
    command
}

fn start(input: OwnedFd, settings: &[(&str, &str)]) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(input, PASS, &folder, settings);
    let process = command.stdout(Stdio::null()).spawn().unwrap();
    Service { process, _folder: folder }
}

fn run(input: OwnedFd, script: &str, settings: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    command(input, script, &folder, settings).output().unwrap()
}

/// Sends a request; whoever accepts it later answers.
fn ask(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = b"GET /heartbeat/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    stream
}

#[test]
fn a_request_that_came_before_the_service_is_answered_by_it() {
    for runtime in ["work-stealing", "per-core"] {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut waiting = ask(socket.local_addr().unwrap());

        let _service = start(socket.into(), &[("RUNTIME", runtime), ("THREADS", "2")]);

        let mut answer = String::new();
        waiting.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{runtime}: {answer}");
    }
}

#[test]
fn what_is_no_socket_is_refused() {
    let file = tempfile::tempfile().unwrap();

    let output = run(file.into(), PASS, &[]);

    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(error.contains("LISTEN_FDS: the first socket cannot be used: fd 3"), "{error}");
}

#[test]
fn a_socket_for_another_process_is_left_alone() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    // It shows by its attempt to bind what the settings say.
    let output = run(socket.into(), PASS_TO_ANOTHER, &[("PORT", &port)]);

    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{error}");
}
