use fastservice::prelude::*;

#[public_api(post = "/items", body_limit = 0)]
async fn add_item() {}

fn main() {}
