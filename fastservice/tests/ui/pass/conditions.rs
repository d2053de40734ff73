//! A function that is compiled out takes its registration with it.

use fastservice::prelude::*;

#[public_api(get = "/here")]
#[cfg(test)]
async fn here() -> &'static str {
    "here"
}

#[cfg(any())]
#[public_api(get = "/here")]
async fn before(thing: Missing) -> AlsoMissing {}

#[public_api(get = "/here")]
#[cfg(any())]
async fn after(thing: Missing) -> AlsoMissing {}

#[tokio::test]
async fn only_what_is_compiled_is_registered() {
    assert_eq!(super::get(module_path!(), "/here").await, "here");
}
