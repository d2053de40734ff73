#![allow(unused_variables)]

use fastservice::prelude::*;

struct Tag;

#[public_api(get = "/items")]
async fn items(tag: Vec<Tag>) {}

fn main() {}
