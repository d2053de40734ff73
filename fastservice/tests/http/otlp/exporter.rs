//! Where, how and whether it is exported.

use super::*;

#[tokio::test]
async fn exports_carry_the_headers_and_attributes_of_the_settings() {
    let settings = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
        ("OTEL_SERVICE_NAME", "other"),
    ];

    let exported = export(&settings, async |client| {
        let _ = client.get("/spans/7").await;
    })
    .await;

    assert!(!exported.requests.is_empty());
    for request in &exported.requests {
        assert_eq!(request.headers["api-key"], "a b");
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
    }
    let resource = &exported.resource;
    assert_eq!(attribute(resource, "service.name").as_deref(), Some("other"));
    assert_eq!(attribute(resource, "deployment.environment.name").as_deref(), Some("test"));
}

#[tokio::test]
async fn each_signal_is_turned_off_alone() {
    let exported = export(&[("OTEL_LOGS_EXPORTER", "none")], async |client| {
        let _ = client.get("/spans/7").await;
    })
    .await;

    assert!(exported.logs.is_empty() && !exported.spans.is_empty());
}

#[tokio::test]
async fn a_collector_that_is_away_costs_no_request() {
    // Nobody listens there any more.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endpoint = format!("http://{address}");
    let settings = Settings::from_pairs([("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]);
    let telemetry = Telemetry::open(&settings.unwrap()).unwrap();
    let app = App::new().only_routes_in(HANDLERS).observer(telemetry.observer());
    let client = TestClient::new(app).await;

    // More than the queue takes.
    let asked = async {
        for _ in 0..5_000 {
            assert_eq!(client.get("/spans/7").await.status(), StatusCode::OK);
        }
    };

    tokio::time::timeout(Duration::from_secs(30), asked).await.unwrap();
    let finished = tokio::task::spawn_blocking(move || telemetry.finish());
    tokio::time::timeout(Duration::from_secs(15), finished).await.unwrap().unwrap();
}
