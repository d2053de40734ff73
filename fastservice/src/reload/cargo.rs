//! What cargo is asked: which packages a program is made of, and to build it.

use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use serde::Deserialize;
use tokio::process::Command;

use super::{
    orders::SUPERVISED,
    sources::{Sources, Stamp, made_of, stamp},
};
use crate::error::BoxError;

/// The program that is built again and again.
#[derive(Debug)]
pub(super) struct Binary {
    /// None when cargo is to look for it.
    manifest: Option<PathBuf>,
    package: String,
    name: String,
    options: Vec<OsString>,
}

/// What a build gave.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) executable: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Option<Resolve>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    source: Option<String>,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

/// A line of `cargo build --message-format json`.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

impl Binary {
    /// The program that runs now, and what it is made of. `options` are for `cargo build`.
    pub(super) async fn of_this_process(
        options: Vec<OsString>,
    ) -> Result<(Self, Sources), BoxError> {
        let executable = env::current_exe()?;
        let name = executable.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        // Set by `cargo run`.
        let folder = env::var_os("CARGO_MANIFEST_DIR");
        let manifest = folder.map(|folder| Path::new(&folder).join("Cargo.toml"));
        let metadata = metadata(manifest.as_deref()).await?;
        // So is this. Two packages of a workspace may have a program of the same name.
        let run = env::var("CARGO_PKG_NAME").ok();
        let package = metadata
            .packages
            .iter()
            .filter(|package| run.as_ref().is_none_or(|run| *run == package.name))
            .find(|package| package.targets.iter().any(|target| target.is_binary(name)));
        let package = package.ok_or_else(|| {
            format!("no package here has a binary `{name}`; run it in the folder of its workspace")
        })?;
        let sources = metadata.sources_of(package);
        let package = package.name.clone();
        Ok((Self { manifest, package, name: name.to_owned(), options }, sources))
    }

    /// Builds it. Cargo shows its progress, warnings and errors itself; `None` after errors.
    pub(super) async fn build(&self) -> io::Result<Option<Built>> {
        let mut cargo = cargo("build", self.manifest.as_deref());
        cargo.args(["--message-format", "json-render-diagnostics"]);
        cargo.args(["--package", &self.package, "--bin", &self.name]).args(&self.options);
        let output = output(&mut cargo).await?;
        if !output.status.success() {
            return Ok(None);
        }
        let built = output.stdout.split(|byte| *byte == b'\n').find_map(|line| self.built(line));
        built.map(Some).ok_or_else(|| io::Error::other("cargo does not say what it has built"))
    }

    fn built(&self, line: &[u8]) -> Option<Built> {
        let message: Message = serde_json::from_slice(line).ok()?;
        let is_this = message.reason == "compiler-artifact"
            && message.target.is_some_and(|target| target.is_binary(&self.name));
        let executable = message.executable.filter(|_| is_this)?;
        Some(Built { executable })
    }
}

impl Built {
    /// What changes with the executable: another cargo may have built it before.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        fs::metadata(&self.executable).ok().map(|metadata| stamp(&metadata))
    }

    /// The files that it was made of, as cargo has written them down beside it.
    pub(super) async fn files(&self) -> BTreeSet<PathBuf> {
        let path = self.executable.with_extension("d");
        let rule = tokio::task::spawn_blocking(|| fs::read_to_string(path)).await;
        rule.ok().and_then(Result::ok).map(|rule| made_of(&rule)).unwrap_or_default()
    }
}

impl Target {
    fn is_binary(&self, name: &str) -> bool {
        self.name == name && self.kind.iter().any(|kind| kind == "bin")
    }
}

impl Metadata {
    /// The package and those that it is made of which are on this machine, not of a registry.
    fn sources_of(&self, package: &Package) -> Sources {
        let mut ids = BTreeSet::new();
        let mut waiting = vec![package.id.as_str()];
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let nodes: Vec<_> = nodes.collect();
        while let Some(id) = waiting.pop() {
            if ids.insert(id) {
                let node = nodes.iter().filter(|node| node.id == id);
                waiting.extend(node.flat_map(|node| &node.dependencies).map(String::as_str));
            }
        }
        let is_here =
            |package: &&Package| package.source.is_none() && ids.contains(package.id.as_str());
        let packages = self.packages.iter().filter(is_here);
        let packages = packages.filter_map(|package| package.manifest_path.parent());
        let of_workspace = ["Cargo.toml", "Cargo.lock", ".cargo", "rust-toolchain.toml"];
        Sources {
            packages: packages.map(Path::to_owned).collect(),
            files: of_workspace.map(|name| self.workspace_root.join(name)).into(),
            settings: Vec::new(),
            target: self.target_directory.clone(),
        }
    }
}

async fn metadata(manifest: Option<&Path>) -> Result<Metadata, BoxError> {
    let mut cargo = cargo("metadata", manifest);
    cargo.args(["--format-version", "1"]);
    let output =
        output(&mut cargo).await.map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err("`cargo metadata` fails; run this in the folder of the workspace".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Cargo as the developer would call it: without what `cargo run` says about this program.
fn cargo(command: &str, manifest: Option<&Path>) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy();
        if of_package.iter().any(|prefix| name_text.starts_with(prefix)) {
            cargo.env_remove(&name);
        }
    }
    cargo.env_remove(SUPERVISED).stdin(Stdio::null()).kill_on_drop(true);
    cargo.arg(command);
    if let Some(manifest) = manifest {
        cargo.arg("--manifest-path").arg(manifest);
    }
    cargo
}

/// Its standard output; what it says to people goes to the terminal.
async fn output(cargo: &mut Command) -> io::Result<Output> {
    cargo.stdout(Stdio::piped()).spawn()?.wait_with_output().await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata() -> Metadata {
        let package = |name: &str, source: Option<&str>| {
            json!({
                "id": name, "name": name, "source": source,
                "manifest_path": format!("/work/{name}/Cargo.toml"),
                "targets": [{"name": name, "kind": ["bin"]}],
            })
        };
        let node =
            |id: &str, dependencies: &[&str]| json!({"id": id, "dependencies": dependencies});
        let metadata = json!({
            "packages": [
                package("shop", None), package("orders", None), package("other", None),
                package("hyper", Some("registry")),
            ],
            "resolve": {"nodes": [
                node("shop", &["hyper", "orders"]), node("orders", &["hyper"]),
                node("hyper", &[]), node("other", &["shop"]),
            ]},
            "workspace_root": "/work",
            "target_directory": "/work/target",
        });
        serde_json::from_value(metadata).unwrap()
    }

    #[test]
    fn a_program_is_made_of_its_package_and_those_that_it_has_by_path() {
        let metadata = metadata();

        let sources = metadata.sources_of(&metadata.packages[0]);

        assert_eq!(sources.packages, ["/work/shop", "/work/orders"].map(PathBuf::from));
        assert!(sources.files.contains(Path::new("/work/Cargo.lock")));
        assert_eq!(sources.target, Path::new("/work/target"));
    }

    #[test]
    fn cargo_says_where_the_program_is() {
        let binary = Binary {
            manifest: None,
            package: "shop".to_owned(),
            name: "shop".to_owned(),
            options: Vec::new(),
        };
        let line = |reason: &str, kind: &str, executable: Option<&str>| {
            let target = json!({"name": "shop", "kind": [kind]});
            let line = json!({
                "reason": reason, "target": target, "executable": executable,
            });
            binary.built(line.to_string().as_bytes())
        };

        let built = line("compiler-artifact", "bin", Some("/t/shop")).unwrap();

        assert_eq!(built.executable, Path::new("/t/shop"));
        assert!(line("compiler-artifact", "lib", None).is_none());
        assert!(line("compiler-artifact", "bin", None).is_none());
        assert!(line("build-finished", "bin", None).is_none());
        assert!(binary.built(b"no json").is_none());
    }
}
