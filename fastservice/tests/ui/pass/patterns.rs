//! Arguments that are taken apart in the signature.

use fastservice::prelude::*;

#[derive(Debug, serde::Deserialize, serde::Serialize, JsonSchema)]
struct Item {
    name: String,
}

#[public_api(post = "/items", status = 201)]
async fn add_item(Json(mut item): Json<Item>, mut times: Option<u8>) -> Json<Item> {
    while times > Some(0) {
        item.name.push('!');
        times = times.map(|times| times - 1);
    }
    Json(item)
}

type Renamed<T> = Query<T>;

#[public_api(get = "/items")]
async fn items(Query(item): Renamed<Item>, host: Option<Header<String>>) -> String {
    format!("{} {host:?}", item.name)
}

#[tokio::test]
async fn a_pattern_names_its_argument() {
    let added = super::answer(module_path!(), Method::POST, "/items?times=2", r#"{"name":"a"}"#);

    assert_eq!(added.await, r#"{"name":"a!!"}"#);
    assert_eq!(super::get(module_path!(), "/items?name=a").await, r#"a Some(Header("localhost"))"#);
}
