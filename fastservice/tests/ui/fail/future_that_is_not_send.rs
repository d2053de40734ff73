use std::rc::Rc;

use fastservice::prelude::*;

#[public_api(get = "/items")]
async fn items() -> String {
    let names = Rc::new(String::from("a"));
    std::future::ready(()).await;
    names.to_string()
}

fn main() {}
