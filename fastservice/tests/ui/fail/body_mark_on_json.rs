#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(post = "/items")]
async fn add_item(#[body] item: Json<String>) {}

fn main() {}
