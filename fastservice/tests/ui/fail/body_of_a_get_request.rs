#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items")]
async fn items(Json(filter): Json<String>) {}

#[public_api(head = "/parts")]
async fn parts(#[body] filter: String) {}

fn main() {}
