use std::{fs, path::Path};

use diesel_async::SimpleAsyncConnection;

use super::{
    DatabaseSettings, Db, EmbeddedMigrations, Fixture, LATER, Migrations, RIGHT, TempDir, add,
    open, settings, url,
};

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
