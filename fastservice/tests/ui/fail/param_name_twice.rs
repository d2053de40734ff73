use fastservice::prelude::*;

#[derive(Param)]
enum Sort {
    #[param(alias = "up")]
    Ascending,
    #[param(rename = "up")]
    Descending,
}

fn main() {}
