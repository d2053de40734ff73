use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A folder with an `env_config` and secrets, as a deployment has them.
struct Deployment {
    folder: TempDir,
}

impl Deployment {
    fn new(env_config: &str, secrets: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("env_config"), env_config).unwrap();
        fs::create_dir(folder.path().join("secrets")).unwrap();
        for (name, value) in secrets {
            fs::write(folder.path().join("secrets").join(name), value).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn source(&self, pairs: &[(&str, &str)]) -> Source {
        let (file, secrets) = (self.path("env_config"), self.path("secrets"));
        let places = [("ENV_CONFIG", file.as_str()), ("SECRETS_DIR", secrets.as_str())];
        Source::pairs(places.into_iter().chain(pairs.iter().copied()))
    }

    fn read(&self, pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_source(self.source(pairs))
    }

    /// The mistakes and hints, with a short name for the folder.
    fn wrong(&self, pairs: &[(&str, &str)]) -> Vec<String> {
        let error = self.read(pairs).unwrap_err().to_string();
        let folder = self.folder.path().display().to_string();
        error.lines().map(|line| line.replace(&folder, "")).collect()
    }
}

fn origin<'s>(settings: &'s Settings, name: &str) -> &'s str {
    settings.shown().iter().find(|setting| setting.name() == name).unwrap().origin()
}

#[test]
fn every_setting_has_a_default() {
    let settings = Settings::from_pairs([]).unwrap();

    assert_eq!(settings.server.port, 8000);
    assert_eq!(settings.http.body_limit, 2 * 1024 * 1024);
    assert!(settings.shown().iter().all(|setting| setting.origin() == "default"));
    assert_eq!((settings.config_folder(), settings.hints()), (None, vec![]));
}

#[test]
fn the_first_place_that_has_a_value_wins() {
    let names = ["SERVICE_NAME", "PUBLIC_PREFIX", "PRIVATE_PREFIX", "API_IDENTIFIER"];
    let env_config = "service_name=file\nPublic_Prefix=file\nprivate_prefix=file\n";
    let secrets = names.map(|name| (name, "secret\n"));
    let deployment = Deployment::new(env_config, &secrets);
    let source = deployment.source(&[("service_NAME", "environment"), ("PUBLIC_PREFIX", "")]);
    let source = names.iter().fold(source, |source, name| source.with_default(name, "service"));
    let source = source.with_default("LOGGING_LEVEL", "debug");

    let settings = Settings::from_source(source).unwrap();

    assert_eq!(settings.service_name, "environment");
    assert_eq!(settings.http.public_prefix.as_deref(), Some("file"));
    assert_eq!(settings.http.private_prefix.as_deref(), Some("file"));
    assert_eq!(settings.auth.api_identifiers, ["secret"]);
    assert_eq!(settings.logs.level.as_deref(), Some("debug"));
    assert_eq!(settings.config_folder(), Some(deployment.folder.path()));
    let lines = deployment.path("env_config");
    assert_eq!(origin(&settings, "SERVICE_NAME"), "given");
    assert_eq!(origin(&settings, "PUBLIC_PREFIX"), format!("{lines}:2"));
    assert_eq!(origin(&settings, "API_IDENTIFIER"), deployment.path("secrets/API_IDENTIFIER"));
    assert_eq!(origin(&settings, "LOGGING_LEVEL"), "default");
}

#[test]
fn a_file_named_by_a_setting_holds_its_value() {
    let deployment = Deployment::new("", &[("one", "p@ss\r\n"), ("two", "other")]);
    let (one, two) = (deployment.path("secrets/one"), deployment.path("secrets/two"));
    let lines = format!("API_CLIENT_ID_FILE={two}\nDATABASE_URL_FILE={two}\n");
    fs::write(deployment.path("env_config"), lines).unwrap();

    let pairs = [("API_CLIENT_SECRET_FILE", one.as_str()), ("DATABASE_URL", "sqlite:x.db")];
    let settings = deployment.read(&pairs).unwrap();

    assert_eq!(settings.auth.api_client_secret.as_ref().unwrap().expose(), "p@ss");
    assert_eq!(settings.auth.api_client_id.as_deref(), Some("other"));
    assert_eq!(settings.database.url.expose(), "sqlite:x.db");
    let by = format!("file {one} named by API_CLIENT_SECRET_FILE");
    assert_eq!(origin(&settings, "API_CLIENT_SECRET"), by);
}

#[test]
fn every_mistake_is_reported_at_once_with_its_place() {
    let env_config = "PORT=x\nthis is wrong\nAPI_IDENTIFIER_FILE=/nowhere\nAPI_CLIENT_ID=a\nAPI_CLIENT_ID_FILE=b\nERROR_FORMAT=\"x\ty\"";
    let deployment = Deployment::new(env_config, &[("error_input", "hunter2\n")]);
    fs::write(deployment.path("secrets/alive"), "").unwrap();
    fs::write(deployment.path("secrets/body_limit"), "x".repeat(70_000)).unwrap();
    fs::write(deployment.path("secrets/runtime"), [0xff]).unwrap();
    fs::write(deployment.path("empty"), "\n").unwrap();
    let empty = deployment.path("empty");

    let pairs = [("THREADS", "0"), ("M2M_USER_FILE", &*empty), ("PUBLIC_PREFIX_FILE", "/")];
    let lines = deployment.wrong(&pairs);

    assert_eq!(
        lines,
        [
            "/env_config:2 has no `=` after its name; expected `NAME=value`",
            "PORT (/env_config:1) is `x`; expected a port number from 0 to 65535",
            "RUNTIME (/secrets/runtime) is not UTF-8; expected UTF-8 text",
            "THREADS (given) is `0`; expected a number from 1 to 1000000",
            "PUBLIC_PREFIX (file / named by PUBLIC_PREFIX_FILE) is a folder or a device; expected a file",
            "ERROR_FORMAT (/env_config:6) is `x\\ty`; expected `problem` or `fastapi` or `fastservice`",
            "ERROR_INPUT (/secrets/error_input) is not valid; expected `true` or `false`",
            "BODY_LIMIT (/secrets/body_limit) is too large; expected 64 KiB at most",
            "API_IDENTIFIER (file /nowhere named by API_IDENTIFIER_FILE) cannot be read: No such file or directory (os error 2)",
            "M2M_USER (file /empty named by M2M_USER_FILE) is empty; expected a value",
            "API_CLIENT_ID (/env_config:4) and API_CLIENT_ID_FILE are set; expected one",
        ]
    );
}

#[test]
fn a_place_that_was_named_must_be_there() {
    let lines = Settings::from_pairs([("ENV_CONFIG", "/nowhere"), ("SECRETS_DIR", "/nobody")]);
    let folder = Settings::from_pairs([("ENV_CONFIG", "/")]).unwrap_err().to_string();

    let lines = lines.unwrap_err().to_string();
    assert!(lines.contains("ENV_CONFIG (given) /nowhere cannot be read"), "{lines}");
    assert!(lines.contains("SECRETS_DIR (given) /nobody cannot be read"), "{lines}");
    assert!(folder.contains("ENV_CONFIG (given) / is a folder or a device"), "{folder}");
}

#[test]
fn a_secret_in_place_of_its_path_is_not_repeated() {
    let error = Settings::from_pairs([("API_CLIENT_SECRET_FILE", "hunter2")]).unwrap_err();

    let start = "API_CLIENT_SECRET (file ******** named by API_CLIENT_SECRET_FILE) cannot be read";
    assert!(error.to_string().starts_with(start), "{error}");
}

#[cfg(unix)]
#[test]
fn secrets_may_be_links_as_in_kubernetes() {
    let deployment = Deployment::new("", &[]);
    let secrets = deployment.folder.path().join("secrets");
    fs::create_dir(secrets.join("..2026")).unwrap();
    fs::write(secrets.join("..2026/api_client_secret"), "s").unwrap();
    fs::write(secrets.join(".api_client_id"), "hidden").unwrap();
    fs::create_dir(secrets.join("service_name")).unwrap();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, secrets.join(name)).unwrap();
    link("..2026", "..data");
    link("..data/api_client_secret", "api_client_secret");

    let settings = deployment.read(&[]).unwrap();
    link("..data/gone", "port");
    let broken = deployment.wrong(&[]);

    assert_eq!(settings.auth.api_client_secret.unwrap().expose(), "s");
    assert_eq!(settings.auth.api_client_id, None);
    assert_eq!(settings.service_name, "service");
    assert!(broken[0].starts_with("PORT (/secrets/port) cannot be read"), "{broken:?}");
}

#[test]
fn a_name_that_is_nearly_a_setting_gets_a_hint() {
    let env_config = "LOGING_LEVEL=debug\nTHEIR_SETTING=1\nabcDEF=\nPORT=1\nport=2\n\
                      SERVICE_NAME=${HOME}\njwks_file=/x\n";
    let secrets = [("api_client_secert", "x"), ("tls_key", "y"), ("api_client_id", " me\n")];
    let deployment = Deployment::new(env_config, &secrets);

    let pairs = [
        ("HOME", "/root"),
        ("FASTSERVICE_X", "1"),
        ("PRIVAT_PREFIX_FILE", "/p"),
        ("PORT_FILE", ""),
    ];
    let settings = deployment.read(&pairs).unwrap();

    let folder = deployment.folder.path().display().to_string();
    let hints: Vec<_> = settings.hints().iter().map(|hint| hint.replace(&folder, "")).collect();
    assert_eq!(
        hints,
        [
            "/env_config:4 sets the same name as line 5, which counts",
            "/env_config:6 has a `${…}`, which stays as it is written",
            "API_CLIENT_ID (/secrets/api_client_id) begins or ends with a blank, which counts",
            "FASTSERVICE_X (given) is not a setting of this service",
            "PRIVAT_PREFIX_FILE (given) is not a setting; did you mean PRIVATE_PREFIX_FILE?",
            "/env_config:3 sets what is not a setting",
            "LOGING_LEVEL (/env_config:1) is not a setting; did you mean LOGGING_LEVEL?",
            "THEIR_SETTING (/env_config:2) is not a setting of this service",
            "API_CLIENT_SECERT (/secrets/api_client_secert) is not a setting; did you mean API_CLIENT_SECRET?",
        ]
    );
    assert_eq!((settings.server.port, settings.service_name.as_str()), (2, "${HOME}"));
}

#[test]
fn hints_stand_beside_mistakes() {
    let error = Settings::from_pairs([("PORT", "x"), ("THREAD", "2")]).unwrap_err().to_string();

    let hint = "\nhint: THREAD (given) is not a setting; did you mean THREADS?";
    assert!(error.ends_with(hint), "{error}");
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf8_is_a_mistake_if_it_is_a_setting() {
    use std::os::unix::ffi::OsStringExt;
    let broken = || std::ffi::OsString::from_vec(vec![0xff]);
    let variables = [("PORT".into(), broken()), ("SOMETHING".into(), broken())];

    let error = Settings::from_source(Source::of(variables)).unwrap_err().to_string();

    assert_eq!(error, "PORT (environment) is not UTF-8; expected UTF-8 text");
}

#[test]
fn the_python_services_config_is_read() {
    let env_config = "SERVICE_NAME=\"Fastservice\"\n\nlogging_level=\"DEBUG\"\nORIGINS=\"*\"\n\
                      AUTH0_DOMAIN=\"tenant.example\"\nALGORITHMS=RS256 # one\nLOG_TYPE=STDOUT";
    let deployment = Deployment::new(env_config, &[("api_client_secret", "s3cret\n")]);

    let settings = deployment.read(&[]).unwrap();

    assert_eq!(settings.service_name, "Fastservice");
    assert_eq!(settings.logs.level.as_deref(), Some("debug"));
    assert_eq!(settings.auth.auth0_domain.as_deref(), Some("tenant.example"));
    assert_eq!(settings.auth.algorithms, ["RS256"]);
    assert_eq!(settings.auth.api_client_secret.unwrap().expose(), "s3cret");
}

/// The settings that are secrets, and one that is not but is refused.
const HIDDEN: [&str; 3] = ["API_CLIENT_SECRET", "DATABASE_URL", "PORT"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Wherever a secret comes from, and also when it is refused.
    #[test]
    fn a_secret_is_in_no_output(
        secret in "[A-Za-z]{4}[!-~é]{0,8}[A-Za-z0-9]{8}", name in 0..3_usize, place in 0..4, is_wrong: bool
    ) {
        let name = HIDDEN[name];
        let lower = name.to_ascii_lowercase();
        let quoted = secret.replace('\\', "\\\\").replace('\'', "\\'");
        let open = |is: bool| if is && name != "PORT" { secret.as_str() } else { "" };
        let lines = format!("{name}='{}'\n", if place == 1 && name != "PORT" { &quoted } else { "" });
        let deployment = Deployment::new(&lines, &[("named", &secret)]);
        if place == 2 {
            fs::write(deployment.path("secrets").as_str().to_owned() + "/" + &lower, &secret).unwrap();
        }
        let (named, by) = (deployment.path("secrets/named"), format!("{name}_FILE"));
        let named = if place == 3 { named.as_str() } else { "" };

        let wrong = if is_wrong { "x" } else { "" };
        let read = deployment.read(&[(name, open(place == 0)), (&by, named), ("THREADS", wrong)]);

        let output = match &read {
            Ok(settings) => format!("{settings:?} {:?} {:?}", settings.shown(), settings.hints()),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!output.contains(&secret), "{output}");
        let is_refused = is_wrong || (name == "PORT" && place >= 2);
        prop_assert_eq!(read.is_err(), is_refused);
    }
}

#[test]
fn secrets_are_masked() {
    let url = "postgres://me:hunter2@db/app";

    let settings = Settings::from_pairs([("DATABASE_URL", url)]).unwrap();

    assert_eq!(settings.database.url.expose(), url);
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn a_secret_that_is_the_services_default_is_not_shown() {
    let source = Source::pairs([]).with_default("DATABASE_URL", "postgres://me:hunter2@db/app");

    let settings = Settings::from_source(source).unwrap();

    let shown = settings.shown().iter().find(|shown| shown.name() == "DATABASE_URL").unwrap();
    assert_eq!((shown.value(), shown.origin()), ("********", "default"));
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn the_user_of_a_url_is_not_shown() {
    let settings = Settings::from_pairs([
        ("TOKEN_URL", "https://ali:hunter2@a.test/token?x=1"),
        ("OIDC_ISSUERS", "https://a.test/ https://ali:hunter2@b.test/"),
    ]);
    let settings = settings.unwrap();

    let value = |name: &str| {
        settings.shown().iter().find(|setting| setting.name() == name).unwrap().value().to_owned()
    };
    assert_eq!(value("TOKEN_URL"), "https://********@a.test/token?x=1");
    assert_eq!(value("OIDC_ISSUERS"), "https://a.test/ https://********@b.test/");
}

#[test]
fn a_mistake_does_not_repeat_the_user_of_a_url() {
    let long = "x".repeat(200);
    let url = format!("https://ali:hunter2{long}@a.test/");

    let error = Settings::from_pairs([("CLIENT_TIMEOUT", url.as_str())]).unwrap_err().to_string();

    assert!(error.contains("CLIENT_TIMEOUT") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_limit_is_told_by_the_name_of_its_setting() {
    let pairs = [("INTROSPECTION_CACHE", "10m"), ("TOKEN_LEEWAY", "301s")];

    let error = Settings::from_pairs(pairs).unwrap_err().to_string();

    let expected = "TOKEN_LEEWAY (given) is `301s`; expected at most `300s`\n\
                    INTROSPECTION_CACHE (given) is `10m`; expected at most `300s`";
    assert_eq!(error, expected);
}
