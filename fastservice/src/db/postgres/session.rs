//! What a new connection is set to.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use diesel::{QueryResult, QueryableByName, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::Queries;

/// Who may set it gets English: diesel tells some errors by their text only.
const ENGLISH: &str = "SELECT set_config('lc_messages', 'C', false) \
                       WHERE current_setting('is_superuser') = 'on'";

/// What each connection of the pool is set to.
pub(super) struct Session {
    limits: String,
    is_language_checked: AtomicBool,
}

impl Session {
    pub(super) fn new(statement_timeout: Duration) -> Self {
        // PostgreSQL counts no further.
        let milliseconds = statement_timeout.as_millis().min(i32::MAX as u128);
        // A transaction that waits for its client holds its locks.
        let limits = format!(
            "SET statement_timeout = {milliseconds}; \
             SET idle_in_transaction_session_timeout = {milliseconds}; {ENGLISH}"
        );
        Self { limits, is_language_checked: AtomicBool::new(false) }
    }

    pub(super) async fn set_up(&self, queries: &mut Queries) -> QueryResult<()> {
        queries.batch_execute(&self.limits).await?;
        if !self.is_language_checked.swap(true, Ordering::Relaxed) {
            check_language(queries).await?;
        }
        Ok(())
    }
}

/// A migration may take long, whatever the user's or the database's own limits.
pub(super) async fn set_up_to_migrate(queries: &mut Queries) -> QueryResult<()> {
    let limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
    queries.batch_execute(&limits.map(|limit| format!("SET {limit} = 0;")).concat()).await
}

#[derive(QueryableByName)]
struct Language {
    #[diesel(sql_type = Text)]
    lc_messages: String,
}

async fn check_language(queries: &mut Queries) -> QueryResult<()> {
    let query = diesel::sql_query("SHOW lc_messages");
    let Language { lc_messages } = query.get_result(queries).await?;
    if !is_english(&lc_messages) {
        tracing::warn!(
            lc_messages,
            "the database writes errors in another language, so that those of time limits and \
             deadlocks are answered by 500; run `ALTER ROLE .. SET lc_messages = 'C'` for the \
             user of the service"
        );
    }
    Ok(())
}

/// Without a name it is the one of the server's environment, which is not known.
fn is_english(locale: &str) -> bool {
    let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
    ["", "C", "POSIX", "en", "English"].contains(&language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_has_many_names() {
        for locale in ["", "C", "C.UTF-8", "POSIX", "en_GB.utf8", "English_United States.1252"] {
            assert!(is_english(locale), "{locale}");
        }
        for locale in ["de_DE.UTF-8", "fr_FR", "German_Germany.1252"] {
            assert!(!is_english(locale), "{locale}");
        }
    }
}
