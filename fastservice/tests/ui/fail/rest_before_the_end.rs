#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/files/{*rest}/size")]
async fn size(rest: String) {}

fn main() {}
