#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema)]
struct Holder<T> {
    held: T,
}

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Item<T> {
    #[validate(length(min = 1))]
    name: String,
    more: Holder<T>,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item<String>>) {}

fn main() {}
