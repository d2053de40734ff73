//! Names of the standard library that mean something else here.
#![allow(dead_code, non_snake_case, unused_macros, reason = "names are what is tested")]

use fastservice::{Param, Validate, public_api};

type Result = u8;
type Box = u8;
type Vec = u8;
struct String;
struct Option;
struct Send;
struct Request;
struct Route;
struct Method;

fn Ok() {}
fn Err() {}
fn Some() {}

mod core {}
mod std {}
mod http {}
mod inventory {}

macro_rules! line {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! env {
    () => {
        compile_error!("not this one")
    };
}

#[derive(Debug, Param)]
enum Sort {
    Name,
}

#[derive(Debug, Param, Validate)]
struct Id(#[validate(range(min = 1))] i64);

#[derive(Validate)]
struct Members {
    #[validate(length(min = 1), required)]
    #[schemars(pattern("^[a-z]+$"))]
    place: ::std::option::Option<::std::string::String>,
    #[validate(range(max = 9))]
    report: u8,
    #[schemars(inner(range(max = 9)))]
    value0: ::std::vec::Vec<u8>,
    found: Id,
}

#[public_api(get = "/{sort}/{id}")]
async fn shadowed(
    sort: Sort,
    id: Id,
    number: Result,
) -> (fastservice::prelude::StatusCode, ::std::string::String) {
    let text = ::std::format!("{sort:?} {} {number}", id.0);
    (fastservice::prelude::StatusCode::OK, text)
}

#[::tokio::test]
async fn no_name_of_the_standard_library_is_needed() {
    assert_eq!(super::get(module_path!(), "/Name/1?number=2").await, "Name 1 2");
    let members = Members {
        place: ::std::option::Option::None,
        report: 10,
        value0: ::std::vec![10],
        found: Id(0),
    };
    let error = fastservice::prelude::Validate::validate(&members).unwrap_err();
    assert_eq!(error.inputs().len(), 4);
}
