#![allow(unused_variables)]

use fastservice::prelude::*;

type Name = &'static str;

#[public_api(get = "/items/{name}")]
async fn item(name: Name) {}

fn main() {}
