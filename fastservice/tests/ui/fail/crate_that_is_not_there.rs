#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{id}", crate = "service::missing")]
async fn item(id: i64) -> String {
    String::new()
}

fn main() {}
