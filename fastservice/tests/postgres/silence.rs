//! A server that is there and says nothing more, as one that is stopped or whose disk hangs.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use diesel::{
    QueryableByName,
    sql_types::{Integer, Text},
};
use diesel_async::RunQueryDsl;
use fastservice::{
    db::{Connection, Db},
    prelude::*,
    testing::TestClient,
};
use futures_util::TryStreamExt;

use super::{SHELVES, add, names, server, shelves};

/// The time limit of a statement and what an answer may take beyond.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LIMIT: (&str, &str) = ("DATABASE_STATEMENT_TIMEOUT", "100ms");

/// The process that serves a connection, stopped as long as this lives.
struct Stopped(i32);

impl Stopped {
    async fn server_of(conn: &mut Connection) -> Result<Self> {
        #[derive(QueryableByName)]
        struct Process {
            #[diesel(sql_type = Integer)]
            id: i32,
        }
        let query = diesel::sql_query("SELECT pg_backend_pid() AS id");
        let Process { id } = query.get_result(conn).await?;
        signal("-STOP", id);
        Ok(Self(id))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", self.0);
    }
}

fn signal(name: &str, process: i32) {
    let done = Command::new("kill").args([name, &process.to_string()]).status();
    assert!(done.unwrap().success());
}

/// Its transaction is not waited for twice: there is no answer to ROLLBACK either.
#[public_api(get = "/silence")]
async fn silence(db: Db) -> Result<()> {
    let mut conn = db.connection().await?;
    let mut stopped = None;
    conn.transaction(async |conn| {
        stopped = Some(Stopped::server_of(conn).await?);
        add(conn, "attic").await
    })
    .await
}

#[tokio::test]
async fn a_server_that_says_nothing_more_is_not_waited_for() {
    let Some(server) = server("a_server_that_says_nothing_more").await else { return };
    let url = server.new_database().await;
    let app = App::new().only_routes_in(module_path!()).database(SHELVES);
    let pairs = [("DATABASE_URL", &*url), ("DATABASE_MAX_SIZE", "1"), LIMIT];
    let client = TestClient::with_settings(app, pairs).await;

    let begun = Instant::now();
    let answer = client.get("/silence").await;

    assert!(begun.elapsed() < LONGEST_WAIT, "answered after {:?}", begun.elapsed());
    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (503, "database_unavailable"));
    assert_eq!(client.get("/ready").await.status(), 200);
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[tokio::test]
async fn a_server_that_falls_silent_among_the_rows_is_not_waited_for() {
    let pairs = [("DATABASE_MAX_SIZE", "1"), LIMIT];
    let Some(db) = shelves("a_server_that_falls_silent_among_the_rows", &pairs).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();
    let stopped = Stopped::server_of(&mut conn).await.unwrap();
    signal("-CONT", stopped.0);
    diesel::sql_query("SET statement_timeout = 0").execute(&mut conn).await.unwrap();
    // More than fits into the buffers on the way.
    let many =
        diesel::sql_query("SELECT repeat('x', 10000) AS name FROM generate_series(1, 10000)");

    let mut rows = many.load_stream::<Named>(&mut conn).await.unwrap();
    assert_eq!(rows.try_next().await.unwrap().unwrap().name.len(), 10_000);
    signal("-STOP", stopped.0);
    let begun = Instant::now();
    let rest = rows.try_for_each(async |_| Ok(())).await;

    assert!(begun.elapsed() < LONGEST_WAIT, "ended after {:?}", begun.elapsed());
    assert!(rest.unwrap_err().to_string().contains("DATABASE_STATEMENT_TIMEOUT"));
    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower"]);
}
