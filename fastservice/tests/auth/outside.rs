//! What the guard does around the verifier.

use std::future::{pending, ready};

use fastservice::{
    Error,
    auth::{Access, Authentication, Authenticator, Guard, Rule},
    claims::{Claims, UserId},
};
use http::HeaderMap;
use serde_json::Map;

use crate::support::{PRIVATE, bearer, code, guard, guard_of, headers, signed, user, verifier};

#[tokio::test]
async fn a_public_route_does_not_look_at_the_headers() {
    for headers in [headers(&["Bearer"]), headers(&["Bearer x", "Bearer y"]), bearer("a.b.c")] {
        assert!(guard().admit(&Access::Public, &headers).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn identity_is_none_without_token_and_refused_with_a_bad_one() {
    let guard = guard();
    for headers in [HeaderMap::new(), headers(&["Basic dXNlcjpwYXNz"])] {
        assert!(guard.identify(&headers).await.unwrap().is_none());
    }

    let claims = guard.identify(&bearer(&signed(&user()))).await.unwrap().unwrap();
    assert_eq!(claims.subject().as_str(), "auth0|ali");

    assert_eq!(guard.identify(&headers(&["Bearer"])).await.unwrap_err().status(), 400);
    assert_eq!(guard.identify(&bearer("x")).await.unwrap_err().code(), "token_malformed");
}

#[tokio::test]
async fn without_authenticator_nobody_is_admitted() {
    let guard = Guard::new("items", &[""; 0]).unwrap();
    assert_eq!(guard.admit(&PRIVATE, &HeaderMap::new()).await.unwrap_err().code(), "missing_token");

    let error = guard.admit(&PRIVATE, &bearer(&signed(&user()))).await.unwrap_err();

    assert_eq!((error.status().as_u16(), error.code()), (503, "auth_unavailable"));
    assert_eq!(error.headers()["retry-after"], "30");
    assert!(!error.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn the_strict_type_is_that_of_rfc_9068() {
    let guard = guard_of(verifier().strict_type());

    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        assert_eq!(code(&guard, &signed(&user().header_member("typ", typ))).await, "admitted");
    }
    assert_eq!(code(&guard, &signed(&user())).await, "token_type");
    let untyped = signed(&user().without_header_member("typ"));
    assert_eq!(code(&guard, &untyped).await, "token_type");
}

/// Takes its time, and refuses in its own words.
struct Slow;

impl Authenticator for Slow {
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
        Authentication::pending(async move {
            tokio::task::yield_now().await;
            match token {
                "good" => Ok(Claims::new(UserId::from("ali"), ["read"], [""; 0], Map::new())),
                "gone" => Err(Error::unavailable("the authority does not answer")),
                _ => Err(Error::unauthorized("unknown").with_code("token_unknown")),
            }
        })
    }
}

#[tokio::test]
async fn an_authenticator_of_ones_own_is_asked() {
    let guard = Guard::new("items", &[""; 0]).unwrap().with_authenticator(Slow);
    let read = Access::Private(Rule { scopes: &["read"], ..Rule::NONE });
    let write = Access::Private(Rule { scopes: &["write"], ..Rule::NONE });

    assert!(guard.admit(&read, &bearer("good")).await.unwrap().is_some());
    assert_eq!(guard.admit(&write, &bearer("good")).await.unwrap_err().status(), 403);

    let unknown = guard.admit(&read, &bearer("bad")).await.unwrap_err();
    assert_eq!(unknown.code(), "token_unknown");
    assert!(unknown.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));

    let gone = guard.admit(&read, &bearer("gone")).await.unwrap_err();
    assert_eq!(gone.status(), 503);
    assert!(!gone.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn an_authentication_that_is_polled_after_its_end_refuses() {
    let claims = Claims::new(UserId::from("ali"), [""; 0], [""; 0], Map::new());
    let mut authentication = Authentication::ready(Ok(claims));
    assert!((&mut authentication).await.is_ok());

    assert_eq!((&mut authentication).await.unwrap_err().status(), 503);
}

#[test]
fn futures_of_the_room_can_be_sent_to_other_threads() {
    fn assert_send(_: impl Send) {}
    let guard = guard();
    let no_headers = HeaderMap::new();

    assert_send(guard.admit(&PRIVATE, &no_headers));
    assert_send(Authentication::pending(pending()));
    assert_send(Authentication::pending(ready(Err(Error::unauthorized("no")))));
}

#[test]
fn faults_of_the_guard_are_named_at_once() {
    let error = Guard::new("caf\u{e9}", &["", "a b", "good", "@clients"]).unwrap_err();

    assert_eq!(error.faults().len(), 4, "{error}");
}

#[test]
fn rules_are_printed_for_the_table_of_routes() {
    let rule = Rule {
        scopes: &["read:items"],
        permissions: &["a", "b"],
        any_scopes: &["x", "y"],
        any_permissions: &["p"],
        m2m: true,
    };

    let printed = Access::Private(rule).to_string();

    assert_eq!(
        printed,
        "private scope=read:items permission=a+b any_scope=x|y any_permission=p m2m"
    );
    assert_eq!(PRIVATE.to_string(), "private");
    assert_eq!(Access::Public.to_string(), "public");
}
