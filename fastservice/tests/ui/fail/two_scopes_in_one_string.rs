use fastservice::prelude::*;

#[private_api(get = "/items", scope = "read:items write:items")]
async fn items() {}

fn main() {}
