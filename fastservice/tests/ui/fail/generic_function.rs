#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items")]
async fn items<'a, T: Send, const N: usize>()
where
    T: Clone,
{
}

#[public_api(get = "/parts")]
async fn parts(name: impl Into<String>) {}

fn main() {}
