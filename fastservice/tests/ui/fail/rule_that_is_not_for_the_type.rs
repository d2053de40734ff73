#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Item {
    #[validate(length(min = 1))]
    price: i64,
    #[validate(range(min = 0))]
    name: String,
    #[validate(email)]
    tags: Vec<String>,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item>) {}

fn main() {}
