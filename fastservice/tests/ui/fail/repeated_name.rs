use fastservice::prelude::*;

#[private_api(get = "/items", tag = ["shop", "shop"], scope = ["read:items", "read:items"])]
async fn items() {}

fn main() {}
