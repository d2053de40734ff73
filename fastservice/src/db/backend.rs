//! The one backend that every query is written for, and that two databases understand.
//!
//! diesel's derive makes it for connections of its own kind, which block. Ours
//! do not, so that the derive is given [`Script`]s: they have the types of the
//! real connections, and only keep what they are told to run.

#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    clippy::expect_used,
    clippy::pedantic,
    dead_code,
    reason = "most of this module is written by diesel's derive"
)]

use std::any::Any;

use diesel::{
    ConnectionError, ConnectionResult, QueryResult,
    backend::Backend,
    connection::{
        AnsiTransactionManager, CacheSize, Connection, ConnectionSealed, Instrumentation,
        InstrumentationEvent, LoadConnection, MultiConnectionHelper, SimpleConnection,
    },
    expression::QueryMetadata,
    migration::MigrationConnection,
    pg::{Pg, PgMetadataLookup, PgTypeMetadata},
    query_builder::{Query, QueryFragment, QueryId},
    result::Error as QueryError,
    sql_types::TypeMetadata,
    sqlite::Sqlite,
};
use diesel_async::AsyncConnectionCore;

use super::{postgres, sqlite};

type SqliteScript = Script<sqlite::Queries>;
type PostgresScript = Script<postgres::Queries>;

#[derive(diesel::MultiConnection)]
pub enum Either {
    Sqlite(SqliteScript),
    Postgres(PostgresScript),
}

/// Keeps the statements that a migration runs.
pub struct Script<Of> {
    sql: String,
    transactions: AnsiTransactionManager,
    instrumentation: Silence,
    of: std::marker::PhantomData<fn() -> Of>,
}

impl<Of> Default for Script<Of> {
    fn default() -> Self {
        Self {
            sql: String::new(),
            transactions: AnsiTransactionManager::default(),
            instrumentation: Silence,
            of: std::marker::PhantomData,
        }
    }
}

impl<Of> Script<Of> {
    pub(super) fn into_sql(self) -> String {
        self.sql
    }
}

struct Silence;

impl Instrumentation for Silence {
    fn on_connection_event(&mut self, _: InstrumentationEvent<'_>) {}
}

fn only_text() -> QueryError {
    QueryError::QueryBuilderError("a migration may only run SQL text".into())
}

impl<Of> SimpleConnection for Script<Of> {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.sql.push_str(query);
        self.sql.push('\n');
        Ok(())
    }
}

impl<Of> ConnectionSealed for Script<Of> {}

impl<Of: AsyncConnectionCore + 'static> Connection for Script<Of> {
    type Backend = Of::Backend;
    type TransactionManager = AnsiTransactionManager;

    fn establish(_: &str) -> ConnectionResult<Self> {
        Err(ConnectionError::BadConnection("a script runs nowhere".to_owned()))
    }

    fn execute_returning_count<T>(&mut self, _: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Self::Backend> + QueryId,
    {
        Err(only_text())
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transactions
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut self.instrumentation
    }

    fn set_instrumentation(&mut self, _: impl Instrumentation) {}

    fn set_prepared_statement_cache_size(&mut self, _: CacheSize) {}
}

impl<Of: AsyncConnectionCore + 'static> LoadConnection for Script<Of> {
    type Cursor<'conn, 'query> = std::iter::Empty<QueryResult<Of::Row<'conn, 'query>>>;
    type Row<'conn, 'query> = Of::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, _: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Self::Backend> + QueryId + 'query,
        Self::Backend: QueryMetadata<T::SqlType>,
    {
        Err(only_text())
    }
}

impl<Of: AsyncConnectionCore + 'static> MigrationConnection for Script<Of> {
    fn setup(&mut self) -> QueryResult<usize> {
        Err(only_text())
    }
}

/// A query that two databases understand has no type of one of them only, so
/// that none is looked up.
pub(super) struct NoTypes;

impl PgMetadataLookup for NoTypes {
    fn lookup_type(&mut self, _: &str, _: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::from_result(Ok((0, 0)))
    }

    fn as_any<'a>(&mut self) -> &mut (dyn Any + 'a)
    where
        Self: 'a,
    {
        self
    }
}

impl MultiConnectionHelper for PostgresScript {
    fn to_any<'a>(lookup: &mut <Pg as TypeMetadata>::MetadataLookup) -> &mut (dyn Any + 'a) {
        lookup.as_any()
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut <Pg as TypeMetadata>::MetadataLookup> {
        lookup.downcast_mut::<NoTypes>().map(|lookup| lookup as _)
    }
}

impl MultiConnectionHelper for SqliteScript {
    fn to_any<'a>(lookup: &mut <Sqlite as TypeMetadata>::MetadataLookup) -> &mut (dyn Any + 'a) {
        lookup
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut <Sqlite as TypeMetadata>::MetadataLookup> {
        lookup.downcast_mut()
    }
}

pub(super) type Builder = <MultiBackend as Backend>::QueryBuilder;
pub(super) type Binds<'a> = <MultiBackend as Backend>::BindCollector<'a>;
