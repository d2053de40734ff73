//! What a service is made of. It is looked at again and again, not watched: that works
//! on every file system, also on one that a container mounts, and needs no list of folders.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

/// How long nobody looks.
const PERIOD: Duration = Duration::from_millis(100);
/// How long nothing changes any more when all is written.
const QUIET: Duration = Duration::from_millis(40);
/// At most this part of the time is spent with looking, on slow file systems too.
const SHARE: u32 = 10;
/// Folders of a package that its programs are not made of.
const ASIDE: [&str; 4] = ["benches", "examples", "target", "tests"];

/// Where to look.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    /// The folder of each package, of which the files that code is usually in count.
    pub(super) packages: Vec<PathBuf>,
    /// Files, and folders with all that is in them.
    pub(super) files: BTreeSet<PathBuf>,
    /// Files that are not built but read at start.
    pub(super) settings: Vec<PathBuf>,
    /// The folder that cargo builds in.
    pub(super) target: PathBuf,
}

/// What was there at a moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, Stamp>);

/// What changes with a file.
pub(super) type Stamp = (Option<SystemTime>, u64);

impl Sources {
    /// What is there now.
    pub(super) async fn look(&self) -> Snapshot {
        let sources = self.clone();
        tokio::task::spawn_blocking(move || sources.snapshot()).await.unwrap_or_default()
    }

    /// Waits until something differs from `before`.
    pub(super) async fn changed(&self, before: &Snapshot) -> Snapshot {
        loop {
            let begun = Instant::now();
            let now = self.look().await;
            if now != *before {
                return now;
            }
            tokio::time::sleep(PERIOD.max(begun.elapsed() * SHARE)).await;
        }
    }

    /// Waits until nothing changes any more, as an editor may write many files.
    pub(super) async fn quiet(&self, mut before: Snapshot) -> Snapshot {
        loop {
            tokio::time::sleep(QUIET).await;
            let now = self.look().await;
            if now == before {
                return now;
            }
            before = now;
        }
    }

    /// Whether the change is one of settings.
    pub(super) fn are_settings(&self, path: &Path) -> bool {
        self.settings.iter().any(|file| file == path)
    }

    fn snapshot(&self) -> Snapshot {
        let mut seen = BTreeMap::new();
        for package in &self.packages {
            let _ = self.walk(package, package, is_code, &mut seen);
        }
        for path in self.files.iter().chain(&self.settings) {
            match fs::metadata(path) {
                Ok(metadata) if metadata.is_dir() => {
                    let _ = self.walk(path, path, |_| true, &mut seen);
                }
                Ok(metadata) => drop(seen.insert(path.clone(), stamp(&metadata))),
                Err(_) => {}
            }
        }
        Snapshot(seen)
    }

    /// A folder that cannot be read has nothing in it.
    fn walk(
        &self,
        top: &Path,
        folder: &Path,
        counts: fn(&Path) -> bool,
        seen: &mut BTreeMap<PathBuf, Stamp>,
    ) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            if name.as_encoded_bytes().starts_with(b".") || path == self.target {
                continue;
            }
            // Of the entry itself: a link to a folder may lead in a circle.
            if !entry.file_type()?.is_dir() {
                if counts(&path)
                    && let Ok(metadata) = fs::metadata(&path)
                {
                    seen.insert(path, stamp(&metadata));
                }
                continue;
            }
            let is_aside = folder == top && ASIDE.iter().any(|aside| name == **aside);
            if !is_aside && !path.join("Cargo.toml").exists() {
                let _ = self.walk(top, &path, counts, seen);
            }
        }
        Ok(())
    }
}

impl Snapshot {
    /// The paths that differ between the two.
    pub(super) fn difference<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s Path> {
        let gone = self.0.keys().filter(|path| !other.0.contains_key(*path));
        let new = other.0.iter().filter(|(path, stamp)| self.0.get(*path) != Some(*stamp));
        new.map(|(path, _)| path).chain(gone).map(PathBuf::as_path)
    }
}

pub(super) fn stamp(metadata: &Metadata) -> Stamp {
    (metadata.modified().ok(), metadata.len())
}

fn is_code(path: &Path) -> bool {
    let is = |extension: &str| path.extension().is_some_and(|its| its == extension);
    is("rs") || is("sql") || path.file_name().is_some_and(|name| name == "Cargo.toml")
}

/// The paths of what cargo says a program was made of (a rule of `make`).
pub(super) fn made_of(rule: &str) -> BTreeSet<PathBuf> {
    let Some((_, paths)) = rule.split_once(": ") else { return BTreeSet::new() };
    // A blank in a path is written `\ `; the stand-in is in no path.
    let paths = paths.lines().next().unwrap_or_default().replace("\\ ", "\0");
    paths.split_whitespace().map(|path| path.replace('\0', " ").into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> (tempfile::TempDir, Sources) {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["src/main.rs", "src/deep/page.html", "tests/api.rs", "target/made.rs", "data.db"]
        {
            write(&folder.path().join(path), "");
        }
        let sources = Sources { packages: vec![folder.path().to_owned()], ..Sources::default() };
        (folder, sources)
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn difference(folder: &Path, before: &Snapshot, after: &Snapshot) -> Vec<String> {
        let paths = before.difference(after).map(|path| path.strip_prefix(folder).unwrap());
        paths.map(|path| path.display().to_string()).collect()
    }

    #[tokio::test]
    async fn code_that_is_new_changed_or_gone_is_a_change() {
        let (folder, sources) = package();
        let path = folder.path();
        let before = sources.look().await;

        write(&path.join("src/main.rs"), "fn main() {}");
        write(&path.join("src/new/mod.rs"), "");
        write(&path.join("Cargo.toml"), "");
        let after = sources.look().await;
        fs::remove_file(path.join("src/main.rs")).unwrap();
        let at_last = sources.look().await;

        let new = ["Cargo.toml", "src/main.rs", "src/new/mod.rs"];
        assert_eq!(difference(path, &before, &after), new);
        assert_eq!(difference(path, &after, &at_last), ["src/main.rs"]);
    }

    #[tokio::test]
    async fn what_a_program_is_not_made_of_is_no_change() {
        let (folder, sources) = package();
        let path = folder.path();
        let before = sources.look().await;

        for aside in [
            "data.db",
            "tests/api.rs",
            "target/made.rs",
            ".git/index.rs",
            "src/.main.rs.swp",
            "src/deep/page.html",
            "other/Cargo.toml",
            "other/src/lib.rs",
        ] {
            write(&path.join(aside), "changed");
        }

        assert_eq!(sources.look().await, before);
    }

    #[tokio::test]
    async fn files_that_the_program_was_made_of_and_settings_count_wherever_they_are() {
        let (folder, mut sources) = package();
        let path = folder.path();
        sources.files = BTreeSet::from([path.join("src/deep"), path.join("no such file")]);
        sources.settings = vec![path.join("env_config")];
        let before = sources.look().await;

        write(&path.join("src/deep/page.html"), "changed");
        write(&path.join("env_config"), "PORT=1");
        let after = sources.look().await;

        assert_eq!(difference(path, &before, &after), ["env_config", "src/deep/page.html"]);
        let changed: Vec<_> = before.difference(&after).collect();
        assert_eq!([0, 1].map(|index| sources.are_settings(changed[index])), [true, false]);
    }

    #[tokio::test]
    async fn a_link_that_leads_in_a_circle_is_not_followed() {
        let (folder, sources) = package();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("src/circle")).unwrap();

        let snapshot = sources.look().await;

        assert_eq!(snapshot.0.len(), 1, "{snapshot:?}");
    }

    #[test]
    fn the_rule_of_a_program_names_what_it_was_made_of() {
        let rule = "/t/debug/shop: /my\\ shop/src/main.rs /shop/migrations\n\n/shop/x:\n";

        let paths = made_of(rule);

        let expected = ["/my shop/src/main.rs", "/shop/migrations"].map(PathBuf::from);
        assert_eq!(paths, BTreeSet::from(expected));
        assert!(made_of("").is_empty() && made_of("nonsense").is_empty());
    }
}
