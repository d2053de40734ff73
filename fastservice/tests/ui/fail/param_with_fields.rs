#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(Param)]
struct Page {
    from: i64,
    to: i64,
}

#[derive(Param)]
enum Shape {
    Circle { radius: i64 },
    Square,
}

#[public_api(get = "/items")]
async fn items(page: Page, shape: Shape) {}

fn main() {}
