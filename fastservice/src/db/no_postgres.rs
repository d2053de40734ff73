//! What stands for PostgreSQL in a build without the feature `postgres`: types
//! without a value, so that everything else is written once.

#![allow(clippy::unused_async, reason = "the functions are those of the real one")]

use std::{convert::Infallible, fmt, marker::PhantomData};

use diesel::{
    QueryResult,
    pg::{Pg, PgValue},
    query_builder::{AsQuery, QueryFragment, QueryId},
    row::{Field, PartialRow, Row, RowIndex, RowSealed},
};
use diesel_async::{AsyncConnectionCore, SimpleAsyncConnection};
use diesel_migrations::EmbeddedMigrations;
use futures_util::{future::Pending, stream};

use super::{OpenError, member::Isolation, migrations};
use crate::settings::DatabaseSettings;

/// A connection to PostgreSQL, which this build has not.
#[derive(Debug)]
pub enum Queries {}

/// A row of PostgreSQL, which this build has not.
#[derive(Debug)]
pub enum NoRow {}

pub(super) type Load<'conn, 'query> =
    Pending<QueryResult<<Queries as AsyncConnectionCore>::Stream<'conn, 'query>>>;
pub(super) type Rows = <Queries as AsyncConnectionCore>::Stream<'static, 'static>;
pub(super) type Execute<'conn, 'query> = Pending<QueryResult<usize>>;

#[derive(Debug)]
pub(super) enum Server {}

pub(super) enum Member {}

fn absent() -> OpenError {
    OpenError::new(
        "this build has no PostgreSQL; add the feature `postgres` of fastservice, or set \
         DATABASE_URL to `sqlite:PATH`",
    )
}

impl Server {
    pub(super) fn from_url(_: &str, _: &DatabaseSettings) -> Result<Self, OpenError> {
        Err(absent())
    }

    pub(super) fn from_parts(_: &DatabaseSettings) -> Result<Self, OpenError> {
        Err(absent())
    }

    pub(super) async fn member(self: &std::sync::Arc<Self>) -> Result<Member, OpenError> {
        match **self {}
    }
}

impl Member {
    pub(super) fn hand_out(&mut self) -> &mut Queries {
        match *self {}
    }

    pub(super) fn take_clash(&mut self) -> bool {
        match *self {}
    }

    pub(super) fn keep_out(&mut self) {
        match *self {}
    }

    pub(super) async fn is_alive(&mut self) -> bool {
        match *self {}
    }

    pub(super) fn is_free(&mut self) -> bool {
        match *self {}
    }

    pub(super) fn load<'conn, 'query, Q>(&'conn mut self, _: Q) -> Load<'conn, 'query>
    where
        Q: AsQuery + 'query,
        Q::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        match *self {}
    }

    pub(super) fn execute<'conn, 'query, Q>(&'conn mut self, _: Q) -> Execute<'conn, 'query>
    where
        Q: QueryFragment<Pg> + QueryId + 'query,
    {
        match *self {}
    }

    pub(super) async fn batch_execute(&mut self, _: &str) -> QueryResult<()> {
        match *self {}
    }

    pub(super) async fn begin(&mut self, _: Isolation) -> QueryResult<()> {
        match *self {}
    }

    pub(super) async fn commit(&mut self) -> QueryResult<()> {
        match *self {}
    }

    pub(super) async fn roll_back(&mut self) -> QueryResult<()> {
        match *self {}
    }
}

pub(super) fn rows_of(_: &Load<'_, '_>, rows: Rows) -> Rows {
    rows
}

pub(super) async fn migrate(
    server: &Server,
    _: &EmbeddedMigrations,
    _: migrations::Pending,
) -> Result<Vec<String>, OpenError> {
    match *server {}
}

impl SimpleAsyncConnection for Queries {
    async fn batch_execute(&mut self, _: &str) -> QueryResult<()> {
        match *self {}
    }
}

impl AsyncConnectionCore for Queries {
    type LoadFuture<'conn, 'query> = Pending<QueryResult<Self::Stream<'conn, 'query>>>;
    type ExecuteFuture<'conn, 'query> = Pending<QueryResult<usize>>;
    type Stream<'conn, 'query> = stream::Pending<QueryResult<NoRow>>;
    type Row<'conn, 'query> = NoRow;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, _: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        match *self {}
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        _: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        match *self {}
    }
}

impl RowSealed for NoRow {}

impl<'row> Row<'row, Pg> for NoRow {
    type Field<'field>
        = NoField<'field>
    where
        'row: 'field,
        Self: 'field;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        match *self {}
    }

    fn get<'field, I>(&'field self, _: I) -> Option<NoField<'field>>
    where
        'row: 'field,
        Self: RowIndex<I>,
    {
        match *self {}
    }

    fn partial_row(&self, _: std::ops::Range<usize>) -> PartialRow<'_, Self> {
        match *self {}
    }
}

impl RowIndex<usize> for NoRow {
    fn idx(&self, _: usize) -> Option<usize> {
        match *self {}
    }
}

impl RowIndex<&str> for NoRow {
    fn idx(&self, _: &str) -> Option<usize> {
        match *self {}
    }
}

/// A field of such a row.
pub struct NoField<'field>(Infallible, PhantomData<&'field ()>);

impl<'field> Field<'field, Pg> for NoField<'field> {
    fn field_name(&self) -> Option<&str> {
        match self.0 {}
    }

    fn value(&self) -> Option<PgValue<'_>> {
        match self.0 {}
    }
}

impl fmt::Debug for NoField<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
