//! Endpoints that other macros write.

use fastservice::prelude::*;

macro_rules! reader {
    ($name:ident, $path:literal, $ty:ty) => {
        #[public_api(get = $path)]
        async fn $name(id: $ty) -> String {
            format!("{} {id}", stringify!($name))
        }
    };
}

reader!(items, "/items/{id}", i64);
reader!(parts, "/parts/{id}", String);

macro_rules! whole {
    ($function:item) => {
        #[public_api(get = "/whole")]
        $function
    };
}

whole! {
    async fn whole(name: Option<String>) -> String {
        name.unwrap_or_default()
    }
}

#[tokio::test]
async fn functions_of_other_macros_are_endpoints() {
    assert_eq!(super::get(module_path!(), "/items/1").await, "items 1");
    assert_eq!(super::get(module_path!(), "/parts/a").await, "parts a");
    assert_eq!(super::get(module_path!(), "/whole?name=a").await, "a");
}
