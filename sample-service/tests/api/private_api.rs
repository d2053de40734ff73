use std::time::Duration;

use fastservice::testing::{TestClient, TestToken};
use serde_json::{Value, json};

use super::client;

#[tokio::test]
async fn a_user_is_greeted_by_the_subject_of_the_token() {
    let client = client().await;

    let answer = client.get("/priv/private_api/").token(TestToken::new("auth0|ali")).await;

    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>(), json!({ "Hello User": "auth0|ali" }));
}

#[tokio::test]
async fn every_private_endpoint_wants_a_token() {
    let client = client().await;
    let paths = ["private_api/", "m2m_api/1", "permissioned_api/", "scoped_api/"];

    for path in paths {
        let answer = client.get(&format!("/priv/{path}")).await;

        assert_eq!((answer.status().as_u16(), &*answer.error_code()), (401, "missing_token"));
        let challenge = format!(r#"Bearer realm="{}""#, env!("CARGO_PKG_NAME"));
        assert_eq!(answer.header("www-authenticate"), Some(&*challenge), "{path}");
    }
}

#[tokio::test]
async fn a_token_that_is_old_or_made_up_is_refused() {
    let client = client().await;
    let hour = Duration::from_secs(3600);
    let old = TestToken::new("auth0|ali").issued_ago(hour * 2).lifetime(hour);

    let expired = client.get("/priv/private_api/").token(old).await;
    let invented = client.get("/priv/private_api/").bearer("a.b.c").await;

    assert_eq!((expired.status().as_u16(), &*expired.error_code()), (401, "token_expired"));
    assert_eq!((invented.status().as_u16(), &*invented.error_code()), (401, "token_malformed"));
}

#[tokio::test]
async fn a_machine_reads_messages() {
    let client = client().await;
    let machine = TestToken::for_machine("dev-client");

    let answer = client.get("/priv/m2m_api/7").token(&machine).await;
    assert_eq!(answer.json::<Value>(), json!({ "This is Message # ": 7 }));

    let wrong = client.get("/priv/m2m_api/0").token(&machine).await;
    assert_eq!((wrong.status().as_u16(), wrong.header("x-error")), (400, Some("Invalid Id")));
    assert_eq!(wrong.json::<Value>()["detail"], "Item Id");

    let none = client.get("/priv/m2m_api/seven").token(&machine).await;
    assert_eq!(none.status(), 422);
    assert_eq!(none.json::<Value>()["errors"][0]["loc"], json!(["path", "id"]));
}

#[tokio::test]
async fn the_python_services_clients_find_its_error_form() {
    let settings = [("ERROR_FORMAT", "fastservice")];
    let app = crate::service::app();
    let client = TestClient::with_settings(app, settings).await;

    let machine = TestToken::for_machine("dev-client");
    let answer = client.get("/priv/m2m_api/0").token(machine).await;

    assert_eq!(answer.json::<Value>(), json!({ "error": "Item Id" }));
}

#[tokio::test]
async fn only_the_machines_of_the_settings_are_machines() {
    let client = client().await;

    for token in [TestToken::new("auth0|ali"), TestToken::for_machine("another")] {
        let answer = client.get("/priv/m2m_api/7").token(token).await;

        assert_eq!(answer.status(), 403);
    }
}

#[tokio::test]
async fn a_permission_and_a_scope_are_two_things() {
    let client = client().await;
    let permitted = TestToken::new("auth0|ali").permissions(["read:messages"]);
    let scoped = TestToken::new("auth0|ali").scopes(["message"]);
    let hello = json!({ "Hello User": "auth0|ali" });

    let (permissioned, scope) = ("/priv/permissioned_api/", "/priv/scoped_api/");
    assert_eq!(client.get(permissioned).token(&permitted).await.json::<Value>(), hello);
    assert_eq!(client.get(scope).token(&scoped).await.json::<Value>(), hello);

    let refused = client.get(permissioned).token(&scoped).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.error_code(), "insufficient_permission");
    let refused = client.get(scope).token(&permitted).await;
    assert_eq!((refused.status().as_u16(), &*refused.error_code()), (403, "insufficient_scope"));
}
