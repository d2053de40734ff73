#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema)]
struct Size {
    width: u32,
}

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Item {
    #[validate(nested)]
    size: Size,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item>) {}

fn main() {}
