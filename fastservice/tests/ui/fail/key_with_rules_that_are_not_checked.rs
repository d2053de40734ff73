#![allow(unused_variables)]

use std::collections::BTreeMap;

use fastservice::prelude::*;

#[derive(serde::Deserialize, JsonSchema, Validate, PartialEq, Eq, PartialOrd, Ord)]
struct Slug(#[validate(length(max = 9))] String);

#[derive(serde::Deserialize, JsonSchema)]
struct Price {
    cents: u32,
}

#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Shop {
    prices: BTreeMap<Slug, Price>,
}

#[public_api(post = "/shops")]
async fn add_shop(Json(shop): Json<Shop>) {}

fn main() {}
