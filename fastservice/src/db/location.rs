use std::sync::Arc;

use super::{
    Migrations, OpenError, member::Member, migrations::Pending, pool::Seat, postgres, sqlite,
};
use crate::settings::DatabaseSettings;

/// Which database the settings name.
#[derive(Debug, Clone)]
pub(super) enum Location {
    Sqlite(sqlite::Place),
    Postgres(Arc<postgres::Server>),
}

impl Location {
    /// Reads the setting `DATABASE_URL`, or the separate ones of PostgreSQL.
    ///
    /// # Errors
    /// What is wrong with it. The URL itself is not repeated: it may hold a password.
    pub(super) fn of(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        if settings.is_by_parts() {
            return Ok(Self::Postgres(Arc::new(postgres::Server::from_parts(settings)?)));
        }
        let url = settings.url.expose();
        let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => Ok(Self::Sqlite(sqlite::Place::parse(rest)?)),
            "postgres" | "postgresql" => {
                Ok(Self::Postgres(Arc::new(postgres::Server::from_url(url, settings)?)))
            }
            _ => Err(OpenError::new(
                "DATABASE_URL must be `sqlite:PATH`, for example `sqlite:service.db`, or \
                 `postgres://USER:PASSWORD@HOST:PORT/NAME`",
            )),
        }
    }

    /// Opens a connection, in a seat of the pool if it is to be one of it.
    pub(super) async fn open(&self, seat: Option<Seat>) -> Result<Member, OpenError> {
        match self {
            Self::Sqlite(place) => {
                let connection = sqlite::open(place.clone()).await?;
                Ok(Member::Sqlite(sqlite::Member::new(connection, seat)))
            }
            Self::Postgres(server) => {
                server.member().await.map(|member| Member::Postgres(Box::new(member)))
            }
        }
    }

    /// Runs the migrations that are pending, or only lists them.
    pub(super) async fn migrate(
        &self,
        migrations: &Migrations,
        pending: Pending,
    ) -> Result<Vec<String>, OpenError> {
        match self {
            Self::Sqlite(place) => {
                sqlite::migrate(place.clone(), migrations.of_sqlite()?, pending).await
            }
            Self::Postgres(server) => {
                postgres::migrate(server, &*migrations.of_postgres()?, pending).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn location(pairs: &[(&str, &str)]) -> Result<Location, OpenError> {
        Location::of(&Settings::from_pairs(pairs.iter().copied()).unwrap().database)
    }

    #[test]
    fn a_wrong_url_says_what_to_write_and_is_not_repeated() {
        for url in ["a.db", "sqlite:", "sqlite://", "mysql://me:hunter2@db", "hunter2"] {
            let text = location(&[("DATABASE_URL", url)]).unwrap_err().to_string();

            assert!(text.contains("DATABASE_URL") && text.contains("`sqlite:"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn the_scheme_of_a_url_has_any_case() {
        let url = [("DATABASE_URL", "SQLite:a.db")];

        assert!(matches!(location(&url).unwrap(), Location::Sqlite(_)));
    }
}
