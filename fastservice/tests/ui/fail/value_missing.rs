use fastservice::prelude::*;

#[public_api(get)]
async fn items() {}

#[public_api(get = "/parts", summary = , tag)]
async fn parts() {}

fn main() {}
