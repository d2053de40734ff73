use fastservice::prelude::*;

#[public_api(get = "/items")]
async unsafe fn items() {}

fn main() {}
