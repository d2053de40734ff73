//! What a query answers, from either database.

use std::{
    fmt,
    future::Future,
    ops::Range,
    pin::Pin,
    task::{Context, Poll},
};

use diesel::{
    QueryResult,
    row::{PartialRow, Row as RowOf, RowIndex, RowSealed},
};
use diesel_async::AsyncConnectionCore;
use futures_util::Stream;

use super::{
    backend::{MultiBackend, MultiField, MultiRow},
    postgres, sqlite,
};

type SqliteRows = <sqlite::Queries as AsyncConnectionCore>::Stream<'static, 'static>;

/// A query that returns rows.
pub enum Load<'conn, 'query> {
    #[doc(hidden)]
    Sqlite(<sqlite::Queries as AsyncConnectionCore>::LoadFuture<'conn, 'query>),
    #[doc(hidden)]
    Postgres(postgres::Load<'conn, 'query>),
}

impl Future for Load<'_, '_> {
    type Output = QueryResult<Rows>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<QueryResult<Rows>> {
        match self.get_mut() {
            Self::Sqlite(rows) => Pin::new(rows).poll(context).map_ok(Rows::Sqlite),
            Self::Postgres(load) => {
                let polled = Pin::new(&mut *load).poll(context);
                polled.map_ok(|rows| Rows::Postgres(postgres::rows_of(load, rows)))
            }
        }
    }
}

/// The rows that a query returns.
pub enum Rows {
    #[doc(hidden)]
    Sqlite(SqliteRows),
    #[doc(hidden)]
    Postgres(postgres::Rows),
}

impl Stream for Rows {
    type Item = QueryResult<Row>;

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<QueryResult<Row>>> {
        match self.get_mut() {
            Self::Sqlite(rows) => {
                Pin::new(rows).poll_next(context).map_ok(|row| Row(MultiRow::Sqlite(row)))
            }
            Self::Postgres(rows) => {
                Pin::new(rows).poll_next(context).map_ok(|row| Row(MultiRow::Postgres(row)))
            }
        }
    }
}

/// A row that a query returns. It borrows nothing.
pub struct Row(MultiRow<'static, 'static>);

impl RowSealed for Row {}

impl<'row> RowOf<'row, MultiBackend> for Row {
    type Field<'field>
        = MultiField<'field, 'field>
    where
        'row: 'field,
        Self: 'field;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.0.field_count()
    }

    fn get<'field, I>(&'field self, index: I) -> Option<MultiField<'field, 'field>>
    where
        'row: 'field,
        Self: RowIndex<I>,
    {
        self.0.get(self.idx(index)?)
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for Row {
    fn idx(&self, index: usize) -> Option<usize> {
        self.0.idx(index)
    }
}

impl RowIndex<&str> for Row {
    fn idx(&self, name: &str) -> Option<usize> {
        self.0.idx(name)
    }
}

impl fmt::Debug for Load<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Load")
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Row")
    }
}
