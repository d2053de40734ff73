use std::{collections::BTreeSet, time::Duration};

use diesel::{
    QueryResult, QueryableByName,
    migration::{Migration, MigrationSource},
    pg::Pg,
    sql_types::{Bool, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::EmbeddedMigrations;

use super::{Queries, Server};
use crate::{
    db::{OpenError, backend::Script, migrations::Pending},
    error::BoxError,
};

/// `fastserv` as a number, so that other advisory locks are others.
const LOCK: i64 = 0x6661_7374_7365_7276;
const LOCK_INTERVAL: Duration = Duration::from_millis(100);
/// Somebody else's migrations may take long.
const LOCK_TIMEOUT: Duration = Duration::from_secs(600);

/// All who come after a statement that waits for a lock on a table wait too, so that it waits
/// for 10 seconds only. Outside of a transaction it is rather an index that is made
/// `CONCURRENTLY`, which makes nobody wait and would be left half made.
const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = '10s'";

/// The table of diesel's command line, which may go on with the same database.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (\
                     version VARCHAR(50) PRIMARY KEY NOT NULL, \
                     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";

/// A migration, as text.
struct Step {
    version: String,
    name: String,
    sql: String,
    in_transaction: bool,
}

impl Step {
    fn of(migration: &dyn Migration<Pg>) -> Result<Self, BoxError> {
        let mut script = Script::<Queries>::default();
        migration.run(&mut script)?;
        Ok(Self {
            version: migration.name().version().to_string(),
            name: migration.name().to_string(),
            sql: script.into_sql(),
            in_transaction: migration.metadata().run_in_transaction(),
        })
    }
}

fn steps(migrations: &EmbeddedMigrations) -> Result<Vec<Step>, BoxError> {
    let migrations = MigrationSource::<Pg>::migrations(migrations)?;
    let steps: Result<Vec<_>, _> =
        migrations.iter().map(|migration| Step::of(&**migration)).collect();
    let mut steps = steps?;
    steps.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(steps)
}

/// The names of those that are pending, after they were run if that is asked
/// for. They run on a connection of their own, which has no time limit.
pub(in crate::db) async fn run(
    server: &Server,
    migrations: &EmbeddedMigrations,
    pending: Pending,
) -> Result<Vec<String>, OpenError> {
    let steps = steps(migrations).map_err(not_migrated)?;
    let mut queries = server.connect_to_migrate().await?;
    let pending = match pending {
        Pending::List => list(&mut queries, steps).await,
        Pending::Run => run_locked(&mut queries, steps).await,
    };
    let pending = pending.map_err(not_migrated)?;
    Ok(pending.into_iter().map(|step| step.name).collect())
}

fn not_migrated(source: BoxError) -> OpenError {
    OpenError::new("the database cannot be migrated").with_source(source)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

async fn list(queries: &mut Queries, steps: Vec<Step>) -> Result<Vec<Step>, BoxError> {
    let sql = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS yes";
    let table: Answer = diesel::sql_query(sql).get_result(queries).await?;
    if table.yes { without_run(queries, steps).await } else { Ok(steps) }
}

/// By one process at a time. The lock ends with the connection, and so with the process.
async fn run_locked(queries: &mut Queries, steps: Vec<Step>) -> Result<Vec<Step>, BoxError> {
    tokio::time::timeout(LOCK_TIMEOUT, lock(queries)).await.map_err(|_| {
        OpenError::new("another process has been migrating the database for ten minutes")
    })??;
    queries.batch_execute(TABLE).await?;
    let pending = without_run(queries, steps).await?;
    run_in_order(queries, &pending).await?;
    Ok(pending)
}

/// Asks again and again instead of waiting inside of a statement: an index that is
/// made `CONCURRENTLY` waits for every statement that runs.
async fn lock(queries: &mut Queries) -> Result<(), BoxError> {
    let sql = format!("SELECT pg_try_advisory_lock({LOCK}) AS yes");
    loop {
        let locked: Answer = diesel::sql_query(&sql).get_result(queries).await?;
        if locked.yes {
            return Ok(());
        }
        tokio::time::sleep(LOCK_INTERVAL).await;
    }
}

async fn without_run(queries: &mut Queries, steps: Vec<Step>) -> Result<Vec<Step>, BoxError> {
    let sql = "SELECT version FROM __diesel_schema_migrations";
    let run: Vec<Version> = diesel::sql_query(sql).load(queries).await?;
    let run: BTreeSet<_> = run.into_iter().map(|Version { version }| version).collect();
    Ok(steps.into_iter().filter(|step| !run.contains(&step.version)).collect())
}

/// All or none, as far as the migrations let it: one that asks for no
/// transaction, as an index made `CONCURRENTLY` does, ends the one before.
async fn run_in_order(queries: &mut Queries, steps: &[Step]) -> Result<(), BoxError> {
    let mut is_open = false;
    for step in steps {
        if is_open != step.in_transaction {
            queries.batch_execute(if step.in_transaction { BEGIN } else { "COMMIT" }).await?;
            is_open = step.in_transaction;
        }
        run_one(queries, step).await.map_err(|source| {
            OpenError::new(format!("the migration {} failed", step.name)).with_source(source)
        })?;
    }
    if is_open {
        queries.batch_execute("COMMIT").await?;
    }
    Ok(())
}

async fn run_one(queries: &mut Queries, step: &Step) -> QueryResult<()> {
    queries.batch_execute(&step.sql).await?;
    diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ($1)")
        .bind::<Text, _>(&step.version)
        .execute(queries)
        .await?;
    Ok(())
}
