use std::future::IntoFuture;

use fastservice::testing::{TestClient, TestResponse, TestToken};
use serde_json::{Value, json};

use super::{client, client_with, seller};

async fn add(client: &TestClient, owner: &str, item: Value) -> TestResponse {
    client.post("/priv/items/").token(seller(owner)).json(&item).await
}

/// A shop with a few things in it.
async fn shop() -> TestClient {
    let client = client().await;
    let items = [
        json!({ "name": "apple", "price": 30, "tags": ["fruit", "red"] }),
        json!({ "name": "banana", "price": 20, "tags": ["fruit"] }),
        json!({ "name": "cup", "price": 500 }),
    ];
    for item in items {
        assert_eq!(add(&client, "auth0|ali", item).await.status(), 201);
    }
    assert_eq!(add(&client, "auth0|bea", json!({ "name": "cup", "price": 7 })).await.status(), 201);
    client
}

async fn names(client: &TestClient, query: &str) -> Vec<String> {
    let list: Value = client.get(&format!("/pub/items/{query}")).await.json();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_added_item_is_found_where_location_says() {
    let client = client().await;
    let apple = json!({ "name": "apple", "price": 30, "tags": ["red", "fruit", "red"] });

    let added = add(&client, "auth0|ali", apple).await;

    assert_eq!((added.status().as_u16(), added.header("location")), (201, Some("/pub/items/1")));
    assert_eq!(added.header("etag"), Some("\"1\""));
    let item: Value = added.json();
    assert_eq!(
        (&item["id"], &item["name"], &item["price"]),
        (&json!(1), &json!("apple"), &json!(30))
    );
    assert_eq!((&item["owner"], &item["version"]), (&json!("auth0|ali"), &json!(1)));
    assert_eq!(item["tags"], json!(["fruit", "red"]));
    assert!(item["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(client.get("/pub/items/1").await.json::<Value>(), item);
}

#[tokio::test]
async fn more_tags_than_an_item_can_have_are_refused() {
    let client = client().await;

    let most = client.get(&format!("/pub/items/?{}", "tag=a&".repeat(10))).await;
    let more = client.get(&format!("/pub/items/?{}", "tag=a&".repeat(3_000))).await;

    assert_eq!((most.status().as_u16(), more.status().as_u16()), (200, 422));
}

#[tokio::test]
async fn a_tag_is_neither_empty_nor_long() {
    let client = client().await;

    for tag in [String::new(), "a".repeat(51)] {
        let item = json!({ "name": "apple", "price": 30, "tags": [tag] });
        assert_eq!(add(&client, "auth0|ali", item).await.status(), 422);
    }
}

#[tokio::test]
async fn location_follows_the_prefix_of_the_settings() {
    let client = client_with(&[("PUBLIC_PREFIX", "/open")]).await;

    let added = add(&client, "auth0|ali", json!({ "name": "apple", "price": 30 })).await;

    assert_eq!(added.header("location"), Some("/open/items/1"));
    assert_eq!(client.get("/open/items/1").await.status(), 200);
}

#[tokio::test]
async fn every_broken_rule_of_an_item_is_named() {
    let client = client().await;
    let tags: Vec<_> = (0..11).map(|tag| tag.to_string()).collect();

    let answer = add(&client, "auth0|ali", json!({ "name": "", "price": -1, "tags": tags })).await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (422, "invalid_input"));
    let problem: Value = answer.json();
    let errors = problem["errors"].as_array().unwrap();
    let wrong: Vec<_> = errors.iter().map(|error| (&error["loc"][1], &error["type"])).collect();
    assert_eq!(
        wrong,
        [
            (&json!("name"), &json!("string_too_short")),
            (&json!("price"), &json!("greater_than_equal")),
            (&json!("tags"), &json!("too_long")),
        ]
    );
    assert_eq!(errors[0]["ctx"], json!({ "min_length": 1 }));
    let long = json!({ "name": "a".repeat(101), "price": 1 });
    assert_eq!(add(&client, "auth0|ali", long).await.status(), 422);
    assert!(names(&client, "").await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_item_is_refused() {
    let client = client().await;
    let post = || client.post("/priv/items/").token(seller("auth0|ali"));

    assert_eq!(post().json(&json!({ "name": "apple" })).await.status(), 422);
    assert_eq!(post().json(&json!({ "name": "apple", "price": "much" })).await.status(), 422);
    assert_eq!(post().header("content-type", "application/json").body("{").await.status(), 400);
    assert_eq!(post().header("content-type", "text/plain").body("apple").await.status(), 415);
}

#[tokio::test]
async fn one_owner_has_one_item_of_a_name() {
    let client = shop().await;

    let twice = add(&client, "auth0|ali", json!({ "name": "apple", "price": 1 })).await;
    let other = add(&client, "auth0|bea", json!({ "name": "apple", "price": 1 })).await;

    assert_eq!((twice.status().as_u16(), &*twice.error_code()), (409, "item_name_taken"));
    assert_eq!(other.status(), 201);
}

#[tokio::test]
async fn writing_wants_a_token_with_its_right() {
    let client = shop().await;
    let item = json!({ "name": "dish", "price": 1 });
    let nobody = TestToken::new("auth0|ali");

    let (items, apple) = ("/priv/items/", "/priv/items/1");
    for path in [items, apple] {
        let request = |client: &TestClient| match path {
            "/priv/items/" => client.post(path).json(&item),
            _ => client.put(path).json(&item),
        };
        assert_eq!(request(&client).await.status(), 401);
        let refused = request(&client).token(&nobody).await;
        assert_eq!(
            (refused.status().as_u16(), &*refused.error_code()),
            (403, "insufficient_scope")
        );
    }
    assert_eq!(client.delete(apple).await.status(), 401);
    let refused = client.delete(apple).token(seller("auth0|ali")).await;
    assert_eq!(
        (refused.status().as_u16(), &*refused.error_code()),
        (403, "insufficient_permission")
    );
}

#[tokio::test]
async fn items_are_listed_in_the_order_that_is_asked_for() {
    let client = shop().await;

    assert_eq!(names(&client, "").await, ["cup", "cup", "banana", "apple"]);
    assert_eq!(names(&client, "?sort=name").await, ["apple", "banana", "cup", "cup"]);
    assert_eq!(names(&client, "?sort=price").await, ["cup", "banana", "apple", "cup"]);
    let wrong = client.get("/pub/items/?sort=colour").await;
    let problem: Value = wrong.json();
    assert_eq!(problem["errors"][0]["msg"], "Input should be 'newest', 'name' or 'price'");
}

#[tokio::test]
async fn items_are_found_by_owner_price_and_tags() {
    let client = shop().await;

    assert_eq!(names(&client, "?owner=auth0%7Cbea").await, ["cup"]);
    assert_eq!(names(&client, "?min_price=20&max_price=30").await, ["banana", "apple"]);
    assert_eq!(names(&client, "?tag=fruit").await, ["banana", "apple"]);
    assert_eq!(names(&client, "?tag=fruit&tag=red").await, ["apple"]);
    assert_eq!(names(&client, "?tag=blue").await, [""; 0]);
    let wrong = client.get("/pub/items/?max_price=cheap").await;
    assert_eq!(wrong.json::<Value>()["errors"][0]["loc"], json!(["query", "max_price"]));
}

#[tokio::test]
async fn a_list_comes_in_parts() {
    let client = shop().await;

    let first: Value = client.get("/pub/items/?sort=name&limit=3").await.json();
    let last: Value = client.get("/pub/items/?sort=name&limit=3&offset=3").await.json();

    assert_eq!((first["items"].as_array().unwrap().len(), &first["next_offset"]), (3, &json!(3)));
    assert_eq!((last["items"].as_array().unwrap().len(), last.get("next_offset")), (1, None));
    assert_eq!(names(&client, "?limit=4&offset=9").await, [""; 0]);
}

#[tokio::test]
async fn a_part_has_its_bounds() {
    let client = client().await;

    let answer = client.get("/pub/items/?offset=-1&limit=101").await;

    assert_eq!(answer.status(), 422);
    let problem: Value = answer.json();
    let expected = json!([
        {
            "type": "greater_than_equal", "loc": ["query", "offset"],
            "msg": "Input should be greater than or equal to 0", "ctx": { "ge": 0 },
        },
        {
            "type": "less_than_equal", "loc": ["query", "limit"],
            "msg": "Input should be less than or equal to 100", "ctx": { "le": 100 },
        },
    ]);
    assert_eq!(problem["errors"], expected);
    for query in ["?limit=0", "?limit=many", "?offset=9223372036854775807"] {
        assert_eq!(client.get(&format!("/pub/items/{query}")).await.status(), 422, "{query}");
    }
}

#[tokio::test]
async fn an_item_that_the_client_has_is_not_sent_again() {
    let client = shop().await;

    let same = client.get("/pub/items/1").header("if-none-match", r#""7", "1""#).await;
    let other = client.get("/pub/items/1").header("if-none-match", r#""7""#).await;

    assert_eq!((same.status().as_u16(), same.text()), (304, ""));
    assert_eq!(same.header("etag"), Some("\"1\""));
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn an_item_that_is_not_there_answers_404() {
    let client = client().await;
    let item = json!({ "name": "apple", "price": 1 });
    let cleaner = TestToken::new("auth0|cleo").permissions(["delete:items"]);

    for answer in [
        client.get("/pub/items/1").await,
        client.put("/priv/items/1").token(seller("auth0|ali")).json(&item).await,
        client.delete("/priv/items/1").token(cleaner).await,
    ] {
        assert_eq!((answer.status().as_u16(), &*answer.error_code()), (404, "item_not_found"));
    }
    assert_eq!(client.get("/pub/items/one").await.status(), 422);
    assert_eq!(client.delete("/pub/items/1").await.status(), 405);
}

#[tokio::test]
async fn an_owner_replaces_an_item_whole() {
    let client = shop().await;
    let pear = json!({ "name": "pear", "price": 40, "tags": ["green"] });

    let replaced = client.put("/priv/items/1").token(seller("auth0|ali")).json(&pear).await;

    assert_eq!((replaced.status().as_u16(), replaced.header("etag")), (200, Some("\"2\"")));
    let item: Value = replaced.json();
    assert_eq!((&item["name"], &item["tags"]), (&json!("pear"), &json!(["green"])));
    assert_eq!(client.get("/pub/items/1").await.json::<Value>(), item);
    assert_eq!(names(&client, "?tag=red").await, [""; 0]);
}

#[tokio::test]
async fn an_item_is_not_replaced_by_another_user_nor_under_a_taken_name() {
    let client = shop().await;
    let put = |owner: &str, name: &str| {
        let item = json!({ "name": name, "price": 1 });
        client.put("/priv/items/1").token(seller(owner)).json(&item)
    };

    let other = put("auth0|bea", "pear").await;
    let taken = put("auth0|ali", "banana").await;
    let empty = put("auth0|ali", "").await;

    assert_eq!((other.status().as_u16(), &*other.error_code()), (403, "not_owner"));
    assert_eq!((taken.status().as_u16(), &*taken.error_code()), (409, "item_name_taken"));
    assert_eq!(empty.status(), 422);
    let item: Value = client.get("/pub/items/1").await.json();
    assert_eq!((&item["name"], &item["version"]), (&json!("apple"), &json!(1)));
}

#[tokio::test]
async fn a_change_since_it_was_read_is_not_overwritten() {
    let client = shop().await;
    let put = |price: u32| {
        let item = json!({ "name": "apple", "price": price });
        let request = client.put("/priv/items/1").token(seller("auth0|ali")).json(&item);
        request.header("if-match", "\"1\"")
    };

    let first = put(31).await;
    let second = put(32).await;

    assert_eq!(first.status(), 200);
    assert_eq!((second.status().as_u16(), &*second.error_code()), (412, "precondition_failed"));
    assert_eq!(client.get("/pub/items/1").await.json::<Value>()["price"], 31);
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_refused() {
    let client = shop().await;
    for version in 1..6 {
        let put = |price: u32| {
            let item = json!({ "name": "apple", "price": price });
            let request = client.put("/priv/items/1").token(seller("auth0|ali")).json(&item);
            request.header("if-match", format!("\"{version}\"")).into_future()
        };

        let (first, second) = tokio::join!(put(31), put(32));

        let mut statuses = [first.status().as_u16(), second.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

#[tokio::test]
async fn a_deleted_item_is_gone_with_its_tags() {
    let client = shop().await;
    let cleaner = TestToken::new("auth0|cleo").permissions(["delete:items"]);

    let deleted = client.delete("/priv/items/1").token(cleaner).await;

    assert_eq!((deleted.status().as_u16(), deleted.text()), (204, ""));
    assert_eq!(client.get("/pub/items/1").await.status(), 404);
    assert_eq!(names(&client, "?tag=red").await, [""; 0]);
    let added = add(&client, "auth0|ali", json!({ "name": "apple", "price": 1 })).await;
    assert_eq!(added.header("location"), Some("/pub/items/5"));
}
