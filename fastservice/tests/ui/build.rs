//! Says whether this compiler is the one whose messages the snapshots hold.

use std::{env, process::Command};

const TOOLCHAIN: &str = "1.95";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(pinned_toolchain)");
    let compiler = env::var_os("RUSTC").expect("cargo names the compiler");
    let output = Command::new(compiler).arg("--version").output().expect("the compiler runs");
    let version = String::from_utf8_lossy(&output.stdout);
    if version.starts_with(&format!("rustc {TOOLCHAIN}.")) {
        println!("cargo::rustc-cfg=pinned_toolchain");
    } else {
        println!(
            "cargo::warning=the messages about mistakes are NOT tested: their snapshots are of \
             rustc {TOOLCHAIN}, and this is {}",
            version.trim()
        );
    }
}
