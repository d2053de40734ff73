use fastservice::prelude::*;

struct Money;

#[derive(Param)]
struct Price(Money);

fn main() {}
