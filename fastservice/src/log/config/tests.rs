use tracing::Level;

use super::*;
use crate::settings::Settings;

fn read(text: &str, pairs: &[(&str, &str)]) -> Result<Config, LogError> {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::from_pairs(pairs.iter().copied()).unwrap().logs;
    let path = file(&settings, Some(folder.path()));
    std::fs::write(&path, text).unwrap();
    Config::read(&settings, &path)
}

#[test]
fn without_a_file_there_are_defaults() {
    let folder = tempfile::tempdir().unwrap();
    for (name, expected) in [
        ("STDOUT", Destination::Stdout),
        (
            "FILE",
            Destination::File(FileConfig {
                path: "log/app.log".into(),
                max_size: 100_000_000,
                keep: 5,
                compress: true,
            }),
        ),
    ] {
        let settings = Settings::from_pairs([("LOG_TYPE", name)]).unwrap().logs;
        let config = Config::read(&settings, &file(&settings, Some(folder.path()))).unwrap();

        assert_eq!(config.destination, expected);
        assert!(config.targets.would_enable("any", &Level::INFO));
        assert!(!config.targets.would_enable("any", &Level::DEBUG));
    }
}

#[test]
fn a_file_says_what_is_logged_where_and_how() {
    let text = r#"{"level": "WARNING", "targets": {"my_service": "debug"}, "format": "json",
        "path": "/var/log/x.log", "max_size": "10MB", "keep": 2, "compress": false}"#;

    let config = read(text, &[("LOG_TYPE", "FILE")]).unwrap();

    assert!(config.targets.would_enable("other", &Level::WARN));
    assert!(!config.targets.would_enable("other", &Level::INFO));
    assert!(config.targets.would_enable("my_service::orders", &Level::DEBUG));
    assert_eq!(config.format, Format::Json);
    let file = FileConfig {
        path: "/var/log/x.log".into(),
        max_size: 10_000_000,
        keep: 2,
        compress: false,
    };
    assert_eq!(config.destination, Destination::File(file));
    assert!(config.warnings.is_empty());
}

#[test]
fn the_setting_goes_before_the_file() {
    let text = r#"{"targets": {"hyper": "warn"}, "level": "error"}"#;

    let config = read(text, &[("LOGGING_LEVEL", "debug,my_service=trace")]).unwrap();

    assert!(config.targets.would_enable("other", &Level::DEBUG));
    assert!(config.targets.would_enable("my_service", &Level::TRACE));
    assert!(!config.targets.would_enable("hyper", &Level::INFO));
}

#[test]
fn all_mistakes_are_told_at_once_and_unknown_members_are_not_one() {
    let text = r#"{"level": "loud", "targets": {"a": 1, "b c": "info"}, "format": "xml",
        "max_size": "big", "keep": -1, "compress": "yes", "path": ""}"#;
    let error = read(text, &[]).unwrap_err().to_string();
    let wrong =
        ["level", "targets.a", "targets.b c", "format", "max_size", "keep", "compress", "path"];
    for name in wrong {
        assert!(error.contains(&format!("log_config_stdout.json: `{name}` is ")), "{error}");
    }

    let config = read(r#"{"levle": "info"}"#, &[]).unwrap();
    assert!(config.warnings[0].contains("`levle` is not known"));

    let error = read("{\"level\": ", &[]).unwrap_err().to_string();
    assert!(error.contains("line 1"), "{error}");
    assert!(read("[]", &[]).is_err());
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let settings = Settings::from_pairs([("LOG_CONFIG", "/nowhere/log.json")]).unwrap().logs;

    let error = Config::read(&settings, &file(&settings, None)).unwrap_err().to_string();

    assert!(error.contains("/nowhere/log.json") && error.contains("LOG_CONFIG"), "{error}");
}

#[test]
fn pythons_configurations_start_the_service() {
    let dictionary = r#"{"version": 1, "formatters": {"f": {"format": "%(asctime)s: %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"},
            "file": {"class": "logging.handlers.RotatingFileHandler", "level": "DEBUG",
            "filename": "/app/log/app.log", "maxBytes": 1000, "backupCount": 3}},
        "root": {"level": "INFO", "handlers": ["console", "file"]}}"#;
    let flat = r#"{"filename": "/app/log/app.log", "level": "debug", "rotation": "1 KB",
        "retention": 3, "format": "<level>{message}</level>"}"#;
    let file =
        FileConfig { path: "/app/log/app.log".into(), max_size: 1000, keep: 3, compress: true };

    for text in [dictionary, flat] {
        let config = read(text, &[("LOG_TYPE", "FILE")]).unwrap();

        assert_eq!(config.destination, Destination::File(file.clone()));
        assert!(config.targets.would_enable("any", &Level::INFO));
        assert_eq!(config.warnings.len(), 1);
    }
    assert!(read(r#"{"format": "%(message)s"}"#, &[]).is_ok());
}

#[test]
fn the_level_of_pythons_configurations_is_that_of_what_python_writes() {
    let errors = r#""errors": {"level": "ERROR"}"#;
    for (text, level) in [
        (
            format!(
                r#"{{"handlers": {{{errors}, "all": {{"level": "DEBUG"}}}}, "loggers": {{"a": {{"level": "INFO"}}, "b": {{"level": "DEBUG"}}}}}}"#
            ),
            Level::DEBUG,
        ),
        (
            format!(
                r#"{{"handlers": {{{errors}, "all": {{}}}}, "loggers": {{"a": {{"level": "INFO"}}}}}}"#
            ),
            Level::INFO,
        ),
        (format!(r#"{{"handlers": {{{errors}}}, "root": {{"level": "INFO"}}}}"#), Level::INFO),
        (r#"{"handlers": {"all": {"level": "DEBUG"}}, "root": {}}"#.to_owned(), Level::WARN),
        (format!(r#"{{"handlers": {{{errors}}}}}"#), Level::ERROR),
        (
            r#"{"handlers": {"all": {"level": "info,a=debug"}, "odd": 7}, "loggers": []}"#
                .to_owned(),
            Level::WARN,
        ),
        (r#"{"version": 1}"#.to_owned(), Level::INFO),
    ] {
        let config = read(&text, &[]).unwrap();

        assert_eq!(config.targets.default_level(), Some(level.into()), "{text}");
    }
}
