#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema)]
struct Item;

#[public_api(post = "/items")]
async fn add_item(#[body] item: Item) {}

fn main() {}
