#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(put = "/items/{name}")]
async fn put_item(#[body] name: String) {}

#[public_api(put = "/parts/{part}")]
async fn put_part(part: Bytes) {}

fn main() {}
