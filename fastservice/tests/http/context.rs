use std::collections::HashSet;

use fastservice::{prelude::*, testing::TestClient};

#[derive(Clone)]
struct Tenant(&'static str);

fn below_the_handler() -> Option<String> {
    let context = Context::current()?;
    let Tenant(tenant) = context.get()?;
    Some(format!("{} {} {tenant}", context.request_id(), context.route()?))
}

#[public_api(get = "/context/{id}")]
async fn everywhere(id: u8, context: Context, request_id: RequestId) -> String {
    let _ = id;
    assert_eq!(context.request_id(), request_id);
    context.insert(Tenant("north"));
    let spawned = Context::spawn(async { below_the_handler() }).await.unwrap();
    assert_eq!(spawned, below_the_handler());
    let blocking = Context::spawn_blocking(below_the_handler).await.unwrap();
    assert_eq!(blocking, spawned);
    spawned.unwrap()
}

#[tokio::test]
async fn the_context_is_the_same_everywhere_and_in_the_answer() {
    let client = TestClient::new(App::new().only_routes_in(module_path!())).await;

    let answer = client.get("/context/1").await;

    let id = answer.header("x-request-id").unwrap();
    assert_eq!(answer.text(), format!("{id} /context/{{id}} north"));
    assert!(Context::current().is_none());
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own_and_none_is_taken_from_the_client() {
    let client = TestClient::new(App::new().only_routes_in(module_path!())).await;
    let mut ids = HashSet::new();

    for path in ["/context/1", "/context/x", "/nowhere", "/context/1/", "/%ff"] {
        let answer = client.get(path).header("x-request-id", "mine").await;
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 7);
        ids.insert(id);
    }

    assert_eq!(ids.len(), 5);
}
