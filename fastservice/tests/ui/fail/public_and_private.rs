use fastservice::prelude::*;

#[public_api(get = "/items")]
#[private_api(get = "/items")]
async fn items() {}

fn main() {}
