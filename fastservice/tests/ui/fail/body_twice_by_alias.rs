#![allow(unused_variables)]

use fastservice::prelude::*;

type Upload = Bytes;

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<String>, picture: Upload) {}

fn main() {}
