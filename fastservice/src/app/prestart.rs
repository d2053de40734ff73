use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
    task::JoinSet,
    time::timeout,
};

use crate::settings::PrestartSettings;

/// How long the last of its output is waited for, as what it has left behind may hold it open.
const LAST_OUTPUT: Duration = Duration::from_secs(1);

/// Runs the executable of the settings, if there is one, and writes its output to the log.
/// An error says why the service does not start.
pub(super) async fn run(settings: &PrestartSettings) -> Result<(), String> {
    let Some(program) = &settings.program else { return Ok(()) };
    let name = program.display();
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let cannot = |error| format!("PRESTART {name} cannot be run: {error}");
    let mut child = command.spawn().map_err(cannot)?;
    tracing::info!(program = %name, "prestart runs");
    let mut output = JoinSet::new();
    child.stdout.take().map(|lines| {
        output.spawn(log(lines, |line| {
            tracing::info!(line, "prestart says");
        }))
    });
    child.stderr.take().map(|lines| {
        output.spawn(log(lines, |line| {
            tracing::warn!(line, "prestart warns");
        }))
    });
    let Ok(ended) = timeout(settings.timeout, child.wait()).await else {
        let _ = child.kill().await;
        let limit = settings.timeout;
        return Err(format!("PRESTART {name} took longer than {limit:?}; set PRESTART_TIMEOUT"));
    };
    let status = ended.map_err(cannot)?;
    let _ = timeout(LAST_OUTPUT, async { while output.join_next().await.is_some() {} }).await;
    if status.success() { Ok(()) } else { Err(format!("PRESTART {name} failed: {status}")) }
}

async fn log(lines: impl AsyncRead + Unpin, write: fn(&str)) {
    let mut lines = BufReader::new(lines).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        write(&String::from_utf8_lossy(&line));
    }
}
