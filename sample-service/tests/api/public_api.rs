use std::future::IntoFuture;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use fastservice::{db::Db, settings::Settings};
use serde_json::{Value, json};

use super::{client, client_of, database};
use crate::service::schema::insert_entrylog;

#[tokio::test]
async fn visitors_are_counted_from_one() {
    let client = client().await;

    for number in 1..=3 {
        let answer = client.get("/pub/public_api/").await;

        assert_eq!(answer.status(), 200);
        let expected = json!({ "Hello": format!("Visitor # {number}") });
        assert_eq!(answer.json::<Value>(), expected);
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn visitors_at_once_get_different_numbers() {
    let client = client().await;

    let answers: Vec<_> =
        (0..20).map(|_| tokio::spawn(client.get("/pub/public_api/").into_future())).collect();
    let mut greetings = Vec::new();
    for answer in answers {
        greetings.push(answer.await.unwrap().json::<Value>()["Hello"].to_string());
    }

    greetings.sort();
    greetings.dedup();
    assert_eq!(greetings.len(), 20);
}

#[tokio::test]
async fn a_path_without_its_slash_is_redirected() {
    let client = client().await;

    let answer = client.get("/pub/public_api").await;

    assert_eq!(answer.status(), 307);
    assert_eq!(answer.header("location"), Some("/pub/public_api/"));
}

#[tokio::test]
async fn what_is_not_there_answers_404_and_another_method_405() {
    let client = client().await;

    let absent = client.get("/pub/absent").await;
    let other = client.post("/pub/public_api/").await;

    assert_eq!((absent.status().as_u16(), &*absent.error_code()), (404, "route_not_found"));
    assert_eq!((other.status().as_u16(), other.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
}

#[tokio::test]
async fn the_heart_beats() {
    let client = client().await;

    assert_eq!(client.get("/heartbeat/").await.text(), r#"["ok"]"#);
}

#[tokio::test]
async fn the_request_of_each_visitor_is_kept() {
    let database = database().await;
    let client = client_of(&database.url, &[]).await;

    let answer = client.get("/pub/public_api/").await;

    let settings = Settings::from_pairs([("DATABASE_URL", &*database.url)]).unwrap();
    let db = Db::open(&settings.database).await.unwrap();
    let mut conn = db.connection().await.unwrap();
    let kept = insert_entrylog::table.select(insert_entrylog::request_id);
    let kept: Vec<String> = kept.load(&mut conn).await.unwrap();
    assert_eq!(kept, [answer.header("x-request-id").unwrap()]);
}
