#![allow(unused_variables)]

use std::cell::Cell;

use fastservice::prelude::*;

#[public_api(get = "/count")]
async fn count(counter: State<Cell<u64>>) -> String {
    counter.get().to_string()
}

fn main() {}
