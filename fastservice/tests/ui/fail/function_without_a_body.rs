use fastservice::prelude::*;

#[public_api(get = "/items")]
async fn items();

fn main() {}
