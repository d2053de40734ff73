//! Endpoints for everybody.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use fastservice::{prelude::*, settings::Settings};

use crate::{
    models::{Filter, HelloVisitor, Item, ItemId, ItemList, ItemRow, Sort},
    page::Page,
    schema::{counter, insert_entrylog, item_tags, items},
};

/// What comes before the paths of this module, unless `PUBLIC_PREFIX` is set.
pub const PREFIX: &str = "/pub";

/// Greet a visitor.
///
/// Counts visitors, and keeps the id of each one's request.
#[public_api(get = "/public_api/", tag = "public")]
async fn hello_visitor(request_id: RequestId, db: Db) -> Result<Json<HelloVisitor>> {
    let mut conn = db.connection().await?;
    let number = conn
        .transaction(async |conn| {
            let next = diesel::update(counter::table).set(counter::count.eq(counter::count + 1));
            let number: i64 = next.returning(counter::count - 1).get_result(conn).await?;
            diesel::insert_into(insert_entrylog::table)
                .values(insert_entrylog::request_id.eq(request_id.to_string()))
                .execute(conn)
                .await?;
            Ok(number)
        })
        .await?;
    Ok(Json(HelloVisitor { hello: format!("Visitor # {number}") }))
}

/// List items.
///
/// Those that have every `tag` and meet the other conditions, in parts of
/// `limit`. `next_offset` in the answer is the `offset` of the next part.
#[public_api(get = "/items/", tag = "items")]
async fn list_items(
    Query(filter): Query<Filter>,
    sort: Option<Sort>,
    Query(page): Query<Page>,
    db: Db,
) -> Result<Json<ItemList>> {
    let mut query = items::table.select(ItemRow::as_select()).into_boxed();
    if let Some(owner) = filter.owner {
        query = query.filter(items::owner.eq(owner));
    }
    if let Some(price) = filter.min_price {
        query = query.filter(items::price.ge(price));
    }
    if let Some(price) = filter.max_price {
        query = query.filter(items::price.le(price));
    }
    for tag in filter.tag {
        let tagged = item_tags::table.filter(item_tags::tag.eq(tag)).select(item_tags::item_id);
        query = query.filter(items::id.eq_any(tagged));
    }
    query = match sort.unwrap_or_default() {
        Sort::Newest => query.order(items::created_at.desc()),
        Sort::Name => query.order(items::name.asc()),
        Sort::Price => query.order(items::price.asc()),
    };
    let query = query.then_order_by(items::id.desc()).offset(page.offset).limit(page.rows());
    let mut conn = db.connection().await?;
    let mut rows = query.load(&mut conn).await?;
    let next_offset = page.cut(&mut rows);
    let items = Item::of_rows(&mut conn, rows).await?;
    Ok(Json(ItemList { items, next_offset }))
}

/// Read an item.
///
/// Answers 304 without a body to a client that has it already, as
/// `If-None-Match` says.
#[public_api(get = "/items/{id}", errors = "404 item_not_found", tag = "items")]
async fn read_item(
    id: ItemId,
    if_none_match: Option<Header<String>>,
    db: Db,
) -> Result<Tagged<Json<Item>>> {
    let item = Item::find(&mut db.connection().await?, id).await?;
    Ok(item.tagged().unless(if_none_match))
}

/// Where the public endpoints are: a state, made at start from the settings.
#[derive(Debug)]
pub struct Links {
    prefix: String,
}

impl Links {
    /// The links of a service with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let prefix = settings.http.public_prefix;
        Self { prefix: prefix.unwrap_or_else(|| PREFIX.to_owned()) }
    }

    /// Where an item is read.
    #[must_use]
    pub fn item(&self, id: ItemId) -> String {
        format!("{}/items/{}", self.prefix, id.0)
    }
}
