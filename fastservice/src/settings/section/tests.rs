use std::{collections::HashMap, net::IpAddr, num::NonZeroU8, time::Duration};

use serde::Deserialize;

use crate::{
    secret::Secret,
    settings::{Section, Settings, Source},
};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Security {
    None,
    Tls,
}

#[derive(Debug, Deserialize)]
struct Mail {
    smtp_host: String,
    smtp_port: u16,
    smtp_password: Option<Secret<String>>,
    security: Security,
    #[serde(default)]
    recipients: Vec<String>,
    timeout: Option<Duration>,
    #[serde(rename = "smtp-from", default)]
    from: Option<String>,
    #[serde(default)]
    is_quiet: bool,
    rate: Option<f32>,
    bind: Option<IpAddr>,
    tries: Option<NonZeroU8>,
}

fn read<T>(prefix: &'static str, pairs: &[(&str, &str)]) -> Result<Settings, Vec<String>>
where
    T: serde::de::DeserializeOwned + Send + Sync + 'static,
{
    let source = Source::pairs(pairs.iter().copied());
    let settings = Settings::with_sections(source, &[Section::of::<T>(prefix)]);
    settings.map_err(|error| error.to_string().lines().map(str::to_owned).collect())
}

fn shown<'s>(settings: &'s Settings, name: &str) -> &'s str {
    settings.shown().iter().find(|setting| setting.name() == name).unwrap().value()
}

const LEAST: [(&str, &str); 3] =
    [("MAIL_SMTP_HOST", "mx"), ("mail_smtp_port", "25"), ("MAIL_SECURITY", "TLS")];

#[test]
fn fields_are_read_by_their_names_and_types() {
    let more = [
        ("MAIL_SMTP_PASSWORD", "hunter2"),
        ("MAIL_RECIPIENTS", "a@b.c, d@e.f  g@h.i"),
        ("MAIL_TIMEOUT", "500ms"),
        ("MAIL_SMTP_FROM", "me"),
        ("MAIL_IS_QUIET", "Yes"),
        ("MAIL_RATE", "0.5"),
        ("MAIL_BIND", "::1"),
        ("MAIL_TRIES", "3"),
    ];

    let settings = read::<Mail>("MAIL_", &[&LEAST[..], &more].concat()).unwrap();

    let mail = settings.config::<Mail>().unwrap();
    assert_eq!((mail.smtp_host.as_str(), mail.smtp_port), ("mx", 25));
    assert_eq!(mail.smtp_password.as_ref().unwrap().expose(), "hunter2");
    assert_eq!(mail.security, Security::Tls);
    assert_eq!(mail.recipients, ["a@b.c", "d@e.f", "g@h.i"]);
    assert_eq!(mail.timeout, Some(Duration::from_millis(500)));
    assert_eq!(mail.from.as_deref(), Some("me"));
    assert!(mail.is_quiet && mail.rate == Some(0.5));
    assert_eq!((mail.bind, mail.tries), ("::1".parse().ok(), NonZeroU8::new(3)));
    assert_eq!(shown(&settings, "MAIL_SMTP_HOST"), "mx");
    assert_eq!(shown(&settings, "MAIL_SMTP_PASSWORD"), "********");
}

#[test]
fn what_is_not_set_is_a_default_or_none() {
    let settings = read::<Mail>("MAIL_", &LEAST).unwrap();

    let mail = settings.config::<Mail>().unwrap();
    assert!(mail.smtp_password.is_none() && mail.recipients.is_empty() && mail.timeout.is_none());
    assert!(mail.from.is_none() && !mail.is_quiet && mail.rate.is_none());
    assert!(mail.bind.is_none() && mail.tries.is_none());
    assert_eq!(shown(&settings, "MAIL_RECIPIENTS"), "");
}

#[test]
fn every_mistake_in_a_struct_is_reported_beside_those_of_the_framework() {
    let wrong = [
        ("PORT", "x"),
        ("SMTP_PORT", "66000"),
        ("TIMEOUT", "soon"),
        ("IS_QUIET", "maybe"),
        ("RATE", "NaN"),
        ("BIND", "localhost"),
        ("TRIES", "0"),
        ("SECURITY", ""),
    ];

    let lines = read::<Mail>("", &wrong).unwrap_err();

    assert_eq!(
        lines,
        [
            "PORT (given) is `x`; expected a port number from 0 to 65535",
            "SMTP_PORT (given) is `66000`; expected a whole number from 0 to 65535",
            "TIMEOUT (given) is `soon`; expected a duration above zero such as `30s`, `500ms` or `2m`",
            "IS_QUIET (given) is `maybe`; expected `true` or `false`",
            "RATE (given) is `NaN`; expected a number",
            "BIND (given) is `localhost`; expected another value: invalid IP address syntax",
            "TRIES (given) is `0`; expected a nonzero u8",
            "SMTP_HOST is not set; `Mail` needs it",
            "SECURITY is not set; `Mail` needs it",
        ]
    );
}

#[test]
fn a_choice_is_refused_with_its_names() {
    let pairs = [("SMTP_HOST", "x"), ("SMTP_PORT", "1"), ("SECURITY", "ssl")];

    let lines = read::<Mail>("", &pairs).unwrap_err();

    assert_eq!(lines, ["SECURITY (given) is `ssl`; expected `none` or `tls`"]);
}

#[derive(Debug, Deserialize)]
struct Keys {
    _pin: Secret<u16>,
    _words: Vec<Secret<NonZeroU8>>,
    _limit: Limit,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Limit;

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("no limit is called {text}"))
    }
}

#[test]
fn a_refused_secret_is_not_repeated() {
    let pairs = [("_PIN", "hunter2"), ("_WORDS", "1 hunter2"), ("_LIMIT", "sky")];

    let lines = read::<Keys>("", &pairs).unwrap_err();

    assert_eq!(
        lines,
        [
            "_PIN (given) is not valid; expected what its type takes",
            "_WORDS (given) is not valid; expected what its type takes",
            "_LIMIT (given) is `sky`; expected another value: no limit is called sky",
        ]
    );
}

#[test]
fn mistakes_behind_a_type_without_a_stand_in_are_found() {
    #[derive(Debug, Deserialize)]
    struct Network {
        _first: IpAddr,
        _second: u8,
        _third: IpAddr,
    }

    let lines = read::<Network>("", &[("_FIRST", "x"), ("_SECOND", "y"), ("_THIRD", "z")]);

    assert_eq!(lines.unwrap_err().len(), 3);
}

#[test]
fn what_is_no_struct_of_values_is_said_so() {
    #[derive(Debug, Deserialize)]
    struct Outer {
        _inner: Keys,
    }

    let map = read::<HashMap<String, String>>("", &[]).unwrap_err();
    let nested = read::<Outer>("", &[("_INNER", "x")]).unwrap_err();

    assert!(map[0].contains("from a struct with named fields"), "{map:?}");
    assert!(nested[0].ends_with("expected a field of a type that is one value"), "{nested:?}");
}

#[test]
fn a_field_may_be_called_like_the_file_of_another() {
    #[derive(Debug, Deserialize)]
    struct Report {
        template: Option<String>,
        template_file: String,
    }

    let settings = read::<Report>("", &[("TEMPLATE_FILE", "/nowhere")]).unwrap();

    let report = settings.config::<Report>().unwrap();
    assert_eq!((report.template.as_deref(), &*report.template_file), (None, "/nowhere"));
}

#[test]
fn a_struct_may_read_what_the_framework_reads() {
    #[derive(Debug, Deserialize)]
    struct Own {
        port: u16,
        api_identifier: Secret<String>,
    }

    let settings = read::<Own>("", &[("PORT", "81"), ("API_IDENTIFIER", "hunter2")]).unwrap();

    let own = settings.config::<Own>().unwrap();
    assert_eq!((own.port, own.api_identifier.expose().as_str()), (81, "hunter2"));
    assert_eq!(settings.shown().iter().filter(|shown| shown.name() == "PORT").count(), 1);
    assert_eq!(shown(&settings, "API_IDENTIFIER"), "********");
}

#[test]
fn settings_that_were_read_before_the_struct_was_known_have_it_too() {
    let settings = Settings::from_pairs([("PORT", "81"), ("TEMPLATE_FILE", "x")]).unwrap();
    #[derive(Debug, Deserialize)]
    struct Templates {
        template_file: String,
    }
    let section = [Section::of::<Templates>("")];

    let settings = settings.and_sections(&section).unwrap().and_sections(&section).unwrap();

    assert_eq!(settings.config::<Templates>().unwrap().template_file, "x");
    assert_eq!(settings.server.port, 81);
    assert_eq!(settings.shown().iter().filter(|s| s.name() == "TEMPLATE_FILE").count(), 1);
}
