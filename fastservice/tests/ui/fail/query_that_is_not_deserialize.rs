#![allow(unused_variables)]

use fastservice::prelude::*;

struct Page;

#[public_api(get = "/items")]
async fn items(Query(page): Query<Page>) {}

fn main() {}
