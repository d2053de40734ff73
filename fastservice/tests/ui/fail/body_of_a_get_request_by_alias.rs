#![allow(unused_variables)]

use fastservice::prelude::*;

type Filter = Json<String>;

#[public_api(get = "/items")]
async fn items(filter: Filter) {}

fn main() {}
