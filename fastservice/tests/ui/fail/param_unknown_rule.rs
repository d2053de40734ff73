use fastservice::prelude::*;

#[derive(Param)]
#[param(rename_all = "snake")]
enum Sort {
    Name,
}

fn main() {}
