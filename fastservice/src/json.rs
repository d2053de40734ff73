//! JSON, as a body that came and as one that goes.

/// JSON: as an argument the parsed body, as a result the answer.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(serde::Deserialize, serde::Serialize, JsonSchema)]
/// struct Item { name: String }
///
/// #[public_api(post = "/echo")]
/// async fn echo(Json(item): Json<Item>) -> Json<Item> {
///     Json(item)
/// }
/// ```
///
/// # Errors
/// As an argument: 415 unless the `Content-Type` is JSON, 413 over the limit,
/// 400 `malformed_json` with line and column, 422 with the place of the wrong
/// member. As a result: 500 when the value cannot be JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);
