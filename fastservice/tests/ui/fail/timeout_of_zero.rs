use fastservice::prelude::*;

#[public_api(get = "/items", timeout = "0s")]
async fn items() {}

fn main() {}
