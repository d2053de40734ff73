#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/v{id}")]
async fn item(id: i64) {}

fn main() {}
