use fastservice::prelude::*;

#[public_api(path = "/items")]
async fn items() {}

fn main() {}
