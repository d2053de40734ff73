use fastservice::prelude::*;

struct Item;

#[public_api(get = "/items")]
async fn items() -> Result<Json<Vec<Item>>> {
    Ok(Json(Vec::new()))
}

fn main() {}
