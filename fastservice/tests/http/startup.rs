use fastservice::{prelude::*, settings::Settings, testing::TestClient};

mod state {
    use fastservice::prelude::*;

    pub(super) struct Missing(pub u8);

    #[public_api(get = "/a")]
    async fn a(missing: State<Missing>) -> String {
        missing.0.to_string()
    }
}

mod duplicates {
    use fastservice::prelude::*;

    #[public_api(get = "/items/{id}")]
    async fn one(id: u8) -> String {
        id.to_string()
    }

    #[public_api(get = "/items/{name}")]
    async fn two(name: u8) -> String {
        name.to_string()
    }

    #[public_api(get = "/items/{*rest}")]
    async fn three(rest: String) -> String {
        rest
    }
}

mod private {
    use fastservice::prelude::*;

    #[private_api(get = "/mine")]
    async fn mine() {}
}

async fn start(app: App, pairs: &[(&str, &str)]) -> Result<(), String> {
    let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
    app.settings(settings).start().await.map(|_| ()).map_err(|error| error.to_string())
}

fn only(module: &'static str) -> App {
    App::new().only_routes_in(module)
}

#[tokio::test]
async fn a_state_that_was_not_given_stops_the_start() {
    let module = concat!(module_path!(), "::state");

    let error = start(only(module), &[]).await.unwrap_err();

    assert!(error.contains("GET /a takes `State<") && error.contains("startup.rs:"), "{error}");
    assert!(start(only(module).state(state::Missing(1)), &[]).await.is_ok());
    let made = only(module).state_from(async |_| Ok::<_, std::io::Error>(state::Missing(2)));
    assert_eq!(TestClient::new(made).await.get("/a").await.text(), "2");
    let failing = only(module)
        .state_from(async |_| Err::<state::Missing, _>(std::io::Error::other("no disk")));
    assert_eq!(start(failing, &[]).await.unwrap_err(), "no disk");
}

#[tokio::test]
async fn duplicates_stop_the_start_and_name_both_places() {
    let error = start(only(concat!(module_path!(), "::duplicates")), &[]).await.unwrap_err();

    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    for line in lines {
        assert_eq!(line.matches("startup.rs:").count(), 2, "{line}");
    }
}

#[tokio::test]
async fn no_endpoint_or_none_of_an_expected_crate_stops_the_start() {
    let nothing = start(only("nowhere"), &[]).await.unwrap_err();
    let expected = only(concat!(module_path!(), "::private")).routes_from(&["orders"]);
    let expected = start(expected, &[]).await.unwrap_err();

    assert!(nothing.contains("no endpoint is registered"), "{nothing}");
    assert!(expected.contains("the crate `orders` registers no endpoint"), "{expected}");
}

#[tokio::test]
async fn an_issuer_needs_an_audience() {
    let app = || only(concat!(module_path!(), "::private"));
    for issuer in [("AUTH0_DOMAIN", "example.auth0.com"), ("OIDC_ISSUERS", "https://a.test")] {
        let error = start(app(), &[issuer]).await.unwrap_err();

        assert!(error.contains("API_IDENTIFIER is not set"), "{error}");
    }
}

#[tokio::test]
async fn a_key_file_without_its_tenant_is_a_mistake() {
    let app = only(concat!(module_path!(), "::private"));
    let settings = [
        ("OIDC_ISSUERS", "https://a.test"),
        ("API_IDENTIFIER", "items"),
        ("JWKS_FILE", "/no/such/file"),
    ];

    let error = start(app, &settings).await.unwrap_err();

    assert!(error.contains("JWKS_FILE is of AUTH0_DOMAIN, which is not set"), "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_issuers_is_said_at_once() {
    let app = only(concat!(module_path!(), "::private"));
    let settings = [
        ("OIDC_ISSUERS", "http://keys.example.com https://a.test/?x nonsense"),
        ("API_IDENTIFIER", "items"),
        ("AUTH0_DOMAIN", "example.auth0.com"),
        ("JWKS_FILE", "/no/such/file"),
    ];

    let error = start(app, &settings).await.unwrap_err();

    for fault in [
        r#"issuer "http://keys.example.com" is not an https URL"#,
        r#"issuer "https://a.test/?x" has a query"#,
        r#"issuer "nonsense" is not an https URL"#,
        "JWKS_FILE /no/such/file",
    ] {
        assert!(error.contains(fault), "{fault}: {error}");
    }
    assert_eq!(error.lines().count(), 4, "{error}");
}

#[test]
fn a_tenant_is_a_bare_host_name() {
    let error = Settings::from_pairs([("AUTH0_DOMAIN", "https://x.auth0.com/")]).unwrap_err();

    assert!(error.to_string().contains("without `https://`"), "{error}");
}

#[tokio::test]
async fn prefixes_come_from_the_app_or_the_settings() {
    let app = || App::new().only_routes_in(concat!(module_path!(), "::private"));

    let of_app = TestClient::new(app().private_prefix("/priv")).await;
    let of_settings = [("PRIVATE_PREFIX", "/internal")];
    let of_settings = TestClient::with_settings(app().private_prefix("/priv"), of_settings).await;

    assert_eq!(of_app.get("/priv/mine").await.status(), 401);
    assert_eq!(of_app.get("/mine").await.status(), 404);
    assert_eq!(of_settings.get("/internal/mine").await.status(), 401);
    assert!(start(app().private_prefix("priv/"), &[]).await.unwrap_err().contains("priv/"));
}
