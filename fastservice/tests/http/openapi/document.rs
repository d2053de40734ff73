//! The document as a whole, and what each argument and result adds to it.

use std::collections::BTreeSet;

use fastservice::{prelude::*, testing::TestClient};
use serde_json::{Value, json};

mod shop {
    use super::*;

    /// A thing.
    #[derive(serde::Deserialize, serde::Serialize, JsonSchema)]
    pub(super) struct Thing {
        /// What it is called.
        #[validate(length(min = 1, max = 40))]
        pub(super) name: String,
        #[serde(default)]
        pub(super) count: u8,
        pub(super) secret: Option<String>,
        #[serde(default)]
        pub(super) colours: BTreeSet<String>,
    }

    /// Another thing of the same name.
    pub(super) mod other {
        use super::*;

        #[derive(serde::Serialize, JsonSchema)]
        pub(in super::super) struct Thing {
            pub(in super::super) size: f32,
        }
    }

    #[derive(Param)]
    #[param(rename_all = "lowercase")]
    pub(super) enum Sort {
        Name,
        Count,
    }

    #[derive(serde::Deserialize, JsonSchema)]
    pub(super) struct Filter {
        /// Part of the name.
        pub(super) like: Option<String>,
        pub(super) least: u32,
        pub(super) most: Option<u32>,
    }

    /// List things.
    ///
    /// In *parts*.
    #[public_api(get = "/things", tag = "things")]
    async fn list(
        Query(filter): Query<Filter>,
        sort: Option<Sort>,
        tag: Vec<String>,
        x_part: Option<Header<u16>>,
        session: Cookie<Secret<String>>,
    ) -> Json<Vec<Thing>> {
        let _ = (filter.like, filter.least, filter.most, tag, x_part, session);
        let count = sort.map_or(0, |sort| sort as u8);
        Json(vec![Thing { name: "a".into(), count, secret: None, colours: BTreeSet::new() }])
    }

    #[private_api(
        post = "/things/{id}",
        scope = "write:things",
        permission = ["make", "keep"],
        status = 201,
        errors = ["404 no_thing", "409 taken", "409 gone", "412"]
    )]
    async fn put_thing(id: uuid::Uuid, Json(thing): Json<Thing>) -> Result<Created<Json<Thing>>> {
        Ok(Created::at(id.to_string(), Json(thing)))
    }

    #[private_api(get = "/any", any_scope = ["a", "b"], m2m)]
    async fn any() -> Json<other::Thing> {
        Json(other::Thing { size: 1.0 })
    }

    #[public_api(get = "/rules/{*rest}")]
    async fn rules(rest: String, if_none_match: Option<Header<String>>) -> Tagged<String> {
        Tagged::new("\"1\"", rest).unless(if_none_match)
    }

    #[public_api(post = "/raw")]
    #[deprecated]
    async fn raw(body: Bytes, user: Option<UserId>) -> impl IntoResponse {
        let _ = user;
        body
    }

    #[public_api(get = "/hidden", hidden)]
    async fn hidden() {}
}

/// Two functions of one name.
mod again {
    use super::*;

    #[public_api(get = "/again")]
    async fn raw() {}

    #[public_api(delete = "/again", operation_id = "forget")]
    async fn raw_too() {}
}

async fn client(settings: &[(&'static str, &'static str)]) -> TestClient {
    let app = App::new().name("shop").version("2.1").only_routes_in(module_path!());
    TestClient::with_settings(app, [("M2M_USER", "x")].into_iter().chain(settings.iter().copied()))
        .await
}

async fn document(settings: &[(&'static str, &'static str)]) -> Value {
    let answer = client(settings).await.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

fn parameter<'d>(operation: &'d Value, name: &str) -> &'d Value {
    let parameters = operation["parameters"].as_array().unwrap();
    parameters.iter().find(|parameter| parameter["name"] == name).unwrap()
}

#[tokio::test]
async fn the_document_says_what_the_service_is() {
    let document = document(&[("SERVICE_DESCRIPTION", "Sells things.")]).await;

    assert_eq!(document["openapi"], "3.1.0");
    let info = json!({"title": "shop", "version": "2.1", "description": "Sells things."});
    assert_eq!(document["info"], info);
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    let own = [
        "/again",
        "/any",
        "/heartbeat/",
        "/raw",
        "/ready",
        "/rules/{rest}",
        "/things",
        "/things/{id}",
    ];
    assert_eq!(paths, own, "hidden ones are not in it");
}

#[tokio::test]
async fn arguments_are_parameters_with_their_schemas() {
    let document = document(&[]).await;
    let list = &document["paths"]["/things"]["get"];

    assert_eq!(list["summary"], "List things.");
    assert_eq!(list["description"], "In *parts*.");
    assert_eq!((&list["operationId"], &list["tags"]), (&json!("list"), &json!(["things"])));
    let like = json!({
        "name": "like", "in": "query", "required": false,
        "description": "Part of the name.", "schema": {"type": "string"},
    });
    assert_eq!(parameter(list, "like"), &like);
    assert_eq!(parameter(list, "least")["required"], true);
    // Empty, as a form sends what nobody filled in: `None` where it is no value.
    let may_be_empty = |name: &str| parameter(list, name).get("allowEmptyValue").is_some();
    let names = ["like", "least", "most", "sort", "tag", "x-part"];
    assert_eq!(names.map(may_be_empty), [false, false, true, true, false, false]);
    assert_eq!(parameter(list, "least")["schema"]["minimum"], 0);
    assert_eq!(parameter(list, "sort")["schema"]["enum"], json!(["name", "count"]));
    assert_eq!(parameter(list, "tag")["schema"]["type"], "array");
    assert_eq!(parameter(list, "x-part")["in"], "header");
    let session = json!({"type": "string", "format": "password"});
    assert_eq!(
        (&parameter(list, "session")["in"], &parameter(list, "session")["schema"]),
        (&json!("cookie"), &session)
    );
    let rest = &document["paths"]["/rules/{rest}"]["get"];
    assert_eq!(
        (&parameter(rest, "rest")["in"], &parameter(rest, "rest")["required"]),
        (&json!("path"), &json!(true))
    );
    let id = &document["paths"]["/things/{id}"]["post"];
    assert_eq!(parameter(id, "id")["schema"]["format"], "uuid");
}

#[tokio::test]
async fn what_is_taken_and_what_is_given_may_differ() {
    let document = document(&[]).await;
    let put = &document["paths"]["/things/{id}"]["post"];
    let schemas = &document["components"]["schemas"];

    let body = &put["requestBody"];
    assert_eq!(body["required"], true);
    let taken = &body["content"]["application/json"]["schema"]["$ref"];
    let given = &put["responses"]["201"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(taken, "#/components/schemas/ThingInput");
    assert!(
        ["#/components/schemas/Thing", "#/components/schemas/Thing2"]
            .contains(&given.as_str().unwrap())
    );
    assert_eq!(schemas["ThingInput"]["required"], json!(["name"]));
    assert_eq!(schemas["ThingInput"]["properties"]["name"]["maxLength"], 40);
    let given = given.as_str().unwrap().rsplit('/').next().unwrap();
    assert_eq!(schemas[given]["required"], json!(["name", "count", "secret", "colours"]));
    // A set is read from a list in which words repeat, and written without.
    assert_eq!(schemas["ThingInput"]["properties"]["colours"].get("uniqueItems"), None);
    assert_eq!(schemas[given]["properties"]["colours"]["uniqueItems"], true);
    // The other type of this name.
    let any = &document["paths"]["/any"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"]["$ref"];
    let other = any.as_str().unwrap().rsplit('/').next().unwrap();
    assert_ne!(other, given);
    assert_eq!(schemas[other]["properties"]["size"]["type"], "number");
}

#[tokio::test]
async fn every_answer_that_can_come_is_there() {
    let document = document(&[]).await;
    let statuses = |path: &str, method: &str| {
        let responses = &document["paths"][path][method]["responses"];
        responses.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };

    assert_eq!(statuses("/things", "get"), "200 400 422");
    assert_eq!(statuses("/things/{id}", "post"), "201 400 401 403 404 408 409 412 413 415 422 503");
    assert_eq!(statuses("/rules/{rest}", "get"), "200 304 400 422");
    assert_eq!(statuses("/raw", "post"), "200 400 401 408 413 415 422 503");
    assert_eq!(statuses("/again", "get"), "200");
    let put = &document["paths"]["/things/{id}"]["post"]["responses"];
    assert_eq!(put["409"]["description"], "`taken`. `gone`.");
    assert_eq!(put["412"]["description"], "Precondition Failed.");
    assert!(put["201"]["headers"]["Location"].is_object());
    assert!(put["401"]["headers"]["WWW-Authenticate"].is_object());
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    assert_eq!(put["404"]["content"]["application/problem+json"]["schema"], problem);
}

#[tokio::test]
async fn access_is_described_as_it_is_enforced() {
    let document = document(&[]).await;
    let paths = &document["paths"];

    let put = &paths["/things/{id}"]["post"];
    assert_eq!(put["security"], json!([{"bearer": ["write:things"]}]));
    assert_eq!(put["x-permissions"], json!({"all": ["make", "keep"], "any": []}));
    assert!(put["description"].as_str().unwrap().contains("all of the permission `make`, `keep`"));
    let any = &paths["/any"]["get"];
    assert_eq!(any["security"], json!([{"bearer": ["a"]}, {"bearer": ["b"]}]));
    assert_eq!(any["description"], "For machines only.");
    assert_eq!(paths["/raw"]["post"]["security"], json!([{}, {"bearer": []}]));
    assert_eq!(paths["/raw"]["post"]["deprecated"], true);
    assert!(paths["/things"]["get"].get("security").is_none());
}

#[tokio::test]
async fn operation_ids_are_unique() {
    let document = document(&[]).await;
    let mut ids = Vec::new();
    for methods in document["paths"].as_object().unwrap().values() {
        ids.extend(
            methods
                .as_object()
                .unwrap()
                .values()
                .map(|operation| operation["operationId"].to_string()),
        );
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();

    assert_eq!(ids.len(), count);
    assert!(
        ids.contains(&"\"again_raw\"".to_owned()) && ids.contains(&"\"forget\"".to_owned()),
        "{ids:?}"
    );
}

#[tokio::test]
async fn errors_are_described_in_the_form_of_the_setting() {
    for (format, media_type, member) in
        [("fastapi", "application/json", "detail"), ("fastservice", "application/json", "error")]
    {
        let document = document(&[("ERROR_FORMAT", format)]).await;

        let wrong = &document["paths"]["/things"]["get"]["responses"]["422"]["content"][media_type];
        assert_eq!(wrong["schema"]["$ref"], "#/components/schemas/Error", "{format}");
        assert!(document["components"]["schemas"]["Error"]["properties"][member].is_object());
    }
}

#[tokio::test]
async fn a_client_that_has_the_document_gets_it_not_again() {
    let client = client(&[]).await;
    let first = client.get("/openapi.json").await;
    let etag = first.header("etag").unwrap();

    let again = client.get("/openapi.json").header("if-none-match", etag).await;

    assert_eq!((again.status().as_u16(), again.text()), (304, ""));
    assert_eq!(client.get("/openapi.json").header("if-none-match", "\"x\"").await.status(), 200);
}

#[tokio::test]
async fn behind_a_prefix_the_document_names_it() {
    let client = client(&[("TRUSTED_PROXIES", "loopback")]).await;
    let answer = client
        .get("/openapi.json")
        .remote_address(([127, 0, 0, 1], 1))
        .header("x-forwarded-prefix", "/shop")
        .await;

    let document: Value = answer.json();
    assert_eq!(document["servers"], json!([{"url": "/shop"}]));
    assert_eq!(document["openapi"], "3.1.0");
}

#[tokio::test]
async fn the_document_can_be_switched_off() {
    assert_eq!(client(&[("OPENAPI", "false")]).await.get("/openapi.json").await.status(), 404);
}
