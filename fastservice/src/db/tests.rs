mod cancelled;
mod migrations;

use std::{
    error::Error as _,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::embed_migrations;
use tempfile::TempDir;
use tokio::time::timeout;

use super::{Connection, *};
use crate::settings::Settings;

const RIGHT: EmbeddedMigrations = embed_migrations!("tests/migrations/right");

diesel::table! {
    shelves (id) {
        id -> BigInt,
        name -> Text,
    }
}

/// A database in a folder that ends with the test.
struct Fixture {
    folder: TempDir,
    db: Db,
}

fn settings(pairs: &[(&str, &str)]) -> DatabaseSettings {
    Settings::from_pairs(pairs.iter().copied()).unwrap().database
}

fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("test.db").display())
}

async fn open(max_size: &str) -> Fixture {
    open_with(&[("DATABASE_MAX_SIZE", max_size), ("DATABASE_TIMEOUT", "300ms")]).await
}

async fn open_with(pairs: &[(&str, &str)]) -> Fixture {
    let folder = TempDir::new().unwrap();
    let url = [("DATABASE_URL", &*url(&folder))];
    let db = Db::open(&settings(&[&url, pairs].concat())).await.unwrap();
    db.migrate(RIGHT).await.unwrap();
    Fixture { folder, db }
}

async fn names(db: &Db) -> Vec<String> {
    let mut conn = db.connection().await.unwrap();
    shelves::table.select(shelves::name).order(shelves::id).load(&mut conn).await.unwrap()
}

async fn add(conn: &mut Connection, name: &str) -> Result<()> {
    diesel::insert_into(shelves::table).values(shelves::name.eq(name)).execute(conn).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Pragmas {
    #[diesel(sql_type = BigInt)]
    foreign_keys: i64,
    #[diesel(sql_type = BigInt)]
    synchronous: i64,
    #[diesel(sql_type = BigInt)]
    timeout: i64,
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[tokio::test]
async fn every_connection_is_set_up() {
    let Fixture { db, folder: _folder } = open("3").await;
    let query = "SELECT foreign_keys, synchronous, timeout, journal_mode \
                 FROM pragma_foreign_keys, pragma_synchronous, pragma_busy_timeout, \
                 pragma_journal_mode";

    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(db.connection().await.unwrap());
    }

    for mut conn in all {
        let pragmas: Pragmas = diesel::sql_query(query).get_result(&mut conn).await.unwrap();
        assert_eq!((pragmas.foreign_keys, pragmas.synchronous, pragmas.timeout), (1, 1, 5000));
        assert_eq!(pragmas.journal_mode, "wal");
    }
}

#[tokio::test]
async fn a_database_without_its_folder_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("absent/test.db").display());

    let error = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap_err();

    let text = error.to_string();
    assert!(text.contains("absent` of the database does not exist; create it"), "{text}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_not_opened() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("test.db"), "certainly no database ".repeat(99)).unwrap();

    let error = Db::open(&settings(&[("DATABASE_URL", &url(&folder))])).await.unwrap_err();

    assert!(error.to_string().contains("test.db` cannot be opened"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "file is not a database");
}

#[tokio::test]
async fn a_pool_without_a_free_connection_answers_503_in_time() {
    let Fixture { db, folder: _folder } = open("1").await;
    let held = db.connection().await.unwrap();

    let error = db.connection().await.unwrap_err();

    assert_eq!((error.status().as_u16(), error.code()), (503, "database_busy"));
    assert_eq!(error.headers()["retry-after"], "1");
    drop(held);
    db.connection().await.unwrap();
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_answers_503_with_its_cause_for_the_log() {
    let Fixture { db, folder } = open("2").await;
    let mut broken = db.connection().await.unwrap();
    broken.batch_execute("BEGIN").await.unwrap();
    drop(broken);
    folder.close().unwrap();

    let begun = Instant::now();
    let error = db.connection().await.unwrap_err();

    assert!(begun.elapsed() < Duration::from_millis(200));
    assert_eq!((error.status().as_u16(), error.code()), (503, "database_unavailable"));
    assert!(error.chain().contains("does not exist"), "{}", error.chain());
    assert!(!error.detail().contains("test.db"));
}

#[tokio::test]
async fn a_failed_attempt_to_connect_refuses_nobody_whom_a_live_connection_will_serve() {
    let Fixture { db, folder } = open_with(&[("DATABASE_MAX_SIZE", "2")]).await;
    let mut held = db.connection().await.unwrap();
    folder.close().unwrap();

    for _ in 0..2 {
        let waiting = db.connection();
        tokio::pin!(waiting);
        // Longer than a request waits for a database that is down.
        assert!(timeout(2 * PATIENCE, &mut waiting).await.is_err());
        drop(held);
        held = waiting.await.unwrap();
    }
}

#[tokio::test]
async fn an_error_rolls_the_transaction_back() {
    let Fixture { db, folder: _folder } = open("1").await;
    let mut conn = db.connection().await.unwrap();

    let result: Result<()> = conn
        .transaction(async |conn| {
            add(conn, "attic").await?;
            Err(Error::conflict("no"))
        })
        .await;

    assert_eq!(result.unwrap_err().status(), 409);
    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower"]);
    assert_eq!(db.0.pool.state().statistics.connections_closed_broken, 0);
}

#[tokio::test]
async fn a_transaction_in_a_transaction_is_a_savepoint() {
    let Fixture { db, folder: _folder } = open("1").await;
    let mut conn = db.connection().await.unwrap();

    conn.transaction(async |conn| {
        add(conn, "attic").await?;
        let inner: Result<()> = conn
            .transaction(async |conn| {
                add(conn, "cellar").await?;
                Err(Error::conflict("no"))
            })
            .await;
        assert!(inner.is_err());
        Ok(())
    })
    .await
    .unwrap();

    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower", "attic"]);
}

#[tokio::test]
async fn a_transaction_in_a_transaction_cannot_be_serializable() {
    let fixture = open("1").await;
    let mut conn = fixture.db.connection().await.unwrap();

    let result: Result<()> =
        conn.transaction(async |conn| conn.serializable(async |_| Ok(())).await).await;

    assert_eq!(result.unwrap_err().status(), 500);
}

#[tokio::test]
async fn work_that_gets_no_second_connection_is_not_tried_again() {
    let Fixture { db, folder: _folder } = open("1").await;
    let attempts = AtomicU32::new(0);

    let result = db
        .serializable(async |_| {
            attempts.fetch_add(1, Ordering::Relaxed);
            db.connection().await.map(drop)
        })
        .await;

    assert_eq!((result.unwrap_err().code(), attempts.into_inner()), ("database_busy", 1));
}

#[tokio::test]
async fn a_transaction_that_could_not_begin_is_tried_again() {
    let Fixture { db, folder: _folder } = open("2").await;
    let mut writer = db.connection().await.unwrap();
    let mut waiting = db.connection().await.unwrap();
    waiting.batch_execute("PRAGMA busy_timeout = 1").await.unwrap();
    let later = waiting.serializable(async |conn| add(conn, "loft").await);
    tokio::pin!(later);

    writer
        .transaction(async |conn| {
            assert!(timeout(Duration::from_millis(50), &mut later).await.is_err());
            add(conn, "attic").await
        })
        .await
        .unwrap();
    drop(writer);
    later.await.unwrap();

    assert_eq!(names(&db).await, ["upper", "lower", "attic", "loft"]);
}

#[tokio::test]
async fn transactions_that_read_and_then_write_wait_for_each_other() {
    let Fixture { db, folder: _folder } = open("4").await;
    let rename = |db: Db| async move {
        let mut conn = db.connection().await?;
        conn.transaction(async |conn| {
            let name: String = shelves::table.find(1).select(shelves::name).first(conn).await?;
            let name = format!("{name}!");
            diesel::update(shelves::table.find(1))
                .set(shelves::name.eq(name))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    };

    let all: Vec<_> = (0..4).map(|_| tokio::spawn(rename(db.clone()))).collect();
    for one in all {
        one.await.unwrap().unwrap();
    }

    assert_eq!(names(&db).await[0], "upper!!!!");
}

#[tokio::test]
async fn a_transaction_that_waits_too_long_for_another_answers_503() {
    let Fixture { db, folder: _folder } = open("2").await;
    let mut writer = db.connection().await.unwrap();
    let mut waiting = db.connection().await.unwrap();
    waiting.batch_execute("PRAGMA busy_timeout = 20").await.unwrap();

    let error = writer
        .transaction(async |_| waiting.transaction(async |_| Ok(())).await)
        .await
        .unwrap_err();

    assert_eq!((error.status().as_u16(), error.code()), (503, "database_busy"));
    assert_eq!(error.chain(), "database is locked");
}

#[tokio::test]
async fn a_database_in_memory_survives_its_connection() {
    let settings = settings(&[("DATABASE_URL", "sqlite::memory:")]);
    let db = Db::open(&settings).await.unwrap();
    db.migrate(RIGHT).await.unwrap();
    let mut conn = db.connection().await.unwrap();

    let begun = conn.transaction(async |_| std::future::pending::<Result<()>>().await);
    assert!(timeout(Duration::from_millis(20), begun).await.is_err());
    drop(conn);

    assert_eq!(names(&db).await, ["upper", "lower"]);
}
