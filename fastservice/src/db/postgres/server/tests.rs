use super::*;
use crate::settings::Settings;

fn settings(pairs: &[(&str, &str)]) -> DatabaseSettings {
    Settings::from_pairs(pairs.iter().copied()).unwrap().database
}

fn parts(host: &str, password: &str) -> Server {
    let pairs = [
        ("FASTSERVICE_POSTGRES_HOST", host),
        ("FASTSERVICE_POSTGRES_USER", "me"),
        ("FASTSERVICE_POSTGRES_PASSWD", password),
        ("FASTSERVICE_POSTGRES_DB", "shop"),
    ];
    let settings = settings(&pairs);
    assert!(settings.is_by_parts());
    Server::from_parts(&settings).unwrap()
}

#[test]
fn a_password_of_its_own_setting_has_any_character() {
    let password = r#"p@ss:/?#[]% '"\& äß"#;

    let server = parts("db", password);

    assert_eq!(server.config.get_password().unwrap(), password.as_bytes());
    assert!(!format!("{server:?}").contains("p@ss"));
    assert_eq!(server.to_string(), "`shop` at db:5432");
}

#[test]
fn a_host_may_have_a_port_or_be_a_folder() {
    for (host, shown) in [
        ("db", "db:5432"),
        ("db:6543", "db:6543"),
        ("[::1]:6543", "::1:6543"),
        ("::1", "::1:5432"),
        ("/run/postgresql", "/run/postgresql:5432"),
    ] {
        assert_eq!(parts(host, "").to_string(), format!("`shop` at {shown}"));
    }
}

#[test]
fn every_missing_part_is_named() {
    let host = [("FASTSERVICE_POSTGRES_HOST", "db")];

    let text = Server::from_parts(&settings(&host)).unwrap_err().to_string();

    assert!(text.contains("set FASTSERVICE_POSTGRES_USER and FASTSERVICE_POSTGRES_DB,"), "{text}");
}

#[test]
fn a_url_goes_before_the_parts() {
    let pairs = [("FASTSERVICE_POSTGRES_HOST", "db"), ("DATABASE_URL", "postgres://a@b/c")];

    assert!(!settings(&pairs).is_by_parts());
}

#[test]
fn a_wrong_url_is_not_repeated() {
    for url in [
        "postgres://me:hunter2@db:port/shop",
        "postgres://me:hunter2@db/shop?sslmode=maybe",
        "postgres://me:hunter2@db/shop?sslmode=require&what=hunter2",
        "postgres://me:hun?hunter2=1@db/shop",
        "postgres:me:hunter2@db",
    ] {
        let error = Server::from_url(url, &settings(&[])).unwrap_err();

        assert!(error.to_string().contains("DATABASE_URL"), "{error}");
        assert!(!crate::error::chain(&error).contains("hunter2"), "{error}");
    }
}

#[test]
fn an_unknown_parameter_says_what_is_known() {
    let url = "postgres://me@db/shop?ssl=require";

    let text = Server::from_url(url, &settings(&[])).unwrap_err().to_string();

    assert!(text.contains("known are sslmode, sslrootcert, sslnegotiation"), "{text}");
}

#[test]
fn every_host_is_named_and_its_keepalives_are_as_the_url_says() {
    let url = "PostgreSQL://me@a,b:7/shop?keepalives_idle=9&tcp_user_timeout=8";

    let server = Server::from_url(url, &settings(&[])).unwrap();

    assert_eq!(server.to_string(), "`shop` at a:5432, b:7");
    for host in &server.hosts {
        assert_eq!(host.get_keepalives_idle(), Duration::from_secs(9));
        assert_eq!(host.get_keepalives_interval(), Some(KEEPALIVE_INTERVAL));
        assert_eq!(host.get_tcp_user_timeout(), Some(&Duration::from_secs(8)));
    }
}

#[test]
fn a_url_says_how_long_it_may_take_to_connect() {
    let url = "postgres://me@db/shop?connect_timeout=3&sslmode=require";

    let server = Server::from_url(url, &settings(&[])).unwrap();

    assert_eq!(server.connect_timeout, Duration::from_secs(3));
}

#[test]
fn a_root_certificate_that_is_none_is_named() {
    let url = "postgres://me@db/shop?sslmode=verify-full";
    let of_url = format!("{url}&sslrootcert=%2Fabsent.pem");
    let absent = [("FASTSERVICE_POSTGRES_SSL_ROOT_CERT", "/absent.pem")];

    let by_url = Server::from_url(&of_url, &settings(&[])).unwrap_err().to_string();
    let by_setting = Server::from_url(url, &settings(&absent)).unwrap_err().to_string();

    assert!(by_url.contains("`sslrootcert` of DATABASE_URL names `/absent.pem`"), "{by_url}");
    let setting = "FASTSERVICE_POSTGRES_SSL_ROOT_CERT names `/absent.pem`";
    assert!(by_setting.contains(setting), "{by_setting}");
}
