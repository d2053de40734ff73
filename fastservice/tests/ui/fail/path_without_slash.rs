use fastservice::prelude::*;

#[public_api(get = "items")]
async fn items() {}

#[public_api(get = "")]
async fn root() {}

fn main() {}
