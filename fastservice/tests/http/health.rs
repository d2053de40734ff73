//! Whether the service is alive, and whether requests may come.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use fastservice::{
    auth::{Authentication, Authenticator},
    body::RequestBody,
    context::{Ending, Observer},
    prelude::*,
    server::{self, Answer, Listener, Peer},
    settings::Settings,
    testing::TestClient,
};
use http::Method;
use tokio::time::timeout;

use crate::wire::PATIENCE;

/// Whether the thing that a check asks for is there.
struct Thing(bool);

#[public_api(get = "/thing")]
async fn thing(thing: State<Thing>) -> String {
    thing.0.to_string()
}

fn app(is_there: bool) -> App {
    App::new().only_routes_in(module_path!()).state(Thing(is_there)).readiness_check(
        "thing",
        async |thing: State<Thing>| {
            if thing.0 { Ok(()) } else { Err(std::io::Error::other("secret place is empty")) }
        },
    )
}

#[tokio::test]
async fn probes_are_answered_in_both_forms_and_by_head() {
    let client = TestClient::new(app(true)).await;

    for path in ["/heartbeat", "/heartbeat/"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status().as_u16(), answer.text()), (200, r#"["ok"]"#), "{path}");
        assert_eq!(client.request(Method::HEAD, path).await.status(), 200);
    }
    for path in ["/ready", "/ready/"] {
        let answer = client.get(path).await;
        let expected = r#"{"status":"ready","checks":{"key_set":"ok","thing":"ok"}}"#;
        assert_eq!((answer.status().as_u16(), answer.text()), (200, expected), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(client.request(Method::HEAD, path).await.status(), 200);
    }
}

#[tokio::test]
async fn a_failing_check_is_a_503_that_leaks_nothing_and_leaves_the_heartbeat() {
    let client = TestClient::new(app(false)).await;

    let answer = client.get("/ready").await;

    let expected = r#"{"status":"not ready","checks":{"key_set":"ok","thing":"failed"}}"#;
    assert_eq!((answer.status().as_u16(), answer.text()), (503, expected));
    assert_eq!(client.request(Method::HEAD, "/ready").await.status(), 503);
    assert_eq!(client.get("/heartbeat").await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_slow_check_has_its_time_limit() {
    let app = app(true).readiness_check("slow", async |_: Context| {
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    });
    let client = TestClient::with_settings(app, [("READY_TIMEOUT", "500ms")]).await;
    let begun = tokio::time::Instant::now();

    let answer = client.get("/ready").await;

    assert!(answer.text().contains(r#""slow":"timed out","thing":"ok""#), "{}", answer.text());
    assert_eq!((answer.status().as_u16(), begun.elapsed().as_millis()), (503, 500));
}

/// Knows nobody, and has no keys.
struct Keyless;

impl Authenticator for Keyless {
    fn authenticate<'a>(&'a self, _: &'a str) -> Authentication<'a> {
        Authentication::ready(Err(Error::unauthorized("nobody")))
    }

    fn readiness(&self) -> Result<()> {
        Err(Error::unavailable("no keys were fetched yet"))
    }
}

#[tokio::test]
async fn without_keys_the_service_is_not_ready() {
    let client = TestClient::new(app(true).authenticator(Keyless)).await;

    let answer = client.get("/ready").await;

    assert_eq!(answer.status(), 503);
    assert!(answer.text().contains(r#""key_set":"failed""#), "{}", answer.text());
}

#[cfg(feature = "db")]
#[tokio::test]
async fn the_database_is_asked() {
    use fastservice::db::EmbeddedMigrations;

    const MIGRATIONS: EmbeddedMigrations =
        diesel_migrations::embed_migrations!("tests/migrations/right");
    let client = TestClient::new(app(true).database(MIGRATIONS)).await;

    let answer = client.get("/ready").await;

    assert_eq!(answer.status(), 200);
    assert!(answer.text().contains(r#""database":"ok""#), "{}", answer.text());
}

#[tokio::test]
async fn a_check_whose_state_is_missing_stops_the_start() {
    let app = App::new()
        .only_routes_in(concat!(module_path!(), "::nothing"))
        .readiness_check("thing", async |_: State<Thing>| Ok::<_, Error>(()))
        .readiness_check("who", async |_: UserId| Ok::<_, Error>(()));
    let settings = Settings::from_pairs([]).unwrap();

    let error = app.settings(settings).start().await.unwrap_err().to_string();

    assert!(error.contains("the readiness check `thing` takes `State<"), "{error}");
    assert!(error.contains("the readiness check `who` asks who calls"), "{error}");
}

#[tokio::test]
async fn from_a_stop_on_the_service_is_not_ready_and_answers_all_the_same() {
    let client = TestClient::new(app(true)).await;
    assert_eq!(client.get("/ready").await.status(), 200);

    client.service().stopping();

    let answer = client.get("/ready").await;
    assert_eq!(
        (answer.status().as_u16(), answer.text()),
        (503, r#"{"status":"stopping","checks":{}}"#)
    );
    assert_eq!(client.get("/thing").await.text(), "true");
    assert_eq!(client.get("/heartbeat").await.status(), 200);
}

/// Remembers whether it was told of a stop.
#[derive(Clone, Default)]
struct Told(Arc<AtomicBool>);

impl Answer for Told {
    fn answer(
        &self,
        _: http::Request<RequestBody>,
        _: Peer,
    ) -> impl Future<Output = http::Response<Body>> + Send + 'static + use<> {
        std::future::ready(http::Response::default())
    }

    fn stopping(&self) {
        self.0.store(true, Relaxed);
    }
}

#[tokio::test]
async fn a_server_that_stops_tells_its_service() {
    let service = Told::default();
    let settings = Settings::from_pairs([("PORT", "0")]).unwrap();
    let listener = Listener::bind(&settings.server).unwrap();
    let (trigger, shutdown) = server::trigger();
    let served = server::serve(listener, &settings.server, service.clone(), shutdown);

    trigger.stop();
    timeout(PATIENCE, served).await.unwrap().unwrap();

    assert!(service.0.load(Relaxed));
}

/// Whether each request stays out of the access log.
#[derive(Clone)]
struct Quiet(Arc<Mutex<Vec<bool>>>);

impl Observer for Quiet {
    fn ended(&self, ending: &Ending<'_>) {
        self.0.lock().unwrap().push(ending.context.is_quiet());
    }
}

#[tokio::test]
async fn probes_stay_out_of_the_access_log() {
    let quiet = Quiet(Arc::default());
    let client = TestClient::new(app(false).observer(quiet.clone())).await;

    for path in ["/heartbeat", "/heartbeat/", "/ready", "/ready/", "/thing"] {
        client.get(path).await;
    }

    assert_eq!(*quiet.0.lock().unwrap(), [true, true, true, true, false]);
}
