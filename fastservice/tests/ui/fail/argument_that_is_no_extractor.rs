#![allow(unused_variables)]

use fastservice::prelude::*;

struct Item;

#[public_api(get = "/items/{id}")]
async fn item(id: i64, item: Item) -> String {
    String::new()
}

fn main() {}
