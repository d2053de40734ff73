//! What the command line says about settings, in a process of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

/// The `env_config` and secrets with which the Python service was deployed.
fn deployment() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deployment")
}

/// The program with nothing but these variables, in a folder of its own.
fn check_config(variables: &[(&str, &Path)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    crate::program()
        .arg("check-config")
        .current_dir(folder.path())
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The value and origin of a setting.
fn shown<'o>(output: &'o str, name: &str) -> &'o str {
    let line = output.lines().find(|line| line.split(' ').next() == Some(name));
    line.unwrap_or_else(|| panic!("no {name} in {output}")).split_once(" = ").unwrap().1
}

#[test]
fn a_python_deployments_config_and_secrets_are_taken_unchanged() {
    let (file, secrets) = (deployment().join("env_config"), deployment().join("secrets"));

    let output = check_config(&[("ENV_CONFIG", &file), ("SECRETS_DIR", &secrets)]);

    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    let place = file.display().to_string();
    assert_eq!(shown(&stdout, "SERVICE_NAME"), format!("Fastservice  ({place}:1)"));
    assert_eq!(shown(&stdout, "LOGGING_LEVEL"), format!("DEBUG  ({place}:4)"));
    assert_eq!(shown(&stdout, "AUTH0_DOMAIN"), format!("tenant.example  ({place}:13)"));
    assert_eq!(shown(&stdout, "ALGORITHMS"), format!("RS256  ({place}:15)"));
    assert_eq!(shown(&stdout, "M2M_USER"), format!("m2m_user  ({place}:16)"));
    let secret = secrets.join("api_client_secret").display().to_string();
    assert_eq!(shown(&stdout, "API_CLIENT_SECRET"), format!("********  ({secret})"));
    // Settings of other parts of the framework may be unknown yet, but are no failure.
    for value in ["api-client-s3cret", "p@ss/w:rd#1"] {
        assert!(!stdout.contains(value) && !stderr.contains(value), "{stdout}{stderr}");
    }
}

#[test]
fn every_mistake_is_printed_and_the_status_is_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env_config");
    fs::write(&file, "PORT=http\nnonsense\nTHREAD=1\nBODY_LIMIT=2MB\n").unwrap();

    let output = check_config(&[("ENV_CONFIG", &file), ("RUNTIME", Path::new("fast"))]);

    let (stderr, place) = (text(&output.stderr), file.display());
    let expected = [
        format!("error: {place}:2 has no `=` after its name; expected `NAME=value`"),
        format!("error: PORT ({place}:1) is `http`; expected a port number from 0 to 65535"),
        "error: RUNTIME (environment) is `fast`; expected `work-stealing` or `per-core`".to_owned(),
        format!("hint: THREAD ({place}:3) is not a setting; did you mean THREADS?"),
    ];
    assert_eq!(stderr.lines().collect::<Vec<_>>(), expected);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
}

#[test]
fn the_template_is_valid_and_names_only_settings() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let text_of_file = fs::read_to_string(template.join("env_config")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let all = folder.path().join("env_config");
    // Every line that is switched off is switched on.
    let lines = text_of_file
        .lines()
        .map(|line| line.strip_prefix("#").filter(|line| is_setting(line)).unwrap_or(line));
    fs::write(&all, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let secrets = template.join("secrets");

    let file = template.join("env_config");
    let as_it_is = check_config(&[("ENV_CONFIG", &file), ("SECRETS_DIR", &secrets)]);
    let with_all = check_config(&[("ENV_CONFIG", &all), ("SECRETS_DIR", &secrets)]);

    for output in [as_it_is, with_all] {
        let stdout = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(!stdout.contains("hint: "), "{stdout}");
    }
}

fn is_setting(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_uppercase() || "_0123456789".contains(c))
    })
}

#[cfg(feature = "dev-issuer")]
#[test]
fn a_development_build_takes_the_file_beside_it() {
    // A deployment's file goes before it.
    if Path::new("/env_config").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("env_config"), "PORT=8123\n").unwrap();

    let output = crate::program()
        .arg("check-config")
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();

    assert_eq!(shown(&text(&output.stdout), "PORT"), "8123  (env_config:1)");
}
