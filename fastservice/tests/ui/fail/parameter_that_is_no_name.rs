#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{item-id}")]
async fn item(item_id: i64) {}

fn main() {}
