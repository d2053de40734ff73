use fastservice::{prelude::*, settings::Settings, testing::TestClient};

#[derive(serde::Deserialize)]
struct Mail {
    smtp_host: String,
    smtp_port: Option<u16>,
}

#[public_api(get = "/mail")]
async fn mail(mail: State<Mail>) -> String {
    format!("{}:{}", mail.smtp_host, mail.smtp_port.unwrap_or(25))
}

fn app() -> App {
    App::new().only_routes_in(module_path!())
}

#[tokio::test]
async fn a_services_own_settings_are_an_argument() {
    let app = app().config::<Mail>();

    let client = TestClient::with_settings(app, [("SMTP_HOST", "mx"), ("SMTP_PORT", "26")]).await;

    assert_eq!(client.get("/mail").await.text(), "mx:26");
}

#[tokio::test]
async fn they_may_have_a_prefix_and_be_replaced_in_a_test() {
    let settings = [("MAIL_SMTP_HOST", "mx")];
    let own = app().config_with_prefix::<Mail>("MAIL_");
    let replaced = app()
        .config_with_prefix::<Mail>("MAIL_")
        .state(Mail { smtp_host: "other".to_owned(), smtp_port: Some(1) });

    let own = TestClient::with_settings(own, settings).await;
    let replaced = TestClient::with_settings(replaced, settings).await;

    assert_eq!(own.get("/mail").await.text(), "mx:25");
    assert_eq!(replaced.get("/mail").await.text(), "other:1");
}

#[tokio::test]
async fn other_states_are_made_from_them() {
    let app = app().config::<Mail>().state_from(async |settings: Settings| {
        let mail = settings.config::<Mail>().ok_or("no mail")?;
        let smtp_host = format!("{}.example", mail.smtp_host);
        Ok::<_, &str>(Mail { smtp_host, smtp_port: None })
    });

    let client = TestClient::with_settings(app, [("SMTP_HOST", "mx")]).await;

    assert_eq!(client.get("/mail").await.text(), "mx.example:25");
}

#[tokio::test]
async fn settings_made_before_are_enough_for_them() {
    let made = || Settings::from_pairs([("SMTP_HOST", "mx")]).unwrap();

    let started = app().config::<Mail>().settings(made()).start().await;
    let wrong = app().config_with_prefix::<Mail>("MAIL_").settings(made()).start().await;

    assert!(started.is_ok());
    assert_eq!(wrong.unwrap_err().to_string(), "MAIL_SMTP_HOST is not set; `Mail` needs it");
}

#[tokio::test]
async fn without_them_the_service_does_not_start_and_says_what_to_add() {
    let error = app().settings(Settings::from_pairs([]).unwrap()).start().await.unwrap_err();

    assert!(error.to_string().contains("add `.state(..)` or `.config::<..>()` to"), "{error}");
}
