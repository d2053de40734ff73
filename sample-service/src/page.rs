//! Which part of a list a client asks for.

use fastservice::prelude::*;
use serde::Deserialize;

const MOST: i64 = 100;

/// The query parameters `offset` and `limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Validate)]
pub struct Page {
    /// How many to skip.
    #[validate(range(min = 0, max = i64::MAX - MOST))]
    #[serde(default)]
    pub offset: i64,
    /// How many to send at most.
    #[validate(range(min = 1, max = MOST))]
    #[serde(default = "Page::usual_limit")]
    pub limit: i64,
}

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

    const fn usual_limit() -> i64 {
        20
    }
}
