#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<String>, #[body] text: String) {}

fn main() {}
