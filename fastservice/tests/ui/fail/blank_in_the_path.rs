use fastservice::prelude::*;

#[public_api(get = "/all items")]
async fn items() {}

fn main() {}
