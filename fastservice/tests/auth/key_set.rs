//! The keys of an issuer that is rotated, slow, wrong or away.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use http::StatusCode;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{
    socket::Server,
    support::{bearer, code, guard_of, user},
    tenant::{Tenant, assert_unavailable, eventually, jwks, pass, refusal, with_time},
};

const COOL_DOWN: Duration = Duration::from_secs(30);

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_wait() {
    let tenant = Tenant::start().await;
    let (guard, token) = (tenant.guard(), tenant.token());

    let codes = join_all((0..50).map(|_| code(&guard, &token))).await;

    assert_eq!(codes, ["admitted"; 50]);
    assert_eq!(tenant.times_asked().await, 1);
}

#[tokio::test]
async fn a_tenant_that_is_down_at_the_start_is_asked_until_it_is_up() {
    let tenant = Tenant::without_keys().await;
    let (guard, token) = (tenant.guard(), tenant.token());

    assert_unavailable(&refusal(&guard, &token).await);
    assert_eq!(guard.readiness().unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE);
    // What needs no key is answered as ever.
    let unsigned = format!("{}.e30.", crate::support::base64url(r#"{"alg":"none"}"#));
    assert_eq!(code(&guard, &unsigned).await, "token_algorithm");

    tenant.publishes(&[&tenant.signer]).await;
    with_time(async || guard.readiness().is_ok()).await;
    assert_eq!(code(&guard, &token).await, "admitted");
}

#[tokio::test]
async fn a_rotated_key_is_fetched_at_once_and_once() {
    let mut tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    let old = tenant.token();
    let retired = tenant.rotate();
    tenant.publishes(&[&retired, &tenant.signer]).await;
    pass(COOL_DOWN).await;

    let new = tenant.token();
    let codes = join_all((0..50).map(|_| code(&guard, &new))).await;

    assert_eq!(codes, ["admitted"; 50]);
    assert_eq!(code(&guard, &old).await, "admitted");
    assert_eq!(tenant.times_asked().await, 1);
}

#[tokio::test]
async fn a_thousand_unknown_keys_cause_one_fetch_in_a_cool_down() {
    let tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    tenant.publishes(&[&tenant.signer]).await;
    let invented = |number: u32| {
        tenant.signer.token(&user().header_member("kid", format!("key {number}"))).unwrap()
    };

    let codes = join_all((0..1000).map(|number| {
        let token = invented(number);
        let guard = &guard;
        async move { code(guard, &token).await }
    }))
    .await;
    assert_eq!(codes, vec!["token_key"; 1000]);
    assert_eq!(tenant.times_asked().await, 0, "the set is fresh");

    pass(COOL_DOWN).await;
    for number in 0..20 {
        assert_eq!(code(&guard, &invented(number)).await, "token_key");
    }
    assert_eq!(tenant.times_asked().await, 1);
}

#[tokio::test]
async fn who_has_a_known_key_does_not_wait_for_who_has_none() {
    let tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    tenant.answers(ResponseTemplate::new(200).set_delay(Duration::from_secs(20))).await;
    pass(COOL_DOWN).await;
    let unknown = tenant.signer.token(&user().header_member("kid", "x")).unwrap();
    let known = tenant.signer.token(&user().claim("jti", "fresh")).unwrap();

    let is_waiting = AtomicBool::new(true);
    let waiting = async {
        assert_unavailable(&refusal(&guard, &unknown).await);
        is_waiting.store(false, Ordering::Relaxed);
    };
    tokio::join!(waiting, async {
        tenant.becomes_asked(1).await;
        assert_eq!(code(&guard, &known).await, "admitted");
        assert!(is_waiting.load(Ordering::Relaxed));
    });
}

#[tokio::test]
async fn a_key_that_cannot_be_asked_for_is_no_refusal() {
    let tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    let unknown = tenant.signer.token(&user().header_member("kid", "x")).unwrap();
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(8));
    for answer in [ResponseTemplate::new(500), slow] {
        tenant.answers(answer).await;
        pass(COOL_DOWN).await;

        assert_unavailable(&refusal(&guard, &unknown).await);
        // In the cool-down nobody is asked, and nothing is known.
        assert_unavailable(&refusal(&guard, &unknown).await);
        assert_eq!(code(&guard, &tenant.token()).await, "admitted");
        assert_eq!(tenant.times_asked().await, 1);
        pass(Duration::from_secs(10)).await;
    }
}

#[tokio::test]
async fn wrong_answers_leave_the_old_keys_in_place() {
    let tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    let ok = || ResponseTemplate::new(200);
    let entry = tenant.signer.jwks()["keys"][0].clone();
    let elsewhere = Tenant::start().await;
    let too_many: Vec<_> = (0..65).map(|_| entry.clone()).collect();
    let answers = [
        ("redirect", ResponseTemplate::new(302).insert_header("location", elsewhere.jwks_url())),
        ("error", ResponseTemplate::new(500)),
        ("busy", ResponseTemplate::new(429).insert_header("retry-after", "60")),
        ("no content", ResponseTemplate::new(204)),
        ("not JSON", ok().set_body_string("<html>sorry</html>")),
        ("no set", ok().set_body_json(json!([]))),
        (
            "huge",
            ok().set_body_string(format!("{{\"keys\": [], \"x\": \"{}\"}}", "x".repeat(300_000))),
        ),
        ("too many", ok().set_body_json(json!({"keys": too_many}))),
        ("empty", ok().set_body_json(json!({"keys": []}))),
        ("symmetric", ok().set_body_json(json!({"keys": [{"kty": "oct", "k": "AAAA"}]}))),
    ];
    for (name, answer) in answers {
        tenant.answers(answer).await;
        tenant.is_asked_again().await;

        let fresh = tenant.signer.token(&user().claim("jti", name)).unwrap();
        assert_eq!(code(&guard, &fresh).await, "admitted", "{name}");
    }
    assert_eq!(elsewhere.times_asked().await, 0, "a redirect was followed");
}

#[tokio::test]
async fn a_removed_key_is_noticed_though_every_key_is_known() {
    let mut tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    let stolen = tenant.rotate().token(&user()).unwrap();
    for _ in 0..2 {
        assert_eq!(code(&guard, &stolen).await, "admitted");
    }

    tenant.publishes(&[&tenant.signer]).await;

    with_time(async || code(&guard, &stolen).await == "token_key").await;
    assert_eq!(code(&guard, &tenant.token()).await, "admitted");
}

#[tokio::test]
async fn cache_headers_say_when_to_ask_again() {
    let tenant = Tenant::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(jwks(&[&tenant.signer]));
    tenant.answers(answer.insert_header("cache-control", "public, max-age=3600")).await;
    let _guard = tenant.warm_guard().await;

    pass(Duration::from_secs(2800)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(tenant.times_asked().await, 1);

    pass(Duration::from_secs(700)).await;
    tenant.becomes_asked(2).await;
}

#[tokio::test]
async fn known_keys_serve_through_an_outage_up_to_its_limit() {
    let tenant = Tenant::start().await;
    let guard = guard_of(tenant.verifier().longest_outage(Duration::from_secs(3600)));
    assert_eq!(code(&guard, &tenant.token()).await, "admitted");
    tenant.answers(ResponseTemplate::new(503)).await;

    for minute in 0..60 {
        pass(Duration::from_secs(60)).await;
        let token = tenant.signer.token(&user().claim("jti", minute)).unwrap();
        assert_eq!(code(&guard, &token).await, "admitted", "after {minute} minutes");
    }
    assert!(tenant.times_asked().await > 0);

    pass(Duration::from_secs(900)).await;
    with_time(async || guard.readiness().is_err()).await;
    assert_unavailable(&refusal(&guard, &tenant.token()).await);

    tenant.publishes(&[&tenant.signer]).await;
    with_time(async || guard.readiness().is_ok()).await;
    assert_eq!(code(&guard, &tenant.token()).await, "admitted");
}

#[tokio::test]
async fn a_caller_who_goes_away_cancels_nothing() {
    let tenant = Tenant::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(jwks(&[&tenant.signer]));
    tenant.answers(answer.set_delay(Duration::from_millis(200))).await;
    let (guard, token) = (tenant.guard(), tenant.token());

    let left = tokio::time::timeout(Duration::from_millis(50), code(&guard, &token)).await;

    assert!(left.is_err());
    assert_eq!(code(&guard, &token).await, "admitted");
    assert_eq!(tenant.times_asked().await, 1);
}

#[test]
fn keys_are_fetched_again_after_the_runtime_that_did_so_ended() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tenants = runtime();
    let tenant = tenants.block_on(Tenant::start());
    let (guard, token) = (tenant.guard(), tenant.token());
    assert_eq!(runtime().block_on(code(&guard, &token)), "admitted");
    tenants.block_on(tenant.publishes(&[&tenant.signer]));

    // Its key is known, and yet somebody must look after it.
    runtime().block_on(async {
        assert_eq!(code(&guard, &token).await, "admitted");
        tenant.becomes_asked(1).await;
    });
}

#[tokio::test]
async fn a_limit_without_end_is_none() {
    let tenant = Tenant::start().await;
    let guard = guard_of(tenant.verifier().longest_outage(Duration::MAX));

    assert_eq!(code(&guard, &tenant.token()).await, "admitted");
}

#[tokio::test]
async fn an_issuer_has_the_time_that_it_asks_for() {
    let tenant = Tenant::start().await;
    let guard = tenant.warm_guard().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "200");
    tenant.answers(busy).await;
    tenant.is_asked_again().await;
    let unknown = tenant.signer.token(&user().header_member("kid", "x")).unwrap();
    let so_far = tenant.times_asked().await;

    for _ in 0..3 {
        pass(COOL_DOWN).await;
        let error = refusal(&guard, &unknown).await;
        assert_unavailable(&error);
        let seconds: u64 = error.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(seconds > 60, "{seconds}");
    }
    assert_eq!(tenant.times_asked().await, so_far);
}

#[tokio::test]
async fn a_rotation_under_load_fails_no_request() {
    let mut tenant = Tenant::start().await;
    let server = Server::of(tenant.verifier()).await;
    let current = Mutex::new(tenant.token());
    let (answered, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let caller = async || {
        while !over.load(Ordering::Relaxed) {
            let token = current.lock().unwrap().clone();
            let reply = server.get("/private", &bearer(&token)).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    let some_more = async || {
        let so_far = answered.load(Ordering::Relaxed);
        eventually(async || answered.load(Ordering::Relaxed) > so_far + 20).await;
    };
    let rotations = async {
        for _ in 0..3 {
            some_more().await;
            let retired = tenant.rotate();
            tenant.publishes(&[&retired, &tenant.signer]).await;
            pass(COOL_DOWN).await;
            some_more().await;
            *current.lock().unwrap() = tenant.token();
            some_more().await;
            // Nobody uses the old key any more.
            tenant.publishes(&[&tenant.signer]).await;
            tenant.is_asked_again().await;
            some_more().await;
        }
        over.store(true, Ordering::Relaxed);
    };

    tokio::join!(rotations, caller(), caller(), caller(), caller());

    assert!(answered.into_inner() > 200);
}
