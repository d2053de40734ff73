#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{}")]
async fn item(id: i64) {}

#[public_api(get = "/files/{*}")]
async fn file(rest: String) {}

fn main() {}
