#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/{id}")]
async fn item(_: i64) {}

#[public_api(get = "/parts")]
async fn parts((from, to): (i64, i64)) {}

#[public_api(get = "/tools")]
async fn tools(ref name: String) {}

fn main() {}
