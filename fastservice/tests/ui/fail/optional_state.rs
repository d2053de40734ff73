#![allow(unused_variables)]

use fastservice::prelude::*;

struct Shop;

#[public_api(get = "/items")]
async fn items(shop: Option<State<Shop>>) {}

fn main() {}
