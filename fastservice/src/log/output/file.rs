use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    archive::{self, Archive},
    sink::{Failure, notice, write_all},
};
use crate::log::config::FileConfig;

/// How often to look whether the file was taken away.
const LOOK: Duration = Duration::from_secs(5);

/// A file that makes room for a new one before it grows over its limit.
pub(super) struct RollingFile {
    config: FileConfig,
    archive: Archive,
    file: File,
    size: u64,
    limit: u64,
    looked_at: Instant,
}

impl RollingFile {
    /// Opens the file for appending, and makes its folder if there is none.
    pub(super) fn open(config: FileConfig, archive: Archive) -> io::Result<Self> {
        let (file, size, limit) = open(&config)?;
        // What an earlier process left is put away now.
        archive.put_away(&config);
        Ok(Self { config, archive, file, size, limit, looked_at: Instant::now() })
    }

    /// Writes whole lines, each into one file.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        self.look().map_err(|error| Failure { written: 0, error })?;
        let mut written = 0;
        while let Some(rest) = lines.get(written..).filter(|rest| !rest.is_empty()) {
            let mut part = fitting(rest, self.limit.saturating_sub(self.size));
            if part.is_empty() && self.size > 0 {
                self.rotate().map_err(|error| Failure { written, error })?;
                part = fitting(rest, self.limit.saturating_sub(self.size));
            }
            if part.is_empty() {
                part = first_line(rest);
            }
            let result = write_all(&mut self.file, part);
            let done = result.as_ref().err().map_or(part.len(), |failure| failure.written);
            self.size += done as u64;
            written += done;
            result.map_err(|failure| Failure { written, ..failure })?;
        }
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        if let Err(error) = fs::rename(&self.config.path, free_name(&self.config.path)) {
            // Too long a file is better than none.
            if self.limit == self.config.max_size {
                let path = self.config.path.display();
                notice(&format!("{path} has its full size and cannot be renamed: {error}"));
            }
            self.limit = self.size.saturating_add(self.config.max_size);
            return Ok(());
        }
        self.reopen()?;
        self.archive.put_away(&self.config);
        Ok(())
    }

    /// Someone else may have moved or removed the file.
    fn look(&mut self) -> io::Result<()> {
        if self.looked_at.elapsed() < LOOK {
            return Ok(());
        }
        self.looked_at = Instant::now();
        if is_same(&self.file, &self.config.path) { Ok(()) } else { self.reopen() }
    }

    fn reopen(&mut self) -> io::Result<()> {
        (self.file, self.size, self.limit) = open(&self.config)?;
        Ok(())
    }
}

fn open(config: &FileConfig) -> io::Result<(File, u64, u64)> {
    if let Some(folder) = config.path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().append(true).create(true).open(&config.path)?;
    let metadata = file.metadata()?;
    // A device such as `/dev/stderr` has no size, and must keep its name.
    let limit = if metadata.is_file() { config.max_size } else { u64::MAX };
    Ok((file, metadata.len(), limit))
}

/// A name for the full file until it is put away; names sort by age.
fn free_name(path: &Path) -> std::path::PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    // No service fills a thousand files in a millisecond.
    (now..now + 1000)
        .map(|age| archive::pending_name(path, age))
        .find(|name| !name.exists())
        .unwrap_or_else(|| archive::pending_name(path, now))
}

/// The whole lines at the start of `lines` that have room.
fn fitting(lines: &[u8], room: u64) -> &[u8] {
    let room = usize::try_from(room).unwrap_or(usize::MAX).min(lines.len());
    let head = lines.get(..room).unwrap_or_default();
    let end = head.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    head.get(..end).unwrap_or_default()
}

fn first_line(lines: &[u8]) -> &[u8] {
    lines.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default()
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let (Ok(ours), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path, max_size: u64) -> FileConfig {
        let path = folder.join("deep/inside/app.log");
        FileConfig { path, max_size, keep: 3, compress: false }
    }

    fn pending(path: &Path) -> usize {
        let entries = fs::read_dir(path.parent().unwrap()).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().path() != path).count()
    }

    #[test]
    fn a_missing_folder_is_made_and_the_file_appended_to() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), 1000);

        for line in ["one\n", "two\n"] {
            let mut file = RollingFile::open(config.clone(), Archive::idle()).unwrap();
            assert!(file.write(line.as_bytes()).is_ok());
        }

        assert_eq!(fs::read_to_string(&config.path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn no_file_grows_over_its_limit_and_no_line_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), 10);
        let mut file = RollingFile::open(config.clone(), Archive::idle()).unwrap();

        assert!(file.write(b"1234\n5678\n9\n").is_ok());
        assert!(file.write(b"longer than the limit\n").is_ok());
        assert!(file.write(b"last\n").is_ok());

        assert_eq!(fs::read_to_string(&config.path).unwrap(), "last\n");
        assert_eq!(pending(&config.path), 3);
    }

    #[test]
    fn a_file_that_was_taken_away_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), 1000);
        let mut file = RollingFile::open(config.clone(), Archive::idle()).unwrap();
        fs::remove_file(&config.path).unwrap();

        file.looked_at = Instant::now().checked_sub(LOOK).unwrap();
        assert!(file.write(b"again\n").is_ok());

        assert_eq!(fs::read_to_string(&config.path).unwrap(), "again\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_keeps_its_name() {
        let config = FileConfig { path: "/dev/null".into(), max_size: 1, keep: 1, compress: false };
        let mut file = RollingFile::open(config, Archive::idle()).unwrap();

        assert!(file.write(b"one\ntwo\n").is_ok());

        assert_eq!(file.limit, u64::MAX);
    }
}
