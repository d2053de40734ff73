use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::time::timeout;

use super::{Duration, Error, Fixture, Result, add, names, open, shelves};

/// On one thread, where diesel-async's own worker would panic.
#[tokio::test(flavor = "current_thread")]
async fn a_transaction_dropped_between_queries_is_rolled_back_and_its_connection_closed() {
    let Fixture { db, folder: _folder } = open("1").await;
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
    assert_eq!(db.0.pool.state().statistics.connections_closed_broken, 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_query_dropped_while_it_runs_leaves_no_connection_that_is_not_free() {
    let Fixture { db, folder: _folder } = open("2").await;
    let mut writer = db.connection().await.unwrap();
    let mut waiting = db.connection().await.unwrap();

    writer
        .transaction(async |conn| {
            add(conn, "attic").await?;
            // Polled once: the other connection's thread now waits for this transaction.
            let begun = waiting.transaction(async |conn| add(conn, "cellar").await).now_or_never();
            assert!(begun.is_none());
            drop(waiting);
            Ok(())
        })
        .await
        .unwrap();
    drop(writer);

    assert_eq!(db.0.pool.state().statistics.connections_closed_broken, 1);
    let mut conn = db.connection().await.unwrap();
    conn.transaction(async |conn| add(conn, "loft").await).await.unwrap();
    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower", "attic", "loft"]);
}

/// However often a client comes back: else they would fill the threads of the process.
#[tokio::test]
async fn a_dropped_query_has_a_place_in_the_pool_until_it_ends() {
    let Fixture { db, folder: _folder } = open("2").await;
    let mut writer = db.connection().await.unwrap();
    let mut waiting = db.connection().await.unwrap();

    writer
        .transaction(async |_| {
            assert!(waiting.transaction(async |_| Ok(())).now_or_never().is_none());
            drop(waiting);
            let error = db.connection().await.unwrap_err();
            assert_eq!(error.code(), "database_busy");
            db.ping().await
        })
        .await
        .unwrap();

    db.connection().await.unwrap();
}

#[tokio::test]
async fn a_connection_kept_after_a_dropped_transaction_does_nothing_more() {
    let Fixture { db, folder: _folder } = open("1").await;
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
    let Fixture { db, folder: _folder } = open("1").await;
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
    let Fixture { db, folder: _folder } = open("1").await;
    let mut conn = db.connection().await.unwrap();

    let begun = conn.transaction(async |conn| add(conn, "attic").await).now_or_never();
    assert!(begun.is_none());
    let later = conn.transaction(async |conn| add(conn, "loft").await).await;

    assert_eq!(later.unwrap_err().status(), 500);
}
