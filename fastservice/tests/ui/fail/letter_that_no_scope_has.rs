use fastservice::prelude::*;

#[private_api(get = "/items", scope = "läs:items", permission = "'read:items'")]
async fn items() {}

fn main() {}
