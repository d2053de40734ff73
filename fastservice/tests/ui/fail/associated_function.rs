use fastservice::prelude::*;

struct Shop;

impl Shop {
    #[public_api(get = "/items")]
    async fn items() {}
}

fn main() {}
