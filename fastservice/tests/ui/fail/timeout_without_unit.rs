use fastservice::prelude::*;

#[public_api(get = "/items", timeout = "5")]
async fn items() {}

fn main() {}
