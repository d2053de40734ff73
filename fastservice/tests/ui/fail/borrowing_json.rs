#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema)]
struct Item<'a> {
    name: &'a str,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item<'static>>) {}

fn main() {}
