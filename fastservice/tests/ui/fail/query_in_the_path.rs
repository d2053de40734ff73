#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items?name={name}")]
async fn items(name: String) {}

fn main() {}
