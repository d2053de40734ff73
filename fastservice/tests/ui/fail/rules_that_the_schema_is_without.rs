#![allow(unused_variables)]

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Item {
    #[validate(lenght(min = 1))]
    name: String,
    #[validate(range(exclusive_min = 0.0))]
    price: f64,
    #[validate(inner(length(min = 1)))]
    tags: Vec<String>,
    #[schemars(pattern("[a-z"))]
    colour: String,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item>) {}

fn main() {}
