use fastservice::prelude::*;

#[public_api(get = "/items")]
struct Items;

fn main() {}
