use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use diesel_migrations::embed_migrations;
use fastservice::{db::EmbeddedMigrations, prelude::*, settings::Settings, testing::TestClient};

const RIGHT: EmbeddedMigrations = embed_migrations!("tests/migrations/right");
const FAILING: EmbeddedMigrations = embed_migrations!("tests/migrations/failing");

diesel::table! {
    shelves (id) {
        id -> BigInt,
        name -> Text,
    }
}

#[public_api(get = "/shelves/{id}")]
async fn shelf(id: i64, db: Db) -> Result<String> {
    let mut conn = db.connection().await?;
    let name = shelves::table.find(id).select(shelves::name).first(&mut conn).await.optional()?;
    name.ok_or_else(|| Error::not_found("no shelf has this id"))
}

#[public_api(get = "/misspelled")]
async fn misspelled(db: Db) -> Result<()> {
    let mut conn = db.connection().await?;
    diesel::sql_query("SELEC 1").execute(&mut conn).await?;
    Ok(())
}

#[public_api(get = "/two-at-once")]
async fn two_at_once(db: Db) -> Result<()> {
    let _first = db.connection().await?;
    db.connection().await?;
    Ok(())
}

fn app() -> App {
    App::new().only_routes_in(module_path!())
}

#[tokio::test]
async fn an_endpoint_reads_what_the_migrations_made() {
    let client = TestClient::new(app().database(RIGHT)).await;

    assert_eq!(client.get("/shelves/2").await.text(), "lower");
    assert_eq!(client.get("/shelves/3").await.status(), 404);
}

#[cfg(feature = "metrics")]
#[tokio::test]
async fn the_pool_is_among_the_metrics() {
    let settings = [("DATABASE_MAX_SIZE", "3")];
    let client = TestClient::with_settings(app().database(RIGHT), settings).await;
    let _ = client.get("/shelves/2").await;

    let answer = client.get("/metrics").await;

    let page = answer.text();
    assert!(page.contains("\ndb_client_connection_max 3\n"), "{page}");
    assert!(page.contains("\ndb_client_connection_pending_requests 0\n"), "{page}");
    let used = "\ndb_client_connection_count{db_client_connection_state=\"used\"} 0\n";
    assert!(page.contains(used), "{page}");
}

#[tokio::test]
async fn an_error_of_the_database_is_a_500_that_tells_nothing() {
    let client = TestClient::new(app().database(RIGHT)).await;

    let answer = client.get("/misspelled").await;

    assert_eq!(answer.status(), 500);
    assert!(!answer.text().contains("syntax"), "{}", answer.text());
}

#[tokio::test]
async fn a_pool_without_a_free_connection_answers_503() {
    let settings = [("DATABASE_MAX_SIZE", "1"), ("DATABASE_TIMEOUT", "50ms")];
    let client = TestClient::with_settings(app().database(RIGHT), settings).await;

    let answer = client.get("/two-at-once").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (503, "database_busy"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(client.get("/shelves/1").await.status(), 200);
}

#[tokio::test]
async fn a_service_whose_endpoint_takes_a_database_does_not_start_without() {
    let settings = Settings::from_pairs([]).unwrap();

    let error = app().settings(settings).start().await.unwrap_err().to_string();

    assert!(
        error.contains("takes `Db`, which was not given; add `.database(MIGRATIONS)`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_or_migrated_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("test.db").display());
    let absent = format!("sqlite:{}", folder.path().join("absent/test.db").display());
    for (url, expected) in [(&file, "no such table"), (&absent, "create it, or set DATABASE_URL")] {
        let settings = Settings::from_pairs([("DATABASE_URL", &**url)]).unwrap();

        let error = app().database(FAILING).settings(settings).start().await.unwrap_err();

        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_pool_has_a_size() {
    for size in ["0", "1001", "x"] {
        let error = Settings::from_pairs([("DATABASE_MAX_SIZE", size)]).unwrap_err().to_string();

        assert!(error.contains("a number from 1 to 1000"), "{error}");
    }
}
