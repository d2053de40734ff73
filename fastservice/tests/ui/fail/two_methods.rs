use fastservice::prelude::*;

#[public_api(get = "/items", post = "/items")]
async fn items() {}

fn main() {}
