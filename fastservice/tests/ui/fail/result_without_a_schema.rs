use fastservice::prelude::*;

#[derive(serde::Serialize)]
struct Item {
    name: String,
}

#[public_api(get = "/items")]
async fn item() -> Json<Item> {
    Json(Item { name: String::new() })
}

fn main() {}
