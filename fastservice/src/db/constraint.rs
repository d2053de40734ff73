use diesel::result::{DatabaseErrorKind as Kind, Error as QueryError};

use super::failure;
use crate::error::{Error, Result};

/// A rule of the database that a statement broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    kind: ConstraintKind,
    name: String,
}

/// Of which kind a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// `UNIQUE` or `PRIMARY KEY`: another row has the same values.
    Unique,
    /// `REFERENCES`: a row points to one that is missing, or to the one that was to go.
    ForeignKey,
    /// `CHECK`: a value is not one that the column takes.
    Check,
    /// `NOT NULL`: a value is missing.
    NotNull,
}

impl Constraint {
    /// Of which kind it is.
    #[must_use]
    pub fn kind(&self) -> ConstraintKind {
        self.kind
    }

    /// Which one it is: on PostgreSQL its name, such as `items_owner_name_key`, or the column
    /// of `NOT NULL`; on SQLite its columns, such as `items.owner, items.name`, the name of a
    /// `CHECK`, and nothing for a foreign key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rule that an error tells of, if it is one of the database that became a 500.
    fn of(error: &Error) -> Option<Self> {
        let QueryError::DatabaseError(kind, info) = failure::cause(error)? else { return None };
        let kind = match kind {
            Kind::UniqueViolation => ConstraintKind::Unique,
            Kind::ForeignKeyViolation => ConstraintKind::ForeignKey,
            Kind::CheckViolation => ConstraintKind::Check,
            Kind::NotNullViolation => ConstraintKind::NotNull,
            _ => return None,
        };
        let name = info.constraint_name().or_else(|| info.column_name());
        // SQLite writes it into the text, as in `UNIQUE constraint failed: items.name`.
        let name = name.or_else(|| info.message().split_once(": ").map(|(_, name)| name));
        Some(Self { kind, name: name.unwrap_or_default().to_owned() })
    }

    fn usual_error(&self) -> Error {
        match self.kind {
            ConstraintKind::Unique => Error::conflict("there is one with these values already")
                .with_code("already_exists"),
            ConstraintKind::ForeignKey => {
                Error::unprocessable("it refers to something that is not there, or is referred to")
                    .with_code("missing_reference")
            }
            ConstraintKind::Check | ConstraintKind::NotNull => {
                Error::unprocessable("a value is not one that is kept").with_code("check_failed")
            }
        }
    }
}

/// Answers for rules of the database that a request breaks. Without, each is a 500.
///
/// ```
/// # use diesel::prelude::*;
/// # use diesel_async::RunQueryDsl;
/// # use fastservice::prelude::*;
/// # diesel::table! { items (id) { id -> BigInt, name -> Text, shelf_id -> BigInt } }
/// #[private_api(post = "/items")]
/// async fn add_item(name: String, shelf: i64, db: Db) -> Result<()> {
///     let mut conn = db.connection().await?;
///     diesel::insert_into(items::table)
///         .values((items::name.eq(name), items::shelf_id.eq(shelf)))
///         .execute(&mut conn)
///         .await
///         .on_unique(|| Error::conflict("this name is taken").with_code("name_taken"))
///         .on_foreign_key(|| Error::unprocessable("there is no such shelf"))?;
///     Ok(())
/// }
/// ```
pub trait ConstraintExt<T>: Sized {
    /// Answers with what `answer` makes of the rule, if it makes something.
    ///
    /// # Errors
    /// That answer, or the error as it was.
    fn on_constraint(self, answer: impl FnOnce(&Constraint) -> Option<Error>) -> Result<T>;

    /// Answers for a row that there is already, usually with 409.
    ///
    /// # Errors
    /// That answer, or the error as it was.
    fn on_unique(self, answer: impl FnOnce() -> Error) -> Result<T> {
        self.on_constraint(|broken| (broken.kind == ConstraintKind::Unique).then(answer))
    }

    /// Answers for a row that points to one that is missing, usually with 422, or
    /// that is pointed to, usually with 409.
    ///
    /// # Errors
    /// That answer, or the error as it was.
    fn on_foreign_key(self, answer: impl FnOnce() -> Error) -> Result<T> {
        self.on_constraint(|broken| (broken.kind == ConstraintKind::ForeignKey).then(answer))
    }

    /// Answers for a value that is not kept, by `CHECK` or `NOT NULL`, usually with 422.
    ///
    /// # Errors
    /// That answer, or the error as it was.
    fn on_check(self, answer: impl FnOnce() -> Error) -> Result<T> {
        let is_check = |kind| matches!(kind, ConstraintKind::Check | ConstraintKind::NotNull);
        self.on_constraint(|broken| is_check(broken.kind).then(answer))
    }

    /// Answers for every rule: 409 `already_exists`, 422 `missing_reference`, 422 `check_failed`.
    ///
    /// # Errors
    /// That answer, or the error as it was.
    fn on_constraints(self) -> Result<T> {
        self.on_constraint(|broken| Some(broken.usual_error()))
    }
}

impl<T, E: Into<Error>> ConstraintExt<T> for Result<T, E> {
    fn on_constraint(self, answer: impl FnOnce(&Constraint) -> Option<Error>) -> Result<T> {
        self.map_err(|error| {
            let error = error.into();
            let Some(answer) = Constraint::of(&error).as_ref().and_then(answer) else {
                return error;
            };
            match error.into_source() {
                Some(source) => answer.with_source(source),
                None => answer,
            }
        })
    }
}
