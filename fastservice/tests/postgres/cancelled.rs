use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use fastservice::{Error, Result};
use futures_util::FutureExt;
use tokio::time::timeout;

use super::{add, names, shelves};

const ONE: &[(&str, &str)] = &[("DATABASE_MAX_SIZE", "1")];

/// On one thread, as a runtime of each core has.
#[tokio::test(flavor = "current_thread")]
async fn a_transaction_dropped_between_queries_is_rolled_back_and_its_connection_closed() {
    let Some(db) = shelves("a_transaction_dropped_between_queries", ONE).await else { return };
    let (reached, wait) = tokio::sync::oneshot::channel();
    let handler = tokio::spawn({
        let db = db.clone();
        async move {
            let mut conn = db.connection().await?;
            conn.transaction(async |conn| {
                add(conn, "attic").await?;
                let _ = reached.send(());
                std::future::pending::<()>().await;
                Ok(())
            })
            .await
        }
    });
    wait.await.unwrap();

    handler.abort();
    assert!(handler.await.unwrap_err().is_cancelled());

    assert_eq!(names(&db).await, ["upper", "lower"]);
}

#[tokio::test]
async fn a_transaction_dropped_while_it_begins_is_not_handed_on() {
    let Some(db) = shelves("a_transaction_dropped_while_it_begins", ONE).await else { return };
    let mut conn = db.connection().await.unwrap();

    let begun = conn.transaction(async |conn| add(conn, "attic").await).now_or_never();
    assert!(begun.is_none());
    drop(conn);

    let mut conn = db.connection().await.unwrap();
    conn.transaction(async |conn| add(conn, "loft").await).await.unwrap();
    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower", "loft"]);
}

#[tokio::test]
async fn a_query_that_nobody_waits_for_is_stopped_on_the_server() {
    let Some(db) = shelves("a_query_that_nobody_waits_for_is_stopped", &[]).await else { return };
    let mut conn = db.connection().await.unwrap();
    let sleep = conn.batch_execute("SELECT pg_sleep(60)");
    assert!(timeout(Duration::from_millis(200), sleep).await.is_err());
    drop(conn);

    let begun = Instant::now();
    let mut conn = db.connection().await.unwrap();
    let running = diesel::sql_query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'",
    );
    while running.clone().execute(&mut conn).await.unwrap() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "the query still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_connection_kept_after_a_dropped_transaction_does_nothing_more() {
    let Some(db) = shelves("a_connection_kept_after_a_dropped", ONE).await else { return };
    let mut conn = db.connection().await.unwrap();

    let endless = conn.transaction(async |conn| {
        add(conn, "attic").await?;
        std::future::pending::<Result<()>>().await
    });
    assert!(timeout(Duration::from_millis(100), endless).await.is_err());
    let later = conn.transaction(async |conn| add(conn, "loft").await).await;
    let counted = shelves::table.count().get_result::<i64>(&mut conn).await;
    let added = add(&mut conn, "cellar").await;
    let batch = conn.batch_execute("SELECT 1").await;

    for error in
        [later.err(), counted.err().map(Error::from), added.err(), batch.err().map(Error::from)]
    {
        let error = error.unwrap();
        assert_eq!(error.status(), 500);
        assert!(
            error.source().unwrap().to_string().contains("take another connection"),
            "{error:?}"
        );
    }
    assert!(conn.as_sqlite().is_none() && conn.as_postgres().is_none());
    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower"]);
}

#[tokio::test]
async fn a_transaction_around_a_dropped_one_is_not_said_to_be_done() {
    let Some(db) = shelves("a_transaction_around_a_dropped_one", ONE).await else { return };
    let mut conn = db.connection().await.unwrap();

    let outer = conn.transaction(async |conn| {
        add(conn, "attic").await?;
        let inner = conn.transaction(async |_| std::future::pending::<Result<()>>().await);
        assert!(timeout(Duration::from_millis(100), inner).await.is_err());
        Ok(())
    });

    assert_eq!(outer.await.unwrap_err().status(), 500);
    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower"]);
}

/// Nobody can tell whether it has begun.
#[tokio::test]
async fn a_connection_kept_after_a_transaction_dropped_while_it_began_does_nothing_more() {
    let Some(db) = shelves("a_connection_kept_after_a_transaction_dropped", ONE).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();

    let begun = conn.transaction(async |conn| add(conn, "attic").await).now_or_never();
    assert!(begun.is_none());
    let later = conn.transaction(async |conn| add(conn, "loft").await).await;

    assert_eq!(later.unwrap_err().status(), 500);
}
