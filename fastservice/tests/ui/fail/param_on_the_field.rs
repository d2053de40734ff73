use fastservice::prelude::*;

#[derive(Param)]
struct Id(#[param(rename = "id")] i64);

fn main() {}
