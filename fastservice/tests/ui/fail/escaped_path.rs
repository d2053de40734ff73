use fastservice::prelude::*;

#[public_api(get = "/all%20items")]
async fn items() {}

fn main() {}
