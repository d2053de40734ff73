use super::App;
use crate::{
    db::{Db, EmbeddedMigrations},
    openapi::StateType,
};

impl App {
    /// Opens the database of the setting `DATABASE_URL`, runs the migrations that are
    /// pending, and gives it to every [`Db`] argument. A failure stops the start.
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
    pub fn database(mut self, migrations: EmbeddedMigrations) -> Self {
        self.states.push(StateType::of::<Db>());
        self.checks.push(|settings| Db::check(&settings.database).map_err(|e| e.to_string()));
        self.preparations.push(Box::new(|settings, environment| {
            Box::pin(async move {
                let db = Db::open(&settings.database).await?;
                db.migrate(migrations).await?;
                environment.set_state(db);
                Ok(())
            })
        }));
        self.readiness_check("database", async |db: Db| db.connection().await.map(drop))
    }
}
