use fastservice::prelude::*;

#[private_api(get = "/items", summary = "", tag = "", scope = "", permission = [])]
async fn items() {}

fn main() {}
