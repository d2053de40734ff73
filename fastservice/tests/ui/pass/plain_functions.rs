//! An endpoint stays a function, which a test calls.

use fastservice::prelude::*;

#[public_api(get = "/double/{number}")]
async fn double(number: i64, step: State<Step>) -> Result<Json<i64>> {
    Ok(Json(number * 2 + step.0))
}

#[derive(Debug)]
struct Step(i64);

#[tokio::test]
async fn endpoints_are_called_as_functions() {
    let Json(doubled) = double(2, State::new(Step(1))).await.unwrap();

    assert_eq!(doubled, 5);
}

#[tokio::test]
async fn an_endpoint_inside_a_function_is_one_too() {
    #[public_api(get = "/inner")]
    async fn inner() -> &'static str {
        "inner"
    }

    let service = App::new().state(Step(0)).only_routes_in(module_path!()).start();

    assert!(service.await.is_ok());
    assert_eq!(inner().await, "inner");
}
