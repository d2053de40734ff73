//! The function keeps its comment and its attributes.

use fastservice::prelude::*;

/// Adds one.
///
/// # Errors
/// None.
#[public_api(get = "/sum/{number}")]
#[must_use]
#[inline(never)]
#[allow(clippy::needless_pass_by_value, reason = "it is an argument")]
#[cfg_attr(all(), doc = "More.")]
pub(crate) async fn sum(
    #[allow(unused_mut, reason = "an argument keeps its attributes too")] mut number: i64,
) -> String {
    (number + 1).to_string()
}

#[deprecated]
#[public_api(get = "/old")]
async fn old() -> &'static str {
    "old"
}

#[tokio::test]
async fn attributes_stay_on_the_function() {
    assert_eq!(super::get(module_path!(), "/sum/1").await, "2");
    assert_eq!(super::get(module_path!(), "/old").await, "old");
}
