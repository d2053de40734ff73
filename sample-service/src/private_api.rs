//! Endpoints for who has a token.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use fastservice::{db::Connection, prelude::*};

use crate::{
    models::{HelloUser, Item, ItemId, ItemRow, Message, NewItem},
    public_api::Links,
    schema::{item_tags, items},
};

/// What comes before the paths of this module, unless `PRIVATE_PREFIX` is set.
pub const PREFIX: &str = "/priv";

/// Greet the user.
#[private_api(get = "/private_api/", tag = "protected")]
async fn hello_user(user: UserId) -> Json<HelloUser> {
    Json(HelloUser { hello_user: user })
}

/// Read a message as a machine.
///
/// Only the clients of the setting `M2M_USER` may.
#[private_api(get = "/m2m_api/{id}", m2m, errors = "400 item_id", tag = "protected")]
async fn read_message(id: i64) -> Result<Json<Message>> {
    if id == 0 {
        let error = Error::bad_request("Item Id").with_code("item_id");
        let name = HeaderName::from_static("x-error");
        return Err(error.with_header(name, HeaderValue::from_static("Invalid Id")));
    }
    Ok(Json(Message { number: id }))
}

/// Greet a user who has the permission `read:messages`.
#[private_api(get = "/permissioned_api/", permission = "read:messages", tag = "protected")]
async fn hello_permitted(claims: Claims) -> Json<HelloUser> {
    Json(HelloUser { hello_user: claims.subject().clone() })
}

/// Greet a user whose token has the scope `message`.
#[private_api(get = "/scoped_api/", scope = "message", tag = "protected")]
async fn hello_scoped(user: UserId) -> Json<HelloUser> {
    Json(HelloUser { hello_user: user })
}

/// Add an item.
///
/// `Location` says where it is read.
#[private_api(
    post = "/items/",
    scope = "write:items",
    status = 201,
    errors = "409 item_name_taken",
    tag = "items"
)]
async fn add_item(
    Json(new): Json<NewItem>,
    user: UserId,
    links: State<Links>,
    context: Context,
    db: Db,
) -> Result<Created<Tagged<Json<Item>>>> {
    let tags = new.tags.into_iter().collect();
    let mut conn = db.connection().await?;
    let item = conn
        .transaction(async |conn| {
            let row = diesel::insert_into(items::table).values((
                items::owner.eq(user.as_str()),
                items::name.eq(new.name),
                items::price.eq(new.price),
            ));
            let row = row.returning(items::all_columns).get_result::<ItemRow>(conn).await;
            let row = row.on_unique(name_taken)?;
            add_tags(conn, row.number(), &tags).await?;
            Ok(row.with(tags))
        })
        .await?;
    let path = format!("{}{}", context.prefix(), links.item(item.id));
    Ok(Created::at(path, item.tagged()))
}

/// Replace an item.
///
/// Its owner may. With `If-Match` it is done only if nobody changed the item
/// since it was read.
#[private_api(
    put = "/items/{id}",
    scope = "write:items",
    errors = ["403 not_owner", "404 item_not_found", "409 item_name_taken", "412"],
    tag = "items"
)]
async fn replace_item(
    id: ItemId,
    Json(new): Json<NewItem>,
    if_match: Option<Header<String>>,
    user: UserId,
    db: Db,
) -> Result<Tagged<Json<Item>>> {
    let tags = new.tags.into_iter().collect();
    // Of two at once the second one begins again, and sees what the first one has done.
    let item = db
        .serializable(async |conn| {
            let old = Item::find(conn, id).await?;
            if old.owner != user.as_str() {
                return Err(Error::forbidden("the item is another user's").with_code("not_owner"));
            }
            if if_match.as_ref().is_some_and(|Header(known)| !old.is_named_by(known)) {
                return Err(Error::precondition_failed("the item was changed since"));
            }
            let row = diesel::update(items::table.find(id.0)).set((
                items::name.eq(&new.name),
                items::price.eq(new.price),
                items::version.eq(items::version + 1),
            ));
            let row = row.returning(items::all_columns).get_result::<ItemRow>(conn).await;
            let row = row.on_unique(name_taken)?;
            let old_tags = item_tags::table.filter(item_tags::item_id.eq(id.0));
            diesel::delete(old_tags).execute(conn).await?;
            add_tags(conn, id, &tags).await?;
            Ok(row.with(tags.iter().cloned()))
        })
        .await?;
    Ok(item.tagged())
}

/// Delete an item, whoever owns it.
#[private_api(
    delete = "/items/{id}",
    permission = "delete:items",
    status = 204,
    errors = "404 item_not_found",
    tag = "items"
)]
async fn delete_item(id: ItemId, db: Db) -> Result<()> {
    let mut conn = db.connection().await?;
    match diesel::delete(items::table.find(id.0)).execute(&mut conn).await? {
        0 => Err(id.not_found()),
        _ => Ok(()),
    }
}

async fn add_tags(conn: &mut Connection, id: ItemId, tags: &BTreeSet<String>) -> Result<()> {
    for tag in tags {
        diesel::insert_into(item_tags::table)
            .values((item_tags::item_id.eq(id.0), item_tags::tag.eq(tag)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

fn name_taken() -> Error {
    Error::conflict("you have an item of this name").with_code("item_name_taken")
}

/// Handlers are plain functions, so that a test can call them.
#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_has_its_number() {
        let Json(message) = read_message(7).await.unwrap();

        assert_eq!(message, Message { number: 7 });
    }

    #[tokio::test]
    async fn no_message_has_the_number_0() {
        let error = read_message(0).await.unwrap_err();

        assert_eq!((error.status(), error.detail()), (StatusCode::BAD_REQUEST, "Item Id"));
        assert_eq!(error.headers()["x-error"], "Invalid Id");
    }
}
