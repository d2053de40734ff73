use fastservice::prelude::*;

#[public_api(get = "/items", status = 404)]
async fn items() {}

fn main() {}
