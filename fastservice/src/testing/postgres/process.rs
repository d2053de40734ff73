use std::{
    fs::{self, Permissions},
    io::{self, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use super::Binaries;
use crate::error::BoxError;

/// Who runs the server in place of root, whom it refuses: `nobody`.
const UNPRIVILEGED: u32 = 65_534;

/// Makes the files of a new server below a folder.
pub(super) fn initialize(binaries: &Binaries, folder: &Path) -> Result<(), BoxError> {
    if is_root(folder)? {
        chown(folder, Some(UNPRIVILEGED), Some(UNPRIVILEGED))?;
    }
    let mut initdb = Command::new(binaries.path("initdb"));
    initdb.args(["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=trust"]);
    initdb.args(["--username=postgres", "--pgdata=data"]).current_dir(folder);
    let output = as_unprivileged(&mut initdb, folder)?.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("initdb fails: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// A running server and the shell that watches it.
///
/// The shell ends the server when its standard input ends, as it does with this
/// process, also by `SIGKILL`. Unless it reads a word before, it removes the
/// files too: nobody else is left to do it.
pub(super) struct Process {
    shell: Child,
    input: Option<ChildStdin>,
    data: PathBuf,
}

const WATCH: &str = r#"
postgres=$1; port=$2; shift 2
"$postgres" -D data -k "$PWD" -h 127.0.0.1 -p "$port" "$@" >>log 2>&1 </dev/null &
server=$!
last=
while read -r word; do last=$word; done
kill -INT "$server" 2>/dev/null
wait "$server"
[ -n "$last" ] || rm -rf "$PWD"
"#;

impl Process {
    pub(super) fn start(
        binaries: &Binaries,
        folder: &Path,
        port: u16,
        options: &[String],
    ) -> Result<Self, BoxError> {
        let mut shell = Command::new("sh");
        shell.args(["-c", WATCH, "sh"]).arg(binaries.path("postgres")).arg(port.to_string());
        shell.args(options.iter().flat_map(|option| ["-c", option]));
        // Its own group: Ctrl-C is for the test, which ends the server by ending.
        shell.current_dir(folder).stdin(Stdio::piped()).process_group(0);
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        let mut shell = as_unprivileged(&mut shell, folder)?.spawn()?;
        let input = shell.stdin.take();
        Ok(Self { shell, input, data: folder.join("data") })
    }

    /// Ends the server and its children without a warning.
    pub(super) fn kill(self) {
        let pid = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        let Some(server) = pid.lines().next().and_then(|pid| pid.trim().parse().ok()) else {
            return;
        };
        // Stopped, it starts no more children while they are looked for.
        signal("-STOP", &[server]);
        let mut all = children(server);
        all.push(server);
        signal("-KILL", &all);
    }
}

fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    let _ = Command::new("kill").arg(name).args(pids).stderr(Stdio::null()).status();
}

/// The processes that a process has started, as Linux lists them.
fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which may have blanks and brackets: the state, then the parent.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut input) = self.input.take() {
            let _ = input.write_all(b"keep\n");
        }
        let _ = self.shell.wait();
    }
}

/// Writes a file that only the server may read.
pub(super) fn write_file(folder: &Path, name: &str, contents: &str) -> io::Result<()> {
    let path = folder.join("data").join(name);
    fs::write(&path, contents)?;
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    let owner = fs::metadata(folder)?;
    chown(&path, Some(owner.uid()), Some(owner.gid()))
}

fn is_root(folder: &Path) -> io::Result<bool> {
    // The folder was made by this process.
    Ok(fs::metadata(folder)?.uid() == 0)
}

/// The folder belongs to who is to run the command.
fn as_unprivileged<'c>(command: &'c mut Command, folder: &Path) -> io::Result<&'c mut Command> {
    if fs::metadata(folder)?.uid() == UNPRIVILEGED && fs::metadata("/proc/self")?.uid() == 0 {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    Ok(command)
}
