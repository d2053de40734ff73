use std::task::{Context as TaskContext, Poll};

use fastservice::{body::RequestBody, prelude::*, testing::TestClient};
use tower_layer::layer_fn;
use tower_service::Service;

#[public_api(get = "/layered")]
async fn layered(context: Context) -> String {
    context.request_id().to_string()
}

/// Adds a header to every answer.
#[derive(Clone)]
struct Mark<S>(S, &'static str);

impl<S> Service<http::Request<RequestBody>> for Mark<S>
where
    S: Service<http::Request<RequestBody>, Response = Response, Future: Send + 'static>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        let (answer, mark) = (self.0.call(request), self.1);
        Box::pin(async move {
            let mut response = answer.await?;
            response.headers_mut().append("x-mark", HeaderValue::from_static(mark));
            Ok(response)
        })
    }
}

/// Answers in a task of its own.
#[derive(Clone)]
struct Elsewhere<S>(S);

impl<S> Service<http::Request<RequestBody>> for Elsewhere<S>
where
    S: Service<http::Request<RequestBody>, Response = Response, Error: Send + 'static>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        let answer = tokio::spawn(self.0.call(request));
        Box::pin(async move { answer.await.unwrap() })
    }
}

#[public_api(get = "/current")]
async fn current() -> String {
    Context::current().unwrap().request_id().to_string()
}

#[tokio::test]
async fn the_context_stays_current_where_a_layer_moves_the_request_to_another_task() {
    let app = App::new().only_routes_in(module_path!()).layer(layer_fn(Elsewhere));

    let answer = TestClient::new(app).await.get("/current").await;

    assert_eq!(answer.header("x-request-id"), Some(answer.text()));
}

#[tokio::test]
async fn layers_wrap_answers_and_errors_the_last_one_outermost() {
    let app = App::new()
        .only_routes_in(module_path!())
        .layer(layer_fn(|inner| Mark(inner, "inner")))
        .layer(layer_fn(|inner| Mark(inner, "outer")));
    let client = TestClient::new(app).await;

    let answer = client.get("/layered").await;
    let missing = client.get("/nowhere").await;

    assert_eq!(answer.header("x-request-id"), Some(answer.text()));
    let marks: Vec<_> = answer.headers().get_all("x-mark").iter().collect();
    assert_eq!(marks, ["inner", "outer"]);
    assert_eq!(
        (missing.status().as_u16(), missing.headers().get_all("x-mark").iter().count()),
        (404, 2)
    );
}
