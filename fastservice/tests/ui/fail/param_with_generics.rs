use fastservice::prelude::*;

#[derive(Param)]
struct Id<T>(T);

fn main() {}
