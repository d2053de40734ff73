use super::*;

#[tokio::test]
async fn the_context_is_current_below_the_handler_and_in_spawned_tasks() {
    let context = Context::new();
    let id = context.request_id();

    let (here, there) = context
        .scope(async {
            let here = Context::current().map(|context| context.request_id());
            let there = Context::spawn(async { Context::current().map(|c| c.request_id()) });
            (here, there.await.unwrap())
        })
        .await;

    assert_eq!((here, there), (Some(id), Some(id)));
    assert!(Context::current().is_none());
}

#[tokio::test]
async fn the_context_is_current_in_blocking_work() {
    let context = Context::new();
    let id = context.request_id();

    let there = context
        .scope(async {
            let work = || Context::current().map(|context| context.request_id());
            Context::spawn_blocking(work).await
        })
        .await;
    let outside = Context::spawn_blocking(|| Context::current().is_none()).await;

    assert_eq!(there.unwrap(), Some(id));
    assert!(outside.unwrap());
}

#[tokio::test]
async fn a_job_without_a_request_has_a_context_of_its_own() {
    let context = Context::new();
    let id = context.request_id();

    let seen = context.scope(async { Context::current().map(|c| c.request_id()) }).await;

    assert_eq!(seen, Some(id));
}

#[test]
fn values_are_kept_by_type() {
    let context = Context::new();

    assert_eq!(context.insert(1_u8), None);
    assert_eq!(context.insert(2_u8), Some(1));
    context.insert("text");

    assert_eq!(context.get::<u8>(), Some(2));
    assert_eq!(context.get::<&str>(), Some("text"));
    assert_eq!(context.get::<u16>(), None);
}

#[test]
fn the_first_identity_stays() {
    let claims =
        |subject: &str| Claims::new(subject.into(), [""; 0], [""; 0], serde_json::Map::default());
    let context = Context::new();

    context.identify(claims("first"));
    context.identify(claims("second"));

    assert_eq!(context.user_id().map(UserId::as_str), Some("first"));
}
