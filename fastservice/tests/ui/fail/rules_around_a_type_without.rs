#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema)]
struct Item {
    name: String,
}

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Paged<T> {
    #[validate(length(max = 10))]
    items: Vec<T>,
}

#[public_api(post = "/items")]
async fn add_items(Json(items): Json<Paged<Item>>) {}

fn main() {}
