use diesel::{
    QueryableByName,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl;
use diesel_migrations::embed_migrations;
use fastservice::{
    App, Error,
    db::{Db, EmbeddedMigrations, Migrations},
    settings::Settings,
};

use super::{SHELVES, names, server, settings};

const FAILING: EmbeddedMigrations = embed_migrations!("tests/migrations/postgres_failing");
const LIMITS: EmbeddedMigrations = embed_migrations!("tests/migrations/postgres_limits");
const SQLITE: EmbeddedMigrations = embed_migrations!("tests/migrations/right");

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[tokio::test]
async fn many_processes_may_migrate_one_new_database_at_once() {
    let Some(server) = server("many_processes_may_migrate_one_new_database_at_once").await else {
        return;
    };
    let url = server.new_database().await;
    let start = |url: String| async move {
        let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await?;
        db.migrate(SHELVES).await
    };

    let all: Vec<_> = (0..10).map(|_| tokio::spawn(start(url.clone()))).collect();
    let mut applied = 0;
    for one in all {
        applied += one.await.unwrap().unwrap().len();
    }

    assert_eq!(applied, 3);
    let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap();
    assert_eq!(names(&db).await, ["upper", "lower"]);
    assert!(db.pending(SHELVES).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failing_migration_is_named_and_none_is_applied() {
    let Some(server) = server("a_failing_migration_is_named_and_none_is_applied").await else {
        return;
    };
    let url = server.new_database().await;
    let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap();

    let error = db.migrate(FAILING).await.unwrap_err();

    let text = format!("{:?}", Error::internal(error));
    assert!(text.contains("2026-11-25-000004_misspelled failed"), "{text}");
    assert!(text.contains("syntax error"), "{text}");
    let tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'shelves'";
    let mut conn = db.connection().await.unwrap();
    let Count { count } = diesel::sql_query(tables).get_result(&mut conn).await.unwrap();
    assert_eq!(count, 0);
    drop(conn);
    assert_eq!(db.pending(FAILING).await.unwrap().len(), 2);
}

#[derive(QueryableByName)]
struct Limits {
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = Text)]
    lock: String,
}

/// Whatever limits the database itself has.
#[tokio::test]
async fn a_migration_may_take_long_but_not_wait_long_for_a_lock() {
    let Some(server) = server("a_migration_may_take_long").await else { return };
    let url = server.new_database().await;
    let name = url.rsplit_once('/').unwrap().1;
    for limit in ["statement_timeout = '9s'", "lock_timeout = '1s'"] {
        server.run("postgres", &format!("ALTER DATABASE {name} SET {limit}")).await.unwrap();
    }
    let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap();

    db.migrate(LIMITS).await.unwrap();

    let mut conn = db.connection().await.unwrap();
    for (table, expected) in [("inside", ("0", "10s")), ("outside", ("0", "0"))] {
        let query = diesel::sql_query(format!("SELECT statement, lock FROM {table}"));
        let Limits { statement, lock } = query.get_result(&mut conn).await.unwrap();
        assert_eq!((&*statement, &*lock), expected, "{table}");
    }
}

#[tokio::test]
async fn a_service_that_may_not_migrate_says_what_is_pending() {
    let Some(server) = server("a_service_that_may_not_migrate_says_what_is_pending").await else {
        return;
    };
    let url = server.new_database().await;
    let app = |pairs: &[(&str, &str)]| {
        let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
        App::new().only_routes_in(module_path!()).database(SHELVES).settings(settings)
    };
    let pairs = [("DATABASE_URL", &*url), ("DATABASE_MIGRATE", "false")];

    let error = app(&pairs).start().await.unwrap_err().to_string();
    Db::open(&settings(&pairs)).await.unwrap().migrate(SHELVES).await.unwrap();
    let started = app(&pairs).start().await;

    assert!(error.contains("2026-11-25-000001_create_shelves, 2026"), "{error}");
    assert!(error.contains("run the command `migrate`"), "{error}");
    started.unwrap();
}

#[tokio::test]
async fn migrations_of_another_database_are_not_run() {
    let Some(server) = server("migrations_of_another_database_are_not_run").await else { return };
    let url = server.new_database().await;
    let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap();

    let error = db.migrate(Migrations::new().sqlite(SQLITE)).await.unwrap_err().to_string();

    assert!(error.contains("no migrations for PostgreSQL; add `.postgres(MIGRATIONS)`"), "{error}");
}

#[fastservice::public_api(get = "/nothing")]
async fn nothing() {}
