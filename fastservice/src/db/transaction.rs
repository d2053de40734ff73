use std::{future::Future, time::Duration};

use tokio::time::Instant;

use super::{
    Connection, Db, failure,
    member::{Isolation, Member},
};
use crate::error::{Error, Result};

/// How often a transaction that clashes with others is tried, and for how long.
const ATTEMPTS: u32 = 10;
const TIME_TO_TRY: Duration = Duration::from_secs(5);
/// The first pause between two attempts; each one after may be twice as long.
const PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

impl Connection {
    /// Runs queries as one: all of them happen if `work` returns `Ok`, none if it
    /// returns an error. Inside of another transaction it is a savepoint.
    ///
    /// On SQLite it waits for other writers before `work` begins, so that what
    /// was read inside is still true when something is written. PostgreSQL lets
    /// transactions run beside each other, and each statement sees what was
    /// committed before it: use [`serializable`](Self::serializable) where that
    /// matters.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel_async::RunQueryDsl;
    /// # use fastservice::prelude::*;
    /// # diesel::table! { accounts (id) { id -> BigInt, cents -> BigInt } }
    /// #[private_api(post = "/transfers")]
    /// async fn transfer(from: i64, to: i64, cents: i64, db: Db) -> Result<()> {
    ///     let mut conn = db.connection().await?;
    ///     conn.transaction(async |conn| {
    ///         let give = diesel::update(accounts::table.find(from));
    ///         let rest: i64 = give
    ///             .set(accounts::cents.eq(accounts::cents - cents))
    ///             .returning(accounts::cents)
    ///             .get_result(conn)
    ///             .await?;
    ///         if rest < 0 {
    ///             return Err(Error::conflict("the account holds less than that"));
    ///         }
    ///         let take = diesel::update(accounts::table.find(to));
    ///         take.set(accounts::cents.eq(accounts::cents + cents)).execute(conn).await?;
    ///         Ok(())
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// # Errors
    /// The error of `work`; 503 `database_busy` when other writers take longer than 5
    /// seconds; 500 when the transaction cannot be committed, as on PostgreSQL after a
    /// statement that failed: there `work` must return its error.
    ///
    /// # Cancellation
    /// Dropping the future leaves the transaction open until the connection is dropped too,
    /// as both are when a handler is dropped. Then it is rolled back. Who keeps the
    /// connection, as with a time limit around the transaction, can do nothing more on it:
    /// it answers everything with an error, also the transaction around this one.
    pub async fn transaction<'a, T, F>(&mut self, work: F) -> Result<T>
    where
        for<'c> F: AsyncFnOnce(&'c mut Self) -> Result<T>
            + Work<&'c mut Self, Result<T>, Future: Send>
            + Send
            + 'a,
        T: Send + 'a,
    {
        let mut open = Open::new(self);
        open.begin(Isolation::Usual).await?;
        let done = work(open.connection).await;
        open.end(done).await
    }

    /// Runs queries as one and as if they were alone: what `work` read is still
    /// true when it commits. Where that clashes with another transaction, `work`
    /// runs again, so that it must do nothing else that lasts.
    ///
    /// On PostgreSQL the isolation level is `SERIALIZABLE`; SQLite has no other.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel_async::RunQueryDsl;
    /// # use fastservice::prelude::*;
    /// # diesel::table! { shifts (id) { id -> BigInt, doctor -> Text, on_call -> Bool } }
    /// /// At least one doctor stays on call, also when two leave at once.
    /// #[private_api(delete = "/shifts/{id}")]
    /// async fn leave(id: i64, db: Db) -> Result<()> {
    ///     db.serializable(async |conn| {
    ///         let on_call = shifts::table.filter(shifts::on_call.eq(true));
    ///         let count: i64 = on_call.count().get_result(conn).await?;
    ///         if count < 2 {
    ///             return Err(Error::conflict("nobody else is on call"));
    ///         }
    ///         let shift = diesel::update(shifts::table.find(id));
    ///         shift.set(shifts::on_call.eq(false)).execute(conn).await?;
    ///         Ok(())
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// # Errors
    /// The error of `work`; 503 `database_busy` when it still clashes after ten attempts;
    /// 500 inside of another transaction, whose isolation it could not change.
    ///
    /// # Cancellation
    /// As [`transaction`](Self::transaction).
    pub async fn serializable<'a, T, F>(&mut self, work: F) -> Result<T>
    where
        for<'c> F: AsyncFn(&'c mut Self) -> Result<T>
            + Repeatable<&'c mut Self, Result<T>, Future: Send>
            + Send
            + Sync
            + 'a,
        T: Send + 'a,
    {
        let end = Instant::now() + TIME_TO_TRY;
        for attempt in 1.. {
            // One of before is none of this transaction.
            self.member()?.take_clash();
            let done = {
                let mut open = Open::new(self);
                match open.begin(Isolation::Serializable).await {
                    Ok(()) => {
                        let done = work(open.connection).await;
                        open.end(done).await
                    }
                    Err(error) => Err(error),
                }
            };
            let Err(error) = done else { return done };
            // Whatever `work` made of it: it may have seen what is not so.
            if !self.member().is_ok_and(Member::take_clash) {
                return Err(error);
            }
            if attempt >= ATTEMPTS || Instant::now() >= end {
                return Err(still_clashing(error));
            }
            tokio::time::sleep(pause_after(attempt)).await;
        }
        Err(failure::busy())
    }
}

fn still_clashing(error: Error) -> Error {
    match error.into_source() {
        Some(source) => failure::busy().with_source(source),
        None => failure::busy(),
    }
}

/// A transaction between its beginning and its end. Dropped there it abandons its
/// connection, where every later one would be a savepoint of it, and lost.
struct Open<'c> {
    connection: &'c mut Connection,
    is_open: bool,
}

impl<'c> Open<'c> {
    fn new(connection: &'c mut Connection) -> Self {
        Self { connection, is_open: false }
    }

    async fn begin(&mut self, isolation: Isolation) -> Result<()> {
        let member = self.connection.member()?;
        self.is_open = true;
        let begun = member.begin(isolation).await;
        self.is_open = begun.is_ok();
        begun.map_err(|error| failure::explained(error.into()))
    }

    async fn end<T>(mut self, done: Result<T>) -> Result<T> {
        let done = match done {
            Ok(value) => {
                let committed = self.connection.member()?.commit().await;
                committed.map(|()| value).map_err(Into::into)
            }
            Err(error) => {
                // A connection that cannot roll back is closed, which rolls back too.
                if let Ok(member) = self.connection.member() {
                    let _ = member.roll_back().await;
                }
                Err(error)
            }
        };
        self.is_open = false;
        done
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.abandon();
        }
    }
}

impl Db {
    /// [`Connection::serializable`] on a connection out of the pool.
    ///
    /// # Errors
    /// Those of [`connection`](Self::connection) and of [`Connection::serializable`].
    pub async fn serializable<'a, T, F>(&self, work: F) -> Result<T>
    where
        for<'c> F: AsyncFn(&'c mut Connection) -> Result<T>
            + Repeatable<&'c mut Connection, Result<T>, Future: Send>
            + Send
            + Sync
            + 'a,
        T: Send + 'a,
    {
        self.connection().await?.serializable(work).await
    }
}

/// Those that clashed should not meet again at once.
fn pause_after(attempt: u32) -> Duration {
    let longest = (PAUSE * 2_u32.saturating_pow(attempt - 1).min(1_000)).min(LONGEST_PAUSE);
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// An async closure, with a name for its future: no bound of `AsyncFnOnce` can
/// ask yet that the future is `Send`. Every such closure has it.
pub trait Work<A, T>: AsyncFnOnce(A) -> T + FnOnce(A) -> <Self as Work<A, T>>::Future {
    /// What the closure returns.
    type Future: Future<Output = T>;
}

impl<F, A, T, R> Work<A, T> for F
where
    F: AsyncFnOnce(A) -> T + FnOnce(A) -> R,
    R: Future<Output = T>,
{
    type Future = R;
}

/// As [`Work`], for a closure that may be called again: it takes nothing of
/// what it has captured out of itself.
pub trait Repeatable<A, T>: AsyncFn(A) -> T + Fn(A) -> <Self as Repeatable<A, T>>::Future {
    /// What the closure returns.
    type Future: Future<Output = T>;
}

impl<F, A, T, R> Repeatable<A, T> for F
where
    F: AsyncFn(A) -> T + Fn(A) -> R,
    R: Future<Output = T>,
{
    type Future = R;
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        assert!(pause_after(1) <= PAUSE && pause_after(1) >= PAUSE / 2);
        assert!(pause_after(9) <= LONGEST_PAUSE && pause_after(9) >= LONGEST_PAUSE / 2);
    }
}
