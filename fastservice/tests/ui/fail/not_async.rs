use fastservice::prelude::*;

#[public_api(get = "/items")]
fn items() {}

fn main() {}
