use fastservice::prelude::*;

#[derive(Param)]
#[param(rename = "sort")]
enum Sort {
    #[param(name = "name")]
    Name,
}

fn main() {}
