use fastservice::prelude::*;

#[derive(Param)]
union Number {
    whole: i64,
    half: i32,
}

fn main() {}
