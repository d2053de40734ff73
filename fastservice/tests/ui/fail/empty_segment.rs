use fastservice::prelude::*;

#[public_api(get = "/items//parts")]
async fn parts() {}

fn main() {}
