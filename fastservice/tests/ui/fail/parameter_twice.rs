#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{id}/parts/{id}")]
async fn part(id: i64) {}

fn main() {}
