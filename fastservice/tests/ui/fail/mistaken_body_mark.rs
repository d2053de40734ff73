#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(post = "/items")]
async fn add_item(#[body(text)] item: String) {}

#[public_api(post = "/parts")]
async fn add_part(#[body] #[body] part: String) {}

fn main() {}
