use fastservice::prelude::*;

#[public_api(get = "/names")]
async fn names() -> Vec<String> {
    Vec::new()
}

fn main() {}
