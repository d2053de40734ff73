//! Snapshots of what the attributes emit.
use proc_macro2::{Delimiter, Group};
use quote::quote;

use super::expansion;
use crate::{expand, keys::Access};

/// Compares the expansion with its snapshot, which shows the source too.
macro_rules! assert_expansion {
    ($source:expr) => {
        let source = $source;
        insta::with_settings!({ description => source, omit_expression => true }, {
            insta::assert_snapshot!(expansion(source));
        });
    };
}

#[test]
fn endpoint_without_arguments() {
    assert_expansion!(
        "#[public_api(get = \"/health\")]
        async fn health() -> &'static str { \"ok\" }"
    );
}

#[test]
fn endpoint_with_one_argument() {
    assert_expansion!(
        "#[public_api(delete = \"/items/{id}\")]
        pub(crate) async fn delete_item(id: i64) { drop(id) }"
    );
}

#[test]
fn endpoint_with_path_query_and_body() {
    assert_expansion!(
        "#[public_api(put = \"/items/{id}/{*rest}\")]
        async fn put_item(
            id: i64,
            rest: String,
            mut verbose: Option<bool>,
            Json(item): Json<Item>,
            Header(x_api_key): Header<String>,
            r#type: Option<Kind>,
        ) -> Result<Json<Item>> { todo(id, rest, verbose, item, x_api_key, r#type) }"
    );
}

#[test]
fn endpoint_that_is_described() {
    assert_expansion!(
        "#[public_api(post = \"/items/{id}\", answers = Json<Map<Name, Item>>)]
        async fn add(
            /// Which
            /// one.
            id: i64,
            /// All of it.
            #[body]
            text: String,
            q: Option<String>,
        ) -> Response { todo(id, text, q) }"
    );
}

#[test]
fn endpoint_with_many_keys() {
    assert_expansion!(
        "#[public_api(
            post = \"/items\",
            tag = [\"items\", \"shop\"],
            status = 201,
            errors = [\"409 item_name_taken\", \"412\"],
            operation_id = \"create_item\",
            deprecated,
            hidden = true,
            timeout = \"5s\",
            body_limit = \"10MiB\",
            cancellable = true,
            crate = \"my_crate::fastservice\",
        )]
        /// Create
        /// an item.
        ///
        /// The answer has its `id`.
        #[cfg(feature = \"shop\")]
        #[must_use]
        async fn create_item(#[body] text: String, db: Db) -> Result<Json<Item>> { todo(text, db) }"
    );
}

#[test]
fn private_endpoint() {
    assert_expansion!(
        "#[private_api(
            get = \"/items\",
            scope = \"read:items\",
            permission = [\"a\", \"b\"],
            any_scope = [\"x\", \"y\"],
            any_permission = \"z\",
            m2m,
            summary = \"All items\",
        )]
        /// Of the user.
        #[deprecated]
        async fn items(user: UserId) -> Json<Vec<Item>> { todo(user) }"
    );
}

#[test]
fn private_endpoint_without_a_rule() {
    assert_expansion!(
        "#[private_api(get = \"/me\")]
        async fn me(request: Claims, me: UserId) -> Json<User> { todo(request, me) }"
    );
}

#[test]
fn bare_endpoint_with_a_body() {
    assert_expansion!(
        "#[public_api]
        async fn echo(#[body] text: String, loud: bool) -> String { text }"
    );
}

#[test]
fn bare_endpoint_without_arguments() {
    assert_expansion!("#[public_api] async fn r#ref() {}");
}

#[test]
fn mistakes_keep_the_function() {
    assert_expansion!(
        "#[public_api(gett = \"/\", post = \"items/{id}\", scope = \"a\", status = 404)]
        /// Kept.
        fn broken<T>(#[body] #[allow(unused)] text: &str, _: T) -> String { kept }"
    );
}

#[test]
fn function_from_another_macro_is_kept() {
    let body = Group::new(Delimiter::None, quote!({ id.to_string() }));
    let item = quote!(async fn f(id: i64) -> String #body);

    let expansion = expand::attribute(Access::Public, quote!(get = "/{id}"), &item).to_string();

    assert!(!expansion.contains("compile_error"), "{expansion}");
}
