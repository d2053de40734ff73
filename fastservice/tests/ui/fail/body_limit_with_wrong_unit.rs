use fastservice::prelude::*;

#[public_api(post = "/items", body_limit = "10mb")]
async fn add_item() {}

#[public_api(post = "/parts", body_limit = 10MiB)]
async fn add_part() {}

fn main() {}
