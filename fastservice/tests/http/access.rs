use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fastservice::{
    context::{Ending, Observer},
    prelude::*,
    testing::{TestClient, TestToken},
};

static EXTRACTED: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl FromRequest for Counted {
    async fn from_request(_: &mut Request, _: Argument) -> Result<Self> {
        EXTRACTED.fetch_add(1, Ordering::SeqCst);
        Ok(Self)
    }
}

#[private_api(get = "/private")]
async fn private(user: UserId, context: Context) -> String {
    assert_eq!(context.user_id(), Some(&user));
    user.to_string()
}

#[private_api(post = "/rights/{id}", scope = ["a", "b"], permission = "p")]
async fn rights(id: u8, _counted: Counted, Json(_body): Json<u8>) -> String {
    id.to_string()
}

#[private_api(get = "/any", any_scope = ["x", "y"], any_permission = ["q", "r"])]
async fn any(claims: Claims) -> String {
    claims.get("team").unwrap_or_default()
}

#[private_api(get = "/machine", m2m)]
async fn machine(user: UserId) -> String {
    user.to_string()
}

#[public_api(get = "/public")]
async fn public(user: Option<UserId>) -> String {
    user.map_or("nobody".into(), |user| user.to_string())
}

#[public_api(get = "/open")]
async fn open() -> &'static str {
    "open"
}

#[derive(serde::Deserialize)]
struct Customer {
    #[serde(rename = "https://shop.test/tier")]
    tier: String,
    org_id: Option<u32>,
}

#[private_api(get = "/tier")]
async fn tier(claims: Claims<Customer>) -> String {
    format!("{} {:?} {}", claims.tier, claims.org_id, claims.subject())
}

#[public_api(get = "/maybe-tier")]
async fn maybe_tier(claims: Option<Claims<Customer>>) -> String {
    claims.map_or("none".into(), |claims| claims.tier.clone())
}

#[private_api(get = "/shelf/{name}")]
async fn shelf(name: String, claims: Claims) -> Result<&'static str> {
    claims.require_scope(&format!("read:{name}"))?;
    claims.require_permission("shelves")?;
    Ok("here")
}

#[public_api(get = "/own-shelf")]
async fn own_shelf(claims: Option<Claims>, context: Context) -> Result<&'static str> {
    assert_eq!(claims.is_some(), context.claims().is_some());
    context.claims().map_or(Ok(()), |claims| claims.require_scope("own"))?;
    Ok("yours")
}

async fn client() -> TestClient {
    TestClient::new(App::new().name("my service").only_routes_in(module_path!())).await
}

#[tokio::test]
async fn a_private_endpoint_wants_a_token() {
    let client = client().await;

    let none = client.get("/private").await;
    let right = client.get("/private").token(TestToken::new("auth0|ali")).await;
    let expired = TestToken::new("auth0|ali").lifetime(Duration::from_secs(60));
    let expired = client.get("/private").token(expired.issued_ago(Duration::from_secs(90))).await;

    assert_eq!((none.status().as_u16(), &*none.error_code()), (401, "missing_token"));
    assert_eq!(none.header("www-authenticate"), Some(r#"Bearer realm="my service""#));
    assert_eq!((right.status().as_u16(), right.text()), (200, "auth0|ali"));
    assert_eq!((expired.status().as_u16(), &*expired.error_code()), (401, "token_expired"));
    assert!(expired.header("www-authenticate").unwrap().contains(r#"error="invalid_token""#));
}

#[tokio::test]
async fn access_is_decided_before_any_argument_or_byte_of_the_body() {
    let client = client().await;
    let request = || client.post("/rights/x").header("content-type", "text/wrong").body("{");

    let nobody = request().await;
    let somebody = request().token(TestToken::new("a|b").scopes(["a"])).await;

    assert_eq!(nobody.status(), 401);
    assert_eq!((somebody.status().as_u16(), &*somebody.error_code()), (403, "insufficient_scope"));
    let challenge = somebody.header("www-authenticate").unwrap();
    assert!(
        challenge.contains(r#"error="insufficient_scope""#) && challenge.contains(r#"scope="a b""#)
    );
    assert_eq!(EXTRACTED.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn scopes_and_permissions_must_all_hold_or_one_of_any() {
    let client = client().await;
    let token = || TestToken::new("a|b");

    let all = token().scopes(["b", "a"]).permissions(["p"]);
    let all = client.post("/rights/1").token(all).json(&1).await;
    let no_permission = client.post("/rights/1").token(token().scopes(["a", "b"])).json(&1).await;
    let one = token().scopes(["y"]).permissions(["q"]).claim("team", "red");
    let one = client.get("/any").token(one).await;
    let none = client.get("/any").token(token().scopes(["z"]).permissions(["q"])).await;

    assert_eq!((all.status().as_u16(), all.text()), (200, "1"));
    assert_eq!(no_permission.error_code(), "insufficient_permission");
    assert_eq!((one.status().as_u16(), one.text()), (200, "red"));
    assert_eq!(none.error_code(), "insufficient_scope");
}

#[tokio::test]
async fn an_endpoint_for_machines_takes_the_configured_ones() {
    let client = client().await;

    let machine = client.get("/machine").token(TestToken::for_machine("dev-client")).await;
    let other = client.get("/machine").token(TestToken::for_machine("other")).await;
    let user = client.get("/machine").token(TestToken::new("dev-client")).await;

    assert_eq!((machine.status().as_u16(), machine.text()), (200, "dev-client@clients"));
    assert_eq!((other.status().as_u16(), user.status().as_u16()), (403, 403));
}

#[tokio::test]
async fn a_public_endpoint_looks_at_a_token_only_when_it_asks_who_calls() {
    let client = client().await;

    assert_eq!(client.get("/public").await.text(), "nobody");
    assert_eq!(client.get("/public").token(TestToken::new("a|b")).await.text(), "a|b");
    assert_eq!(client.get("/public").bearer("bad").await.error_code(), "token_malformed");
    assert_eq!(client.get("/open").bearer("bad").await.text(), "open");
}

#[tokio::test]
async fn own_claims_are_read_into_a_type_of_ones_own() {
    let client = client().await;
    let gold = || TestToken::new("auth0|ali").claim("https://shop.test/tier", "gold");

    let tier = client.get("/tier").token(gold().claim("org_id", 7)).await;
    assert_eq!(tier.text(), "gold Some(7) auth0|ali");
    assert_eq!(client.get("/maybe-tier").token(gold()).await.text(), "gold");
    assert_eq!(client.get("/maybe-tier").await.text(), "none");

    for wrong in [TestToken::new("auth0|ali"), gold().claim("org_id", "secret")] {
        for path in ["/tier", "/maybe-tier"] {
            let refused = client.get(path).token(wrong.clone()).await;
            assert_eq!(
                (refused.status().as_u16(), refused.error_code()),
                (403, "claim_missing".into())
            );
            assert!(!refused.text().contains("secret"), "{}", refused.text());
        }
    }
}

#[tokio::test]
async fn rights_that_depend_on_the_request_are_demanded_in_code() {
    const CS: &str = r#"Bearer realm="my service", error="insufficient_scope", error_description="the access token lacks a right""#;
    let client = client().await;
    let token = || TestToken::new("auth0|ali");
    let challenge = |answer: &fastservice::testing::TestResponse| {
        answer.headers()["www-authenticate"].to_str().unwrap().to_owned()
    };

    let all = token().scopes(["read:wine", "own"]).permissions(["shelves"]);
    assert_eq!(client.get("/shelf/wine").token(all.clone()).await.text(), "here");
    assert_eq!(client.get("/own-shelf").token(all.clone()).await.text(), "yours");
    assert_eq!(client.get("/own-shelf").await.text(), "yours");

    let beer = client.get("/shelf/beer").token(all).await;
    assert_eq!((beer.status().as_u16(), beer.error_code()), (403, "insufficient_scope".into()));
    assert_eq!(challenge(&beer), format!("{CS}, scope=\"read:beer\""));

    let forged = client.get("/shelf/a%22%0d%0ax:%20y").token(token()).await;
    assert_eq!((forged.status().as_u16(), challenge(&forged)), (403, CS.to_owned()));

    let no_permission = client.get("/shelf/wine").token(token().scopes(["read:wine"])).await;
    assert_eq!(no_permission.error_code(), "insufficient_permission");
    assert_eq!(challenge(&no_permission), CS);

    let public = client.get("/own-shelf").token(token()).await;
    assert_eq!(challenge(&public), format!("{CS}, scope=\"own\""));
}

/// Who called, as the log is told of it.
#[derive(Clone, Default)]
struct Callers(Arc<Mutex<Vec<String>>>);

impl Observer for Callers {
    fn ended(&self, ending: &Ending<'_>) {
        let user = ending.context.user_id().map_or("nobody".to_owned(), UserId::to_string);
        self.0.lock().unwrap().push(user);
    }
}

#[tokio::test]
async fn a_refusal_names_its_caller_once_that_is_known() {
    let callers = Callers::default();
    let app = App::new().only_routes_in(module_path!()).observer(callers.clone());
    let client = TestClient::new(app).await;

    let refused = client.get("/machine").token(TestToken::new("auth0|eve")).await;
    let unknown = client.get("/private").bearer("a.b.c").await;

    assert_eq!((refused.status().as_u16(), unknown.status().as_u16()), (403, 401));
    assert_eq!(*callers.0.lock().unwrap(), ["auth0|eve", "nobody"]);
}
