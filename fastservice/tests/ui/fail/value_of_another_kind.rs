use fastservice::prelude::*;

const PATH: &str = "/items";

#[public_api(get = PATH)]
async fn items() {}

#[public_api(post("/items"), deprecated = "yes", status = "201", timeout = 5, tag = [shop])]
async fn add_item() {}

#[public_api(get = "/parts", crate = "my crate")]
async fn parts() {}

fn main() {}
