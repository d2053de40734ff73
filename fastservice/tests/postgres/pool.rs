use std::time::{Duration, Instant};

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use fastservice::{Error, db::Db};

use super::{names, server, settings, shelves};

#[tokio::test]
async fn a_pool_without_a_free_connection_answers_503_in_time() {
    let pool = [("DATABASE_MAX_SIZE", "1"), ("DATABASE_TIMEOUT", "200ms")];
    let Some(db) = shelves("a_pool_without_a_free_connection", &pool).await else { return };
    let held = db.connection().await.unwrap();

    let begun = Instant::now();
    let error = db.connection().await.unwrap_err();

    assert!(begun.elapsed() >= Duration::from_millis(200));
    assert_eq!((error.status().as_u16(), error.code()), (503, "database_busy"));
    db.ping().await.unwrap();
    assert_eq!((db.state().in_use, db.state().max_size, db.state().waiting), (1, 1, 0));
    drop(held);
    db.connection().await.unwrap();
}

#[tokio::test]
async fn a_failed_attempt_to_connect_refuses_nobody_whom_a_live_connection_will_serve() {
    let test = "a_failed_attempt_to_connect_refuses_nobody";
    let Some(server) = server(test).await else { return };
    let url = server.new_database().await;
    let name = url.rsplit_once('/').unwrap().1.to_owned();
    let close = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
    let pool = [("DATABASE_URL", &*url), ("DATABASE_MAX_SIZE", "2"), ("DATABASE_MIN_SIZE", "0")];
    let db = Db::open(&settings(&pool)).await.unwrap();
    let mut held = db.connection().await.unwrap();
    server.run("postgres", &close).await.unwrap();

    for _ in 0..2 {
        let waiting = db.connection();
        tokio::pin!(waiting);
        // Longer than a request waits for a database that is down.
        assert!(tokio::time::timeout(Duration::from_millis(500), &mut waiting).await.is_err());
        drop(held);
        held = waiting.await.unwrap();
    }
    let end = held.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())").await;
    assert!(end.is_err());
    // It learns what happened from its socket.
    assert!(held.batch_execute("SELECT 1").await.is_err());
    drop(held);
    let begun = Instant::now();
    let error = db.connection().await.unwrap_err();

    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!((error.status().as_u16(), error.code()), (503, "database_unavailable"));
}

#[tokio::test]
async fn a_statement_has_a_time_limit() {
    let limit = [("DATABASE_STATEMENT_TIMEOUT", "100ms")];
    let Some(db) = shelves("a_statement_has_a_time_limit", &limit).await else { return };
    let mut conn = db.connection().await.unwrap();

    let error = conn.batch_execute("SELECT pg_sleep(60)").await.unwrap_err();

    assert!(error.to_string().contains("statement timeout"), "{error}");
}

/// Errors of some kinds are told by their text only.
#[tokio::test]
async fn a_user_who_may_choose_gets_errors_in_english() {
    let Some(server) = server("a_user_who_may_choose_gets_errors_in_english").await else { return };
    let url = server.new_database().await;
    let name = url.rsplit_once('/').unwrap().1;
    // No other language is sure to be installed.
    let other = format!("ALTER DATABASE {name} SET lc_messages = 'POSIX'");
    server.run("postgres", &other).await.unwrap();
    server.run("postgres", "CREATE ROLE plain LOGIN").await.unwrap();

    for (user, expected) in [("postgres", "C"), ("plain", "POSIX")] {
        let url = url.replace("postgres@", &format!("{user}@"));
        let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap();
        let mut conn = db.connection().await.unwrap();
        let chosen = diesel::sql_query("SELECT current_setting('lc_messages') AS name");
        let Named { name } = chosen.get_result(&mut conn).await.unwrap();
        assert_eq!(name, expected);
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_handed_out() {
    // No third one, of which nobody would know when it learns what happened.
    let pool = [("DATABASE_MAX_SIZE", "2"), ("DATABASE_MIN_SIZE", "0")];
    let Some(db) = shelves("a_connection_that_the_server_closed", &pool).await else { return };
    let mut first = db.connection().await.unwrap();
    let mut second = db.connection().await.unwrap();
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    first.batch_execute(others).await.unwrap();
    // It learns what happened from its socket.
    assert!(second.batch_execute("SELECT 1").await.is_err());
    drop((first, second));

    for _ in 0..10 {
        assert_eq!(names(&db).await, ["upper", "lower"]);
    }
}

#[tokio::test]
async fn who_may_not_come_in_is_told_at_once() {
    let Some(server) = server("who_may_not_come_in_is_told_at_once").await else { return };
    let url = server.url("absent");

    let begun = Instant::now();
    let error = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap_err();

    assert!(begun.elapsed() < Duration::from_secs(10));
    let text = format!("{:?}", Error::internal(error));
    assert!(text.contains("the database `absent` at 127.0.0.1:"), "{text}");
}

/// One that takes connections and says nothing, as behind a broken balancer.
#[tokio::test]
async fn a_silent_host_leaves_time_for_the_next_one() {
    let Some(server) = server("a_silent_host_leaves_time_for_the_next_one").await else { return };
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hosts = format!("{},127.0.0.1:{}", silent.local_addr().unwrap(), server.port());
    let url = format!("postgres://postgres@{hosts}/postgres");
    let pairs = [
        ("DATABASE_URL", &*url),
        ("DATABASE_CONNECT_TIMEOUT", "2s"),
        ("DATABASE_START_TIMEOUT", "1ms"),
    ];

    let begun = Instant::now();
    let db = Db::open(&settings(&pairs)).await.unwrap();

    assert!(begun.elapsed() < Duration::from_secs(2));
    db.ping().await.unwrap();
}

#[tokio::test]
async fn a_password_may_have_any_character() {
    let Some(server) = server("a_password_may_have_any_character").await else { return };
    let password = r#"p@ss:/?#[]% '"\& äß"#;
    let sql = format!("CREATE ROLE odd LOGIN PASSWORD '{}'", password.replace('\'', "''"));
    server.run("postgres", &sql).await.unwrap();
    server
        .write_file("pg_hba.conf", "host all odd all scram-sha-256\nhost all all all trust")
        .unwrap();
    server.run("postgres", "SELECT pg_reload_conf()").await.unwrap();
    let port = server.port().to_string();
    let open = |password: &str| {
        let pairs = [
            ("FASTSERVICE_POSTGRES_HOST", "127.0.0.1"),
            ("FASTSERVICE_POSTGRES_PORT", &*port),
            ("FASTSERVICE_POSTGRES_USER", "odd"),
            ("FASTSERVICE_POSTGRES_PASSWD", password),
            ("FASTSERVICE_POSTGRES_DB", "postgres"),
        ];
        let settings = settings(&pairs);
        async move { Db::open(&settings).await }
    };

    // A server takes a moment to read its files again.
    let end = Instant::now() + Duration::from_secs(10);
    while open("wrong").await.is_ok() {
        assert!(Instant::now() < end, "a wrong password is taken");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    open(password).await.unwrap();
    let error = format!("{:?}", open("hunter2").await.unwrap_err());
    assert!(!error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_start_waits_for_a_database_that_is_down() {
    let Some(server) = fastservice::testing::PostgresServer::start("a_start_waits").await else {
        return;
    };
    let url = server.new_database().await;
    server.kill();
    let db = tokio::spawn(async move { Db::open(&settings(&[("DATABASE_URL", &url)])).await });

    server.restart().await.unwrap();

    db.await.unwrap().unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_start_does_not_wait_for_ever() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://me:hunter2@127.0.0.1:{port}/shop");
    let pairs = [("DATABASE_URL", &*url), ("DATABASE_START_TIMEOUT", "600ms")];

    let error = Db::open(&settings(&pairs)).await.unwrap_err();

    let text = format!("{:?}", Error::internal(error));
    assert!(text.contains("cannot be reached") && text.contains("Connection refused"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}
