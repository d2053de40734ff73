//! An argument of our own: which part of a list a client asks for.

use fastservice::{
    error::{InputError, InputErrors},
    openapi::Operation,
    prelude::*,
};

/// The query parameters `offset` (0) and `limit` (20, at most 100).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many to skip.
    pub offset: i64,
    /// How many to send at most.
    pub limit: i64,
}

const OFFSET: Argument = Argument::query("offset");
const LIMIT: Argument = Argument::query("limit");
const MOST: i64 = 100;
const USUAL: i64 = 20;

impl Page {
    /// How many rows to read: one more tells whether there is a next part.
    #[must_use]
    pub fn rows(self) -> i64 {
        self.limit + 1
    }

    /// Takes that row away, and says where the next part begins, if there is one.
    pub fn cut<T>(self, rows: &mut Vec<T>) -> Option<i64> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        has_next.then_some(self.offset + self.limit)
    }
}

impl FromRequest for Page {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let offset = request.argument::<Option<i64>>(OFFSET).await;
        let limit = request.argument::<Option<i64>>(LIMIT).await;
        let offset =
            offset.and_then(|offset| within(OFFSET, offset.unwrap_or(0), 0, i64::MAX - MOST));
        let limit = limit.and_then(|limit| within(LIMIT, limit.unwrap_or(USUAL), 1, MOST));
        match (offset, limit) {
            (Ok(offset), Ok(limit)) => Ok(Self { offset, limit }),
            (offset, limit) => Err(InputErrors::new().with(offset).with(limit).into_error()),
        }
    }

    fn describe(operation: &mut Operation, _: Argument) {
        describe(operation, OFFSET, 0, i64::MAX - MOST, 0);
        describe(operation, LIMIT, 1, MOST, USUAL);
    }
}

fn describe(operation: &mut Operation, argument: Argument, least: i64, most: i64, usual: i64) {
    operation.argument::<Option<i64>>(argument);
    if let Some(parameter) = operation.parameters.last_mut() {
        for (limit, value) in [("minimum", least), ("maximum", most), ("default", usual)] {
            parameter.schema.insert(limit.to_owned(), value.into());
        }
    }
}

fn within(argument: Argument, number: i64, least: i64, most: i64) -> Result<i64> {
    let loc = [argument.location().as_str(), argument.name()];
    if number < least {
        let msg = format!("Input should be greater than or equal to {least}");
        let wrong = InputError::new(loc, "greater_than_equal", msg).with_limit("ge", least);
        return Err(Error::input(vec![wrong.with_input(number)]));
    }
    if number > most {
        let msg = format!("Input should be less than or equal to {most}");
        let wrong = InputError::new(loc, "less_than_equal", msg).with_limit("le", most);
        return Err(Error::input(vec![wrong.with_input(number)]));
    }
    Ok(number)
}
