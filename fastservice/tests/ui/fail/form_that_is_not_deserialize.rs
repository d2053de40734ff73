#![allow(unused_variables)]

use fastservice::prelude::*;

struct Login;

#[public_api(post = "/login")]
async fn login(Form(login): Form<Login>) {}

fn main() {}
