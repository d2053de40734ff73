#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize)]
struct Item {
    name: String,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item>) {}

fn main() {}
