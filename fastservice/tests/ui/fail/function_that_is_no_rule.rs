#![allow(unused_variables)]

use fastservice::prelude::*;

fn is_even(number: &i64) -> bool {
    number % 2 == 0
}

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Item {
    #[validate(custom(function = is_even))]
    price: i64,
}

#[public_api(post = "/items")]
async fn add_item(Json(item): Json<Item>) {}

fn main() {}
