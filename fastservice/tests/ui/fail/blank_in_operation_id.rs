use fastservice::prelude::*;

#[public_api(get = "/items", operation_id = "read items")]
async fn items() {}

fn main() {}
