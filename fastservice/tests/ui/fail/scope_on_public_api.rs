use fastservice::prelude::*;

#[public_api(get = "/items", scope = "read:items")]
async fn items() {}

#[public_api(get = "/parts", any_permission = ["read:parts", "admin"])]
async fn parts() {}

#[public_api(get = "/tools", m2m)]
async fn tools() {}

fn main() {}
