#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{id}")]
async fn item(id: i64) -> Option<Json<i64>> {
    Some(Json(id))
}

fn main() {}
