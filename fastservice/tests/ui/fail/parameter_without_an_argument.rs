use fastservice::prelude::*;

#[public_api(get = "/items/{item_id}/parts/{name}")]
async fn part() {}

#[public_api(get = "/files/{*path}")]
async fn file() {}

#[public_api(get = "/kinds/{type}")]
async fn kind() {}

fn main() {}
