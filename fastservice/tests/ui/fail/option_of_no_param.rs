#![allow(unused_variables)]

use fastservice::prelude::*;

struct Sort;

#[public_api(get = "/items")]
async fn items(sort: Option<Sort>) {}

fn main() {}
