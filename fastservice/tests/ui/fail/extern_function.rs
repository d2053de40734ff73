use fastservice::prelude::*;

#[public_api(get = "/items")]
async extern "C" fn items() {}

fn main() {}
