use std::{fs, path::Path};

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::embed_migrations;

use super::{
    DatabaseSettings, Db, EmbeddedMigrations, Error, Fixture, Migrations, OpenError, RIGHT,
    TempDir, add, names, open, settings, url,
};

const LATER: EmbeddedMigrations = embed_migrations!("tests/migrations/later");
const FAILING: EmbeddedMigrations = embed_migrations!("tests/migrations/failing");
const LOOSE: EmbeddedMigrations = embed_migrations!("tests/migrations/loose");
const ALONE: EmbeddedMigrations = embed_migrations!("tests/migrations/alone");

diesel::table! {
    boxes (id) {
        id -> BigInt,
        shelf_id -> BigInt,
    }
}

#[tokio::test]
async fn many_processes_may_migrate_one_new_database_at_once() {
    let folder = TempDir::new().unwrap();
    let settings = settings(&[("DATABASE_URL", &url(&folder))]);
    let start = |settings: DatabaseSettings| async move {
        let db = Db::open(&settings).await?;
        db.migrate(RIGHT).await?;
        Ok::<_, OpenError>(db)
    };

    let all: Vec<_> = (0..12).map(|_| tokio::spawn(start(settings.clone()))).collect();

    for one in all {
        let db = one.await.unwrap().unwrap();
        assert_eq!(names(&db).await, ["upper", "lower"]);
    }
}

/// What is said about a migration that cannot be applied.
async fn refused(migrations: EmbeddedMigrations) -> (Fixture, String) {
    let fixture = open("1").await;
    let error = fixture.db.migrate(migrations).await.unwrap_err();
    let text = Error::internal(error).chain();
    (fixture, text)
}

#[tokio::test]
async fn a_failing_migration_is_named_and_none_is_applied() {
    let (Fixture { db, folder: _folder }, text) = refused(FAILING).await;

    assert!(text.contains("2026-11-25-000004_misspelled failed"), "{text}");
    assert!(text.contains("syntax error"), "{text}");
    let mut conn = db.connection().await.unwrap();
    let colour = diesel::sql_query("SELECT colour FROM shelves").execute(&mut conn).await;
    assert!(colour.unwrap_err().to_string().contains("no such column"));
}

#[tokio::test]
async fn a_migration_may_not_leave_rows_that_point_nowhere() {
    let (Fixture { db, folder: _folder }, text) = refused(LOOSE).await;

    assert!(text.contains("a row of `boxes` would point to a row of `shelves`"), "{text}");
    assert_eq!(names(&db).await, ["upper", "lower"]);
}

#[tokio::test]
async fn a_migration_outside_of_a_transaction_is_refused_by_name() {
    let (_fixture, text) = refused(ALONE).await;

    assert!(text.contains("2026-11-25-000003_tidy asks for no transaction"), "{text}");
}

#[tokio::test]
async fn a_table_made_anew_keeps_the_rows_that_point_to_it() {
    let Fixture { db, folder: _folder } = open("1").await;

    db.migrate(LATER).await.unwrap();

    let mut conn = db.connection().await.unwrap();
    let shelf_ids: Vec<i64> = boxes::table.select(boxes::shelf_id).load(&mut conn).await.unwrap();
    assert_eq!(shelf_ids, [1, 2]);
    let twice = add(&mut conn, "upper").await.unwrap_err();
    assert!(twice.chain().contains("UNIQUE"), "{}", twice.chain());
}

async fn pending(settings: &DatabaseSettings, migrations: EmbeddedMigrations) -> Vec<String> {
    Db::pending_in(settings, Migrations::from(migrations)).await.unwrap()
}

/// The names and the contents of the files in a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

#[tokio::test]
async fn all_migrations_are_pending_for_a_database_that_is_not_there_and_none_is_made() {
    let folder = TempDir::new().unwrap();
    let absent = format!("sqlite:{}", folder.path().join("absent/test.db").display());

    for url in [url(&folder), absent, "sqlite::memory:".to_owned()] {
        let names = pending(&settings(&[("DATABASE_URL", &url)]), RIGHT).await;

        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.is_sorted(), "{names:?}");
    }
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn a_look_at_a_database_leaves_it_as_it_is() {
    let folder = TempDir::new().unwrap();
    let name = folder.path().join("100% of #1?.db");
    let settings = settings(&[("DATABASE_URL", &format!("sqlite:{}", name.display()))]);
    drop(Db::open(&settings).await.unwrap());
    let empty = files(folder.path());
    assert_eq!(pending(&settings, RIGHT).await.len(), 2);
    assert_eq!(files(folder.path()), empty);
    Db::open(&settings).await.unwrap().migrate(RIGHT).await.unwrap();
    let before = files(folder.path());

    assert!(pending(&settings, RIGHT).await.is_empty());
    assert_eq!(pending(&settings, LATER).await.len(), 1);

    assert_eq!(files(folder.path()), before);
}

#[tokio::test]
async fn a_look_at_a_database_in_use_sees_what_was_run_a_moment_ago() {
    let Fixture { db, folder } = open("1").await;
    let settings = settings(&[("DATABASE_URL", &url(&folder))]);
    let mut conn = db.connection().await.unwrap();
    conn.batch_execute("PRAGMA wal_autocheckpoint = 0").await.unwrap();
    add(&mut conn, "attic").await.unwrap();
    db.migrate(LATER).await.unwrap();

    assert!(pending(&settings, LATER).await.is_empty());
    assert!(db.pending(LATER).await.unwrap().is_empty());
}
