use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Where Debian and others put the binaries of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder of the server's binaries.
#[derive(Debug, Clone)]
pub(super) struct Binaries(PathBuf);

impl Binaries {
    /// The newest version that is installed, or the one of `PATH`.
    pub(super) fn find() -> Option<Self> {
        let mut versions: Vec<_> = fs::read_dir(VERSIONS)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        versions.sort_by_key(|path| version(path));
        let versions = versions.into_iter().rev().map(|path| path.join("bin"));
        let path = env::var_os("PATH").unwrap_or_default();
        let mut folders = versions.chain(env::split_paths(&path));
        folders.find(|folder| is_complete(folder)).map(Self)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn version(path: &Path) -> u32 {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file())
}
