//! What the service speaks of: bodies of requests and answers, and the rows behind them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use fastservice::{db::Connection, prelude::*};
use serde::{Deserialize, Serialize};

use crate::schema::{item_tags, items};

/// A greeting for a visitor.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HelloVisitor {
    /// Which visitor it is.
    #[serde(rename = "Hello")]
    pub hello: String,
}

/// A greeting for a user.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HelloUser {
    /// Who it is.
    #[serde(rename = "Hello User")]
    pub hello_user: UserId,
}

/// A numbered message.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Message {
    /// Its number.
    #[serde(rename = "This is Message # ")]
    pub number: i64,
}

/// An item of the shop.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Item {
    /// Its number.
    pub id: ItemId,
    /// Its name, which its owner has given to no other one.
    pub name: String,
    /// Its price in cents.
    pub price: i64,
    /// Words to find it by, in order.
    pub tags: BTreeSet<String>,
    /// Who made it.
    pub owner: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Rises with every change.
    pub version: i64,
}

/// The number of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Param, JsonSchema)]
pub struct ItemId(pub i64);

/// What a client says about a new item, or one that takes an old one's place.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
pub struct NewItem {
    /// Its name, of 1 to 100 characters.
    #[validate(length(min = 1, max = 100))]
    pub name: String,
    /// Its price in cents, not below 0.
    #[validate(range(min = 0))]
    pub price: i64,
    /// Words to find it by, 10 at most, of 1 to 50 characters.
    #[validate(length(max = 10))]
    #[schemars(inner(length(min = 1, max = 50)))]
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A part of the list of items.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemList {
    /// The items, in the order that was asked for.
    pub items: Vec<Item>,
    /// The `offset` of the next part; absent in the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<i64>,
}

/// Which items a client asks for: all of this must be so.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
pub struct Filter {
    /// Whose they are.
    pub owner: Option<String>,
    /// Their lowest price, in cents.
    pub min_price: Option<i64>,
    /// Their highest price, in cents.
    pub max_price: Option<i64>,
    /// Words that all of them have, 10 at most, as an item has no more.
    #[validate(length(max = 10))]
    #[serde(default)]
    pub tag: Vec<String>,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Param)]
#[param(rename_all = "lowercase")]
pub enum Sort {
    /// The latest first.
    #[default]
    Newest,
    /// By name.
    Name,
    /// The cheapest first.
    Price,
}

/// A row of the table `items`.
#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = items)]
pub struct ItemRow {
    id: i64,
    owner: String,
    name: String,
    price: i64,
    version: i64,
    created_at: NaiveDateTime,
}

/// A row of the table `item_tags`.
#[derive(Debug, Associations, Identifiable, Queryable, Selectable)]
#[diesel(table_name = item_tags, primary_key(item_id, tag), belongs_to(ItemRow, foreign_key = item_id))]
struct ItemTag {
    item_id: i64,
    tag: String,
}

impl Item {
    /// Reads an item.
    ///
    /// # Errors
    /// 404 `item_not_found`.
    pub async fn find(conn: &mut Connection, id: ItemId) -> Result<Self> {
        let row = items::table.find(id.0).select(ItemRow::as_select());
        let row = row.first(conn).await.optional()?.ok_or_else(|| id.not_found())?;
        let tags = item_tags::table.filter(item_tags::item_id.eq(id.0)).select(item_tags::tag);
        let tags: Vec<String> = tags.load(conn).await?;
        Ok(row.with(tags))
    }

    /// Reads the tags of rows, all at once.
    ///
    /// # Errors
    /// 500.
    pub async fn of_rows(conn: &mut Connection, rows: Vec<ItemRow>) -> Result<Vec<Self>> {
        let tags = ItemTag::belonging_to(&rows).select(ItemTag::as_select());
        let tags: Vec<ItemTag> = tags.load(conn).await?;
        let tags = tags.grouped_by(&rows);
        let of_row = |(row, tags): (ItemRow, Vec<ItemTag>)| {
            row.with(tags.into_iter().map(|ItemTag { tag, .. }| tag))
        };
        Ok(rows.into_iter().zip(tags).map(of_row).collect())
    }

    /// What changes with every change of the item, for `ETag`.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// The item as an answer.
    #[must_use]
    pub fn tagged(self) -> Tagged<Json<Self>> {
        Tagged::new(self.etag(), Json(self))
    }

    /// Whether a value of `If-Match` or `If-None-Match` names the item as it is.
    #[must_use]
    pub fn is_named_by(&self, etags: &str) -> bool {
        let etag = self.etag();
        etags.split(',').map(str::trim).any(|named| named == "*" || named == etag)
    }
}

impl ItemId {
    /// 404 `item_not_found`.
    #[must_use]
    pub fn not_found(self) -> Error {
        Error::not_found(format!("no item has the id {}", self.0)).with_code("item_not_found")
    }
}

impl ItemRow {
    /// Its number.
    #[must_use]
    pub fn number(&self) -> ItemId {
        ItemId(self.id)
    }

    /// The item of this row, with its tags.
    pub fn with(self, tags: impl IntoIterator<Item = String>) -> Item {
        Item {
            id: ItemId(self.id),
            name: self.name,
            price: self.price,
            tags: tags.into_iter().collect(),
            owner: self.owner,
            created_at: self.created_at.and_utc(),
            version: self.version,
        }
    }
}
