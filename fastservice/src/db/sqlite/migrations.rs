use std::sync::Arc;

use diesel::{
    SqliteConnection,
    connection::SimpleConnection,
    migration::{Migration, MigrationSource, Result as MigrationResult},
    prelude::*,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::Place;
use crate::{
    db::{OpenError, migrations::Pending},
    error::BoxError,
};

/// The names of those that are pending, after they were run if that is asked
/// for. They run on a connection of their own.
pub(in crate::db) async fn run(
    place: Place,
    migrations: Arc<EmbeddedMigrations>,
    pending: Pending,
) -> Result<Vec<String>, OpenError> {
    let migrations = Shared(migrations);
    super::blocking(move || {
        let names = match pending {
            Pending::List => {
                let mut connection = super::connect_to_read(&place)?;
                list(connection.as_mut(), migrations)
            }
            Pending::Run => {
                let mut connection = super::connect(&place)?;
                prepare(&mut connection)
                    .map_err(BoxError::from)
                    .and_then(|()| run_pending(&mut connection, migrations))
            }
        };
        names
            .map_err(|source| OpenError::new("the database cannot be migrated").with_source(source))
    })
    .await
}

struct Shared(Arc<EmbeddedMigrations>);

impl MigrationSource<Sqlite> for Shared {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Sqlite>>>> {
        self.0.migrations()
    }
}

/// All of them without a database, or without the table of those that were run.
fn list(
    connection: Option<&mut SqliteConnection>,
    migrations: Shared,
) -> Result<Vec<String>, BoxError> {
    use self::sqlite_schema::dsl::{name, sqlite_schema};
    let names = |pending: Vec<Box<dyn Migration<Sqlite>>>| {
        pending.iter().map(|migration| migration.name().to_string()).collect()
    };
    if let Some(connection) = connection {
        let table = sqlite_schema.filter(name.eq("__diesel_schema_migrations"));
        if table.count().get_result::<i64>(connection)? > 0 {
            return Ok(names(connection.pending_migrations(migrations)?));
        }
    }
    let mut all = migrations.migrations()?;
    all.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    Ok(names(all))
}

diesel::table! {
    /// The tables, among others.
    sqlite_schema (name) {
        name -> Text,
    }
}

/// A migration that makes a table anew drops the old one, which would delete
/// every row that points there: keys are checked at the end instead. And it may
/// take long, while other processes wait for it.
fn prepare(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 600000")
}

/// All or none, by one process at a time: the transaction is the lock.
fn run_pending(
    connection: &mut SqliteConnection,
    migrations: Shared,
) -> Result<Vec<String>, BoxError> {
    connection.immediate_transaction(|connection| {
        let pending = connection.pending_migrations(migrations)?;
        for migration in &pending {
            run_one(connection, &**migration)?;
        }
        if !pending.is_empty() {
            check_keys(connection)?;
        }
        Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
    })
}

fn run_one(
    connection: &mut SqliteConnection,
    migration: &dyn Migration<Sqlite>,
) -> Result<(), OpenError> {
    let name = migration.name();
    if !migration.metadata().run_in_transaction() {
        return Err(OpenError::new(format!(
            "the migration {name} asks for no transaction, but SQLite's run in one; remove \
             `run_in_transaction` from its metadata.toml"
        )));
    }
    connection.run_migration(migration).map(drop).map_err(|source| {
        OpenError::new(format!("the migration {name} failed")).with_source(source)
    })
}

diesel::table! {
    /// A row for each one that points to a missing row.
    pragma_foreign_key_check (rowid) {
        rowid -> BigInt,
        #[sql_name = "table"]
        table_name -> Text,
        #[sql_name = "parent"]
        points_to -> Text,
    }
}

fn check_keys(connection: &mut SqliteConnection) -> Result<(), BoxError> {
    use self::pragma_foreign_key_check::dsl::{points_to, pragma_foreign_key_check, table_name};
    let broken = pragma_foreign_key_check.select((table_name, points_to));
    let broken: Option<(String, String)> = broken.first(connection).optional()?;
    match broken {
        None => Ok(()),
        Some((table, parent)) => Err(Box::new(OpenError::new(format!(
            "a row of `{table}` would point to a row of `{parent}` that is missing"
        )))),
    }
}
