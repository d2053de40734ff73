#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items")]
async fn items(#[cfg(debug_assertions)] name: String) {}

fn main() {}
