#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{id}")]
async fn item(id: Result<i64>) {}

fn main() {}
