use fastservice::prelude::*;

#[public_api(get = "/items", summary = "All items", summary = "Items")]
async fn items() {}

fn main() {}
