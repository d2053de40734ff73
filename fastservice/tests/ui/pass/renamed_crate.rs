//! A service that knows the framework under another name.

extern crate fastservice as fs;

mod framework {
    pub(super) use fastservice as inner;
}

#[fs::public_api(get = "/extern/{sort}", crate = "fs")]
async fn by_extern_crate(sort: Sort) -> String {
    format!("{sort:?}")
}

#[fs::public_api(get = "/path/{id}", crate = "self::framework::inner")]
async fn by_path(id: Id) -> String {
    id.0.to_string()
}

#[derive(Debug, fs::Param)]
#[param(crate = "fs", rename_all = "lowercase")]
enum Sort {
    Name,
}

#[derive(Debug, fs::Param)]
#[param(crate = "self::framework::inner")]
struct Id(i64);

#[tokio::test]
async fn the_framework_may_have_another_name() {
    assert_eq!(super::get(module_path!(), "/extern/name").await, "Name");
    assert_eq!(super::get(module_path!(), "/path/1").await, "1");
}
