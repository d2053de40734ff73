use fastservice::prelude::*;

#[derive(Param)]
enum Nothing {}

fn main() {}
