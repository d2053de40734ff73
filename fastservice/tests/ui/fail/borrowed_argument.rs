#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items")]
async fn items(name: &str, filter: Option<&'static [u8]>, count: &mut u64) {}

fn main() {}
