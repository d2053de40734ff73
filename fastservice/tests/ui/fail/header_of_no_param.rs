#![allow(unused_variables)]

use fastservice::prelude::*;

struct Version;

#[public_api(get = "/items")]
async fn items(api_version: Header<Version>) {}

fn main() {}
