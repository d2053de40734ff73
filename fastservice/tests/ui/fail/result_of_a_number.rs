use fastservice::prelude::*;

#[public_api(get = "/count")]
async fn count() -> u64 {
    1
}

fn main() {}
