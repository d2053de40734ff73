use super::{App, preparation::Pending};
use crate::{
    db::{Db, Migrations, OpenError, failure},
    openapi::StateType,
    settings::DatabaseSettings,
};

impl App {
    /// Opens the database of the settings, runs the migrations that are pending, and
    /// gives it to every [`Db`] argument. A failure stops the start.
    ///
    /// It takes one set of migrations whose SQL both databases understand, or
    /// [`Migrations`] with one for each.
    ///
    /// ```
    /// use fastservice::{db::EmbeddedMigrations, prelude::*};
    ///
    /// // Without a path it is the folder `migrations` beside Cargo.toml.
    /// const MIGRATIONS: EmbeddedMigrations = diesel_migrations::embed_migrations!("tests/migrations/right");
    ///
    /// let app = App::new().database(MIGRATIONS);
    /// ```
    #[must_use]
    pub fn database(mut self, migrations: impl Into<Migrations>) -> Self {
        let migrations = migrations.into();
        let for_command = migrations.clone();
        self.states.push(StateType::of::<Db>());
        self.checks.push(|settings| Db::check(&settings.database).map_err(|e| e.to_string()));
        self.classifiers.push(failure::explained);
        self.preparations.push(Box::new(|settings, environment| {
            Box::pin(async move {
                environment.set_state(open(&settings.database, migrations).await?);
                Ok(())
            })
        }));
        self.migrations.push(Box::new(|settings, pending| {
            Box::pin(async move {
                let settings = &settings.database;
                match pending {
                    Pending::Run => Ok(Db::open(settings).await?.migrate(for_command).await?),
                    Pending::List => Ok(Db::pending_in(settings, for_command).await?),
                }
            })
        }));
        self.readiness_check("database", async |db: Db| db.ping().await)
    }
}

async fn open(settings: &DatabaseSettings, migrations: Migrations) -> Result<Db, OpenError> {
    let db = Db::open(settings).await?;
    if settings.migrate {
        db.migrate(migrations).await?;
        return Ok(db);
    }
    let pending = db.pending(migrations).await?;
    if pending.is_empty() { Ok(db) } else { Err(OpenError::pending(&pending)) }
}
