#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{id}")]
async fn item(id: ItemId) -> Items {
    Items
}

fn main() {}
