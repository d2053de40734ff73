use std::{fmt, sync::Arc};

use diesel_migrations::EmbeddedMigrations;

use super::OpenError;

/// The migrations of a service, in the SQL of each database that it runs on.
///
/// On PostgreSQL one in a transaction waits for a lock on a table for 10 seconds, because all
/// who come after it wait too; then it fails, and none is applied. One that should wait
/// longer says `SET LOCAL lock_timeout = '60s'`. There is no other time limit.
///
/// ```
/// use diesel_migrations::{EmbeddedMigrations, embed_migrations};
/// use fastservice::{db::Migrations, prelude::*};
///
/// const SQLITE: EmbeddedMigrations = embed_migrations!("tests/migrations/right");
/// const POSTGRES: EmbeddedMigrations = embed_migrations!("tests/migrations/postgres");
///
/// let app = App::new().database(Migrations::new().sqlite(SQLITE).postgres(POSTGRES));
/// ```
#[derive(Clone, Default)]
pub struct Migrations {
    sqlite: Option<Arc<EmbeddedMigrations>>,
    postgres: Option<Arc<EmbeddedMigrations>>,
}

impl Migrations {
    /// No migrations yet, so that neither database can be used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds those for SQLite.
    #[must_use]
    pub fn sqlite(mut self, migrations: EmbeddedMigrations) -> Self {
        self.sqlite = Some(Arc::new(migrations));
        self
    }

    /// Adds those for PostgreSQL.
    #[must_use]
    pub fn postgres(mut self, migrations: EmbeddedMigrations) -> Self {
        self.postgres = Some(Arc::new(migrations));
        self
    }

    pub(super) fn of_sqlite(&self) -> Result<Arc<EmbeddedMigrations>, OpenError> {
        self.sqlite.clone().ok_or_else(|| missing("SQLite", "sqlite"))
    }

    pub(super) fn of_postgres(&self) -> Result<Arc<EmbeddedMigrations>, OpenError> {
        self.postgres.clone().ok_or_else(|| missing("PostgreSQL", "postgres"))
    }
}

/// One text that both databases understand.
impl From<EmbeddedMigrations> for Migrations {
    fn from(both: EmbeddedMigrations) -> Self {
        let both = Arc::new(both);
        Self { sqlite: Some(both.clone()), postgres: Some(both) }
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Migrations")
    }
}

fn missing(name: &str, method: &str) -> OpenError {
    OpenError::new(format!(
        "the service has no migrations for {name}; add `.{method}(MIGRATIONS)` to its \
         `Migrations`, or set DATABASE_URL to another database"
    ))
}

/// What to do about migrations that are pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pending {
    /// Run them.
    Run,
    /// Only say which they are.
    List,
}
