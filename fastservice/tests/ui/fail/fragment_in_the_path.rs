use fastservice::prelude::*;

#[public_api(get = "/items#first")]
async fn items() {}

fn main() {}
