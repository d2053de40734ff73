use std::{env, ffi::OsString, fmt, io, path::PathBuf, time::Instant};

use tokio_util::task::TaskTracker;

use super::{
    cargo::{Binary, Built},
    program::{NotReady, Program},
    sources::{Snapshot, Sources, Stamp},
};
use crate::{
    error::BoxError,
    server::{Listener, Signals},
};

/// What is built and served.
#[derive(Debug)]
pub(crate) struct Project {
    /// The sockets of `PORT` and, if it is set, `METRICS_PORT`.
    pub(crate) sockets: Vec<Listener>,
    /// Options of `cargo build`.
    pub(crate) options: Vec<OsString>,
    /// Files whose change needs a new start, not a build.
    pub(crate) settings: Vec<PathBuf>,
}

/// Builds and serves, again after every change, until SIGTERM or Ctrl-C.
///
/// # Errors
/// When cargo or the package of this program is not found.
pub(crate) async fn supervise(project: Project) -> Result<(), BoxError> {
    let mut signals = Signals::catch();
    let mut supervisor = Supervisor::of(project).await?;
    tokio::select! {
        never = supervisor.run() => match never? {},
        () = signals.next() => {}
    }
    tokio::select! {
        () = supervisor.end() => {}
        () = signals.next() => {}
    }
    Ok(())
}

/// Nothing: what gives it does not end.
enum Never {}

struct Supervisor {
    binary: Binary,
    sources: Sources,
    sockets: Vec<Listener>,
    /// The program that serves, or is paused.
    present: Option<Program>,
    /// Programs that finish what they have begun.
    finishing: TaskTracker,
    /// Of the executable that served last.
    served: Option<Stamp>,
}

impl Supervisor {
    async fn of(project: Project) -> Result<Self, BoxError> {
        let (binary, mut sources) = Binary::of_this_process(project.options).await?;
        sources.settings = project.settings;
        Ok(Self {
            binary,
            sources,
            sockets: project.sockets,
            present: None,
            finishing: TaskTracker::new(),
            served: None,
        })
    }

    async fn run(&mut self) -> io::Result<Never> {
        let mut seen = self.sources.look().await;
        let mut since = Instant::now();
        let mut has_new_settings = false;
        loop {
            let built = self.binary.build().await?;
            let mut now = self.sources.look().await;
            if now == seen {
                match built {
                    None => self.keep_on("the build failed"),
                    Some(built) if !has_new_settings && self.is_present(&built) => {
                        self.keep_on("nothing is new");
                    }
                    Some(built) => {
                        seen = self.learn(&built, seen).await;
                        has_new_settings &= !self.replace(&built, &seen, since).await;
                    }
                }
                if let Some(present) = &mut self.present {
                    present.resume().await;
                }
                now = self.next_change(&seen).await;
                since = Instant::now();
                if let Some(present) = &mut self.present {
                    present.pause().await;
                }
            }
            // Else something was saved during the build, so that its result is old already.
            has_new_settings |= self.note(&seen, &now);
            seen = self.sources.quiet(now).await;
        }
    }

    /// Looks at all that the program was made of from now on.
    async fn learn(&mut self, built: &Built, seen: Snapshot) -> Snapshot {
        let known = self.sources.files.len();
        self.sources.files.extend(built.files().await);
        if self.sources.files.len() == known { seen } else { self.sources.look().await }
    }

    /// Whether it is what serves already.
    fn is_present(&self, built: &Built) -> bool {
        self.present.is_some() && built.stamp() == self.served
    }

    /// Starts what was built. The program before ends when this one serves, and not if it does
    /// not, or something changes before.
    async fn replace(&mut self, built: &Built, seen: &Snapshot, since: Instant) -> bool {
        let which = if self.served.is_some() { "next" } else { "first" };
        let stamp = built.stamp();
        let started = tokio::select! {
            started = Program::start(&built.executable, &self.sockets, which) => started,
            _ = self.sources.changed(seen) => {
                self.keep_on("something changed before the new version served");
                return false;
            }
        };
        match started {
            Ok(program) => {
                say(format_args!("serving after {:.1} s", since.elapsed().as_secs_f32()));
                self.served = stamp;
                let before = self.present.replace(program);
                before.map(|before| self.finishing.spawn(before.stop()));
                true
            }
            Err(NotReady::Ended(status)) => {
                self.keep_on(format_args!("the new version did not start ({status})"));
                false
            }
            Err(NotReady::Unfit(error)) => {
                self.keep_on(format_args!("the new version cannot be run ({error})"));
                false
            }
        }
    }

    fn keep_on(&self, why: impl fmt::Display) {
        let what = if self.present.is_some() {
            "the version before serves on"
        } else {
            "requests wait for a change"
        };
        say(format_args!("{why}; {what}"));
    }

    /// Waits for a change. Says it when the program ends before.
    async fn next_change(&mut self, seen: &Snapshot) -> Snapshot {
        loop {
            let ended = async {
                match &mut self.present {
                    Some(present) => present.ended().await,
                    None => std::future::pending().await,
                }
            };
            let status = tokio::select! {
                now = self.sources.changed(seen) => return now,
                status = ended => status,
            };
            self.present = None;
            let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
            self.keep_on(format_args!("the service ended ({status})"));
        }
    }

    /// Says what has changed, and whether it is a setting.
    fn note(&self, before: &Snapshot, after: &Snapshot) -> bool {
        let changed: Vec<_> = before.difference(after).collect();
        if let Some((first, others)) = changed.split_first() {
            let here = env::current_dir().unwrap_or_default();
            let first = first.strip_prefix(here).unwrap_or(first).display();
            match others.len() {
                0 => say(format_args!("{first} changed, building")),
                others => say(format_args!("{first} and {others} more changed, building")),
            }
        }
        changed.iter().any(|path| self.sources.are_settings(path))
    }

    /// Ends all programs: what they have begun they finish.
    async fn end(&mut self) {
        self.present.take().map(|present| self.finishing.spawn(present.stop()));
        self.finishing.close();
        self.finishing.wait().await;
    }
}

/// To the developer's terminal.
fn say(what: impl fmt::Display) {
    eprintln!("reload: {what}");
}
