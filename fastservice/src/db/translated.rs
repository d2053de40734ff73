use diesel::{
    QueryResult,
    backend::Backend,
    internal::derives::multiconnection::AstPassHelper,
    pg::{Pg, PgQueryBuilder},
    query_builder::{
        AstPass, Query, QueryBuilder, QueryFragment, QueryId, bind_collector::RawBytesBindCollector,
    },
    result::Error as QueryError,
    sql_types::Untyped,
    sqlite::{Sqlite, SqliteQueryBuilder},
};

use super::{
    backend::{Binds, Builder, MultiBackend, NoTypes},
    failure::NulInText,
};

/// PostgreSQL's number of the type `text`.
const TEXT: u32 = 25;

/// A query for both databases, as one of them takes it.
pub(super) struct Translated<Q> {
    query: Q,
    backend: MultiBackend,
}

impl<Q> Translated<Q> {
    pub(super) fn for_sqlite(query: Q) -> Self {
        Self { query, backend: MultiBackend::Sqlite(Sqlite) }
    }

    pub(super) fn for_postgres(query: Q) -> Self {
        Self { query, backend: MultiBackend::Postgres(Pg) }
    }
}

impl<Q: QueryFragment<MultiBackend>> Translated<Q> {
    fn sql(&self, mut builder: Builder) -> QueryResult<String> {
        self.query.to_sql(&mut builder, &self.backend)?;
        Ok(builder.finish())
    }
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<Sqlite> for Translated<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql(&self.sql(Builder::Sqlite(SqliteQueryBuilder::default()))?);
        if !self.query.is_safe_to_cache_prepared(&self.backend)? {
            pass.unsafe_to_cache_prepared();
        }
        if let Some((outer, lookup)) = pass.bind_collector() {
            let mut binds = Binds::Sqlite(<Sqlite as Backend>::BindCollector::default());
            self.query.collect_binds(&mut binds, lookup, &self.backend)?;
            if let Binds::Sqlite(binds) = binds {
                *outer = binds;
            }
        }
        if let Some((formatter, _)) = pass.debug_binds() {
            let pass = AstPass::<MultiBackend>::collect_debug_binds_pass(formatter, &self.backend);
            self.query.walk_ast(pass)?;
        }
        Ok(())
    }
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<Pg> for Translated<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql(&self.sql(Builder::Postgres(PgQueryBuilder::default()))?);
        if !self.query.is_safe_to_cache_prepared(&self.backend)? {
            pass.unsafe_to_cache_prepared();
        }
        if let Some((outer, _)) = pass.bind_collector() {
            let mut binds = Binds::Postgres(RawBytesBindCollector::default());
            self.query.collect_binds(&mut binds, &mut NoTypes, &self.backend)?;
            if let Binds::Postgres(binds) = binds {
                check_texts(&binds)?;
                *outer = binds;
            }
        }
        if let Some((formatter, _)) = pass.debug_binds() {
            let pass = AstPass::<MultiBackend>::collect_debug_binds_pass(formatter, &self.backend);
            self.query.walk_ast(pass)?;
        }
        Ok(())
    }
}

/// PostgreSQL would say so too, in any language, and end the transaction.
fn check_texts(binds: &RawBytesBindCollector<Pg>) -> QueryResult<()> {
    for (kind, bytes) in binds.metadata.iter().zip(&binds.binds) {
        let has_nul = bytes.as_ref().is_some_and(|bytes| bytes.contains(&0));
        if has_nul && kind.oid().is_ok_and(|oid| oid == TEXT) {
            return Err(QueryError::SerializationError(Box::new(NulInText)));
        }
    }
    Ok(())
}

impl<Q: QueryId> QueryId for Translated<Q> {
    type QueryId = Q::QueryId;

    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q> Query for Translated<Q> {
    type SqlType = Untyped;
}
