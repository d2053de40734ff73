use fastservice::prelude::*;

#[derive(Param)]
#[param]
enum Sort {
    #[param(rename)]
    Name,
    #[param(alias = 1)]
    Age,
    #[param("height", rename = "h", rename = "height")]
    Height,
}

fn main() {}
