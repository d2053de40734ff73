#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(sumary = "All", get = "items/{id}", scope = "read:items", status = 404)]
fn item(_: i64) {}

fn main() {}
