#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(post = "/items")]
async fn add_items(#[body] items: Vec<String>) {}

fn main() {}
