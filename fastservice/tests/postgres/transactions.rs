use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use fastservice::{
    db::Connection,
    error::{Error, Result},
};

use super::{add, boxes, names, shelves};

#[tokio::test]
async fn an_error_rolls_the_transaction_back() {
    let Some(db) = shelves("an_error_rolls_the_transaction_back", &[]).await else { return };
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
}

#[tokio::test]
async fn a_transaction_in_a_transaction_is_a_savepoint() {
    let Some(db) = shelves("a_transaction_in_a_transaction_is_a_savepoint", &[]).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();

    conn.transaction(async |conn| {
        add(conn, "attic").await?;
        // PostgreSQL refuses everything after an error, but for a savepoint.
        let inner = conn.transaction(async |conn| add(conn, "attic").await).await;
        assert!(inner.is_err());
        add(conn, "cellar").await
    })
    .await
    .unwrap();

    drop(conn);
    assert_eq!(names(&db).await, ["upper", "lower", "attic", "cellar"]);
}

/// Two who look at the same rows and write to different ones: each alone keeps the sum.
#[tokio::test]
async fn transactions_that_clash_run_again() {
    let Some(db) = shelves("transactions_that_clash_run_again", &[]).await else { return };
    let attempts = AtomicU32::new(0);
    let both_have_read = tokio::sync::Barrier::new(2);

    let lift = async |id: i64| {
        db.serializable(async |conn| {
            let is_first = attempts.fetch_add(1, Ordering::Relaxed) < 2;
            let all: Vec<i64> = boxes::table.select(boxes::weight).load(conn).await?;
            if is_first {
                both_have_read.wait().await;
            }
            let sum: i64 = all.iter().sum();
            let one = diesel::update(boxes::table.find(id));
            one.set(boxes::weight.eq(sum + 10)).execute(conn).await?;
            Ok(())
        })
        .await
    };
    let (first, second) = tokio::join!(lift(1), lift(2));

    first.unwrap();
    second.unwrap();
    assert_eq!(AtomicU32::load(&attempts, Ordering::Relaxed), 3);
    let mut conn = db.connection().await.unwrap();
    let mut weights: Vec<i64> = boxes::table.select(boxes::weight).load(&mut conn).await.unwrap();
    weights.sort_unstable();
    assert_eq!(weights, [12, 23]);
}

#[tokio::test]
async fn a_transaction_that_clashes_for_ever_answers_503() {
    let Some(db) = shelves("a_transaction_that_clashes_for_ever_answers_503", &[]).await else {
        return;
    };

    let told = db.serializable(async |conn| Ok(clash(conn).await?)).await.unwrap_err();
    let hidden: Result<()> = db
        .serializable(async |conn| {
            let _ = clash(conn).await;
            Ok(())
        })
        .await;

    for error in [told, hidden.unwrap_err()] {
        assert_eq!((error.status().as_u16(), error.code()), (503, "database_busy"));
        assert_eq!(error.headers()["retry-after"], "1");
        assert!(error.source().is_some());
    }
}

async fn clash(conn: &mut Connection) -> QueryResult<()> {
    let clash =
        "DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = 'serialization_failure'; END $$";
    conn.batch_execute(clash).await
}

#[tokio::test]
async fn work_that_hides_a_clash_runs_again() {
    let Some(db) = shelves("work_that_hides_a_clash_runs_again", &[]).await else { return };
    let attempts = AtomicU32::new(0);

    db.serializable(async |conn| {
        diesel::delete(boxes::table).execute(conn).await?;
        diesel::delete(shelves::table).execute(conn).await?;
        if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            let _ = clash(conn).await;
        }
        Ok(())
    })
    .await
    .unwrap();

    assert_eq!(attempts.into_inner(), 2);
    assert_eq!(names(&db).await, [""; 0]);
}

#[tokio::test]
async fn work_that_gets_no_second_connection_is_not_tried_again() {
    let pool = [("DATABASE_MAX_SIZE", "1"), ("DATABASE_TIMEOUT", "50ms")];
    let test = "work_that_gets_no_second_connection_is_not_tried_again";
    let Some(db) = shelves(test, &pool).await else { return };
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
async fn an_error_of_the_work_is_not_tried_again() {
    let Some(db) = shelves("an_error_of_the_work_is_not_tried_again", &[]).await else { return };
    let attempts = AtomicU32::new(0);

    let result: Result<()> = db
        .serializable(async |_| {
            attempts.fetch_add(1, Ordering::Relaxed);
            Err(Error::conflict("no"))
        })
        .await;

    assert_eq!((result.unwrap_err().code(), attempts.into_inner()), ("conflict", 1));
}

#[tokio::test]
async fn a_transaction_begun_in_plain_sql_is_not_handed_on() {
    let pool = [("DATABASE_MAX_SIZE", "1")];
    let Some(db) = shelves("a_transaction_begun_in_plain_sql_is_not_handed_on", &pool).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();
    conn.batch_execute("BEGIN; DELETE FROM shelves").await.unwrap();

    drop(conn);

    assert_eq!(names(&db).await, ["upper", "lower"]);
}

#[tokio::test]
async fn work_that_hides_a_failure_is_not_said_to_be_done() {
    let Some(db) = shelves("work_that_hides_a_failure_is_not_said_to_be_done", &[]).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();

    let result: Result<()> = conn
        .transaction(async |conn| {
            diesel::delete(shelves::table).execute(conn).await?;
            let _ = conn.batch_execute("SELECT 1 / 0").await;
            Ok(())
        })
        .await;

    assert_eq!(result.unwrap_err().status(), 500);
    assert_eq!(names(&db).await, ["upper", "lower"]);
    // The connection itself can be used on.
    conn.transaction(async |conn| {
        diesel::delete(shelves::table).execute(conn).await?;
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(names(&db).await, [""; 0]);
}

#[tokio::test]
async fn work_may_go_on_after_a_savepoint_that_failed() {
    let Some(db) = shelves("work_may_go_on_after_a_savepoint_that_failed", &[]).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();

    conn.transaction(async |conn| {
        diesel::delete(shelves::table).execute(conn).await?;
        let inner: Result<()> =
            conn.transaction(async |conn| Ok(conn.batch_execute("SELECT 1 / 0").await?)).await;
        assert!(inner.is_err());
        Ok(())
    })
    .await
    .unwrap();

    assert_eq!(names(&db).await, [""; 0]);
}

#[tokio::test]
async fn a_connection_that_was_handed_out_bare_is_not_handed_on() {
    let pool = [("DATABASE_MAX_SIZE", "1")];
    let Some(db) = shelves("a_connection_that_was_handed_out_bare", &pool).await else { return };
    let mut conn = db.connection().await.unwrap();
    let bare = conn.as_postgres().unwrap();
    bare.batch_execute("BEGIN; DELETE FROM shelves").await.unwrap();

    drop(conn);

    assert_eq!(names(&db).await, ["upper", "lower"]);
}

#[tokio::test]
async fn a_transaction_in_a_transaction_cannot_be_serializable() {
    let Some(db) = shelves("a_transaction_cannot_be_serializable_inside", &[]).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();

    let result: Result<()> =
        conn.transaction(async |conn| conn.serializable(async |_| Ok(())).await).await;

    assert_eq!(result.unwrap_err().status(), 500);
}

#[tokio::test]
async fn a_savepoint_that_hides_a_failure_does_not_end_the_transaction_around_it() {
    let test = "a_savepoint_that_hides_a_failure_does_not_end_the_transaction_around_it";
    let Some(db) = shelves(test, &[]).await else { return };
    let mut conn = db.connection().await.unwrap();

    let result: Result<()> = conn
        .transaction(async |conn| {
            let inner: Result<()> = conn
                .transaction(async |conn| {
                    let _ = conn.batch_execute("SELECT 1 / 0").await;
                    Ok(())
                })
                .await;
            assert!(inner.is_err());
            diesel::delete(shelves::table).execute(conn).await?;
            Err(Error::conflict("no"))
        })
        .await;

    assert_eq!(result.unwrap_err().code(), "conflict");
    assert_eq!(names(&db).await, ["upper", "lower"]);
}
