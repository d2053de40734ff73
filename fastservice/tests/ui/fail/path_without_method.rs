use fastservice::prelude::*;

#[public_api("/items")]
async fn items() {}

fn main() {}
