use fastservice::prelude::*;

#[public_api(gte = "/items")]
async fn items() {}

#[public_api(get = "/parts", audience = "shop")]
async fn parts() {}

fn main() {}
