//! Whether the handlers of other crates are in the binary: real binaries of
//! `fixtures/linking`, built for development and for release.
//!
//! The first run compiles the fixture twice, in about a minute and a half on two
//! cores; the compiled crates stay in the target directory.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::Once,
    time::Duration,
};

use tokio::{process::Command, time::timeout};

const BUILD_LIMIT: Duration = Duration::from_secs(900);
const RUN_LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone, Copy)]
enum Profile {
    Debug,
    Release,
}

const PROFILES: [Profile; 2] = [Profile::Debug, Profile::Release];

/// The output of a binary, with this variable set; it does not outlive the test.
async fn run(profile: Profile, binary: &str, command: &str, variable: Option<&str>) -> Output {
    let mut program = Command::new(build(profile).await.join(binary));
    program.arg(command).env("PORT", "0").envs(variable.map(|name| (name, "1")));
    program.stdin(Stdio::null()).kill_on_drop(true);
    timeout(RUN_LIMIT, program.output()).await.expect("the binary ends").unwrap()
}

/// Builds the fixture, and returns the folder of its binaries.
async fn build(profile: Profile) -> PathBuf {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/linking");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linking");
    static LOCKED: Once = Once::new();
    LOCKED.call_once(|| lock(&fixture));
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo runs the tests"));
    cargo.args(["build", "--quiet", "--package", "shop", "--bins", "--target-dir"]);
    cargo.arg(&target).current_dir(fixture).stdin(Stdio::null()).kill_on_drop(true);
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    let status = timeout(BUILD_LIMIT, cargo.status()).await.expect("the build ends").unwrap();
    assert!(status.success(), "the fixture compiles");
    target.join(folder)
}

/// Gives the fixture the versions of the project, which are downloaded already.
fn lock(fixture: &Path) {
    let of_project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let of_fixture = fixture.join("Cargo.lock");
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if modified(&of_fixture) < modified(&of_project) {
        // In one step, as other processes test at the same time.
        let copy = of_fixture.with_extension(format!("lock-{}", std::process::id()));
        fs::copy(of_project, &copy).unwrap();
        fs::rename(copy, of_fixture).unwrap();
    }
}

/// `METHOD path` of each route that the binary lists, without the framework's own.
async fn routes(profile: Profile, binary: &str, variable: Option<&str>) -> Vec<String> {
    let output = run(profile, binary, "routes", variable).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    let rows = table.lines().skip(1).filter(|row| !row.contains(" fastservice::"));
    let rows = rows.map(|row| row.split_whitespace().take(2).collect::<Vec<_>>());
    rows.map(|words| words.join(" ")).collect()
}

/// What the binary says when it refuses to start.
async fn refusal(profile: Profile, binary: &str, variable: Option<&str>) -> String {
    let output = run(profile, binary, "serve", variable).await;
    assert!(!output.status.success(), "{binary} must not start");
    String::from_utf8(output.stderr).unwrap()
}

/// Those of modules that nothing mentions too, and none of modules for tests.
#[tokio::test]
async fn linked_crates_have_all_their_routes() {
    for profile in PROFILES {
        let routes = routes(profile, "linked", None).await;

        let expected = ["GET /customers", "POST /orders", "GET /orders/{id}", "GET /shop"];
        assert_eq!(routes, expected);
    }
}

#[tokio::test]
async fn order_of_linking_and_profile_do_not_change_the_list() {
    let list = async |profile, binary| run(profile, binary, "routes", None).await.stdout;

    let debug = list(Profile::Debug, "linked").await;

    assert_eq!(list(Profile::Debug, "reordered").await, debug);
    assert_eq!(list(Profile::Release, "linked").await, debug);
    assert_eq!(list(Profile::Release, "reordered").await, debug);
}

#[tokio::test]
async fn a_binary_may_choose_a_module_and_a_crate() {
    for profile in PROFILES {
        let routes = routes(profile, "linked", Some("CHOOSE")).await;

        assert_eq!(routes, ["POST /orders", "GET /shop"]);
    }
}

/// The trap itself: should a compiler link such crates, `link!` is no longer needed.
#[tokio::test]
async fn a_crate_that_is_never_named_loses_its_routes() {
    for profile in PROFILES {
        let routes = routes(profile, "forgetful", None).await;

        assert_eq!(routes, ["GET /shop"]);
    }
}

#[tokio::test]
async fn a_crate_that_is_expected_and_never_named_stops_the_start() {
    for profile in PROFILES {
        assert_eq!(
            refusal(profile, "forgetful", Some("EXPECT")).await,
            "error: the crate `orders` registers no endpoint; is it linked by \
             `fastservice::link!(orders);` in the binary?\n"
        );
    }
}

#[tokio::test]
async fn a_linked_crate_without_routes_stops_the_start() {
    for profile in PROFILES {
        let refusal = refusal(profile, "faulty", None).await;

        assert!(refusal.contains("the crate `empty` registers no endpoint"), "{refusal}");
    }
}

#[tokio::test]
async fn duplicates_of_two_crates_stop_the_start_and_name_both_places() {
    for profile in PROFILES {
        let refusal = refusal(profile, "faulty", None).await;

        let duplicates = "error: two endpoints answer GET /orders/{number}: copies/src/lib.rs:6 \
                          and orders/src/lib.rs:6 (as /orders/{id})\n";
        assert!(refusal.contains(duplicates), "{refusal}");
    }
}
