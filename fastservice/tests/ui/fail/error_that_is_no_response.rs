use fastservice::prelude::*;

enum ShopError {
    Closed,
}

#[public_api(get = "/items")]
async fn items() -> Result<String, ShopError> {
    Err(ShopError::Closed)
}

fn main() {}
