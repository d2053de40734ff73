use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Instant,
};

use flate2::{Compression, write::GzEncoder};

use super::sink::notice;
use crate::log::config::FileConfig;

/// Full files wait under this name until they are put away.
const PENDING: &str = "full";

/// Puts full files away as `app.log.1.gz`, `app.log.2.gz` and so on, the newest
/// first, on a thread of its own: the log is written meanwhile.
#[derive(Clone, Default)]
pub(super) struct Archive(Arc<Mutex<Option<mpsc::Sender<FileConfig>>>>);

impl Archive {
    /// Puts away what is there to be put away, soon.
    pub(super) fn put_away(&self, config: &FileConfig) {
        let mut thread = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match &*thread {
            Some(sender) => sender,
            None => match start() {
                Ok(sender) => thread.insert(sender),
                // The files stay where they are, until the next one is full.
                Err(_) => return,
            },
        };
        let _ = sender.send(config.clone());
    }
}

#[cfg(test)]
impl Archive {
    /// Leaves all as it is.
    pub(super) fn idle() -> Self {
        let (sender, _) = mpsc::channel();
        Self(Arc::new(Mutex::new(Some(sender))))
    }
}

fn start() -> io::Result<mpsc::Sender<FileConfig>> {
    let (sender, receiver) = mpsc::channel::<FileConfig>();
    let work = move || {
        let mut has_failed = false;
        while let Ok(config) = receiver.recv() {
            let result = put_away(&config);
            if let Err(error) = &result
                && !has_failed
            {
                let path = config.path.display();
                notice(&format!("old files of {path} cannot be put away: {error}"));
            }
            has_failed = result.is_err();
        }
    };
    thread::Builder::new().name("log-archive".to_owned()).spawn(work)?;
    Ok(sender)
}

/// The name of a full file.
pub(super) fn pending_name(path: &Path, age: u128) -> PathBuf {
    with_suffix(path, &format!("{PENDING}-{age:016}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// Puts away all full files, the oldest first.
fn put_away(config: &FileConfig) -> io::Result<()> {
    let mut pending: Vec<_> = siblings(&config.path)?
        .filter(|(suffix, _)| suffix.starts_with(PENDING))
        .map(|(_, path)| path)
        .collect();
    pending.sort();
    // Also when nothing can be put away, no more files are kept than asked for.
    let surplus = pending.len().saturating_sub(config.keep);
    for file in pending.drain(..surplus) {
        fs::remove_file(file)?;
    }
    pending.iter().try_for_each(|file| publish(config, file))?;
    remove_surplus(config)
}

/// Makes one full file number 1. A crash at any point leaves no half file under
/// a number, and loses none.
fn publish(config: &FileConfig, full: &Path) -> io::Result<()> {
    if !config.compress {
        shift(config)?;
        return fs::rename(full, with_suffix(&config.path, "1"));
    }
    let half = with_suffix(&config.path, "gz.tmp");
    compress(full, &half)?;
    shift(config)?;
    fs::rename(half, with_suffix(&config.path, "1.gz"))?;
    fs::remove_file(full)
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = BufReader::new(File::open(from)?);
    let mut gzip = GzEncoder::new(BufWriter::new(File::create(to)?), Compression::default());
    let mut piece = vec![0; 256 * 1024];
    loop {
        let started = Instant::now();
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        gzip.write_all(piece.get(..read).unwrap_or_default())?;
        // Half of a core at most: the rest is for requests.
        thread::sleep(started.elapsed());
    }
    let file = gzip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    // The only copy is removed next.
    file.sync_all()
}

/// Gives each numbered file the next number.
fn shift(config: &FileConfig) -> io::Result<()> {
    let mut files: Vec<_> = numbered(&config.path)?.collect();
    files.sort_by_key(|(number, ..)| std::cmp::Reverse(*number));
    files.into_iter().try_for_each(|(number, extension, path)| {
        let next = with_suffix(&config.path, &format!("{}{extension}", number.saturating_add(1)));
        fs::rename(path, next)
    })
}

fn remove_surplus(config: &FileConfig) -> io::Result<()> {
    let mut surplus = numbered(&config.path)?.filter(|(number, ..)| *number > config.keep);
    surplus.try_for_each(|(_, _, path)| fs::remove_file(path))
}

/// Numbered files: number, extension, path.
fn numbered(path: &Path) -> io::Result<impl Iterator<Item = (usize, &'static str, PathBuf)>> {
    Ok(siblings(path)?.filter_map(|(suffix, path)| {
        let (number, extension) = match suffix.strip_suffix(".gz") {
            Some(number) => (number, ".gz"),
            None => (suffix.as_str(), ""),
        };
        Some((number.parse().ok()?, extension, path))
    }))
}

/// Files named as `path` with a suffix: the suffix and the file.
fn siblings(path: &Path) -> io::Result<impl Iterator<Item = (String, PathBuf)>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new(".")))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned() + ".";
    Ok(entries.filter_map(move |entry| {
        let entry = entry.ok()?;
        let suffix = entry.file_name().to_str()?.strip_prefix(&name)?.to_owned();
        Some((suffix, entry.path()))
    }))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn config(folder: &Path, compress: bool) -> FileConfig {
        FileConfig { path: folder.join("app.log"), max_size: 10, keep: 2, compress }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn fill(config: &FileConfig, age: u128, text: &str) {
        fs::write(pending_name(&config.path, age), text).unwrap();
    }

    #[test]
    fn old_files_are_real_gzip_with_the_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), true);

        for (age, text) in [(1, "first\n"), (2, "second\n"), (3, "third\n")] {
            fill(&config, age, text);
            put_away(&config).unwrap();
        }

        assert_eq!(names(folder.path()), ["app.log.1.gz", "app.log.2.gz"]);
        for (name, text) in [("app.log.1.gz", "third\n"), ("app.log.2.gz", "second\n")] {
            let gunzip = Command::new("gzip").arg("-dc").arg(folder.path().join(name)).output();
            let gunzip = gunzip.unwrap();
            assert!(gunzip.status.success());
            assert_eq!(String::from_utf8(gunzip.stdout).unwrap(), text);
        }
    }

    #[test]
    fn what_a_crash_left_is_put_away_later() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), true);
        fs::write(with_suffix(&config.path, "gz.tmp"), "half").unwrap();
        fill(&config, 7, "older\n");
        fill(&config, 8, "newer\n");

        put_away(&config).unwrap();

        assert_eq!(names(folder.path()), ["app.log.1.gz", "app.log.2.gz"]);
    }

    #[test]
    fn no_more_files_are_kept_than_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), false);
        for number in 1..=4 {
            fs::write(with_suffix(&config.path, &number.to_string()), "old").unwrap();
        }
        fs::write(folder.path().join("app.log.notes"), "another's").unwrap();

        put_away(&FileConfig { keep: 0, ..config.clone() }).unwrap();
        fill(&config, 1, "new\n");
        put_away(&FileConfig { keep: 0, ..config }).unwrap();

        assert_eq!(names(folder.path()), ["app.log.notes"]);
    }
}
