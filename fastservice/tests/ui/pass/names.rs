//! No name of a function, an argument or a neighbour meets one of generated code.
#![allow(non_snake_case, reason = "names are what is tested")]

use fastservice::prelude::*;

#[public_api(get = "/call")]
async fn call(call: u8) -> String {
    format!("call {call}")
}

#[public_api(get = "/request")]
async fn request(operation: u8) -> String {
    format!("request {operation}")
}

#[public_api(get = "/operation")]
async fn operation(request: u8, request_: u8) -> String {
    format!("operation {request} {request_}")
}

#[public_api(get = "/__call")]
async fn __call(text: u8, __describe: u8) -> String {
    format!("__call {text} {__describe}")
}

#[public_api(get = "/__describe")]
async fn __describe(__route: u8, __fastservice: u8) -> String {
    format!("__describe {__route} {__fastservice}")
}

#[public_api(get = "/fn/{type}")]
async fn r#fn(r#type: u8) -> String {
    format!("fn {type}")
}

#[public_api]
async fn r#match() -> &'static str {
    "match"
}

// Taken by generated code, if it gave a name to this module.
#[allow(dead_code, reason = "only its name is used")]
struct __ROUTE;
#[allow(unused_imports, reason = "only its name is used")]
use self::plain as __fastservice;

fn plain() {}

#[tokio::test]
async fn every_name_is_free() {
    plain();
    for (path, expected) in [
        ("/call?call=1", "call 1"),
        ("/request?operation=1", "request 1"),
        ("/operation?request=1&request_=2", "operation 1 2"),
        ("/__call?text=1&__describe=2", "__call 1 2"),
        ("/__describe?__route=1&__fastservice=2", "__describe 1 2"),
        ("/fn/1", "fn 1"),
        ("/match", "match"),
    ] {
        assert_eq!(super::get(module_path!(), path).await, expected);
    }
}
