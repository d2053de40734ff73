use fastservice::prelude::*;

#[public_api(get = "/items" tag = "shop")]
async fn items() {}

fn main() {}
