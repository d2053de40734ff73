use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use fastservice::{
    db::{ConstraintExt, ConstraintKind},
    error::Error,
};

use super::{boxes, shelves};

#[tokio::test]
async fn a_broken_rule_answers_what_the_endpoint_says() {
    let Some(db) = shelves("a_broken_rule_answers_what_the_endpoint_says", &[]).await else {
        return;
    };
    let mut conn = db.connection().await.unwrap();
    let taken = || Error::conflict("this name is taken").with_code("name_taken");

    let twice = diesel::insert_into(shelves::table).values(shelves::name.eq("upper"));
    let twice = twice.execute(&mut conn).await.on_check(taken).on_unique(taken).unwrap_err();
    let absent = diesel::insert_into(boxes::table).values(boxes::shelf_id.eq(9));
    let absent = absent.execute(&mut conn).await.on_unique(taken).on_constraints().unwrap_err();
    let light = diesel::insert_into(boxes::table)
        .values((boxes::shelf_id.eq(1), boxes::weight.eq(0)))
        .execute(&mut conn)
        .await
        .on_constraint(|broken| {
            assert_eq!(broken.name(), "boxes_weight_check");
            (broken.kind() == ConstraintKind::Check).then(|| Error::unprocessable("too light"))
        })
        .unwrap_err();

    assert_eq!((twice.status().as_u16(), twice.code()), (409, "name_taken"));
    assert!(twice.source().is_some());
    assert_eq!((absent.status().as_u16(), absent.code()), (422, "missing_reference"));
    assert_eq!((light.status().as_u16(), light.detail()), (422, "too light"));
}

#[tokio::test]
async fn a_rule_that_nobody_speaks_of_is_a_500() {
    let Some(db) = shelves("a_rule_that_nobody_speaks_of_is_a_500", &[]).await else { return };
    let mut conn = db.connection().await.unwrap();

    let twice = diesel::insert_into(shelves::table).values(shelves::name.eq("upper"));
    let error =
        twice.execute(&mut conn).await.on_foreign_key(|| Error::conflict("no")).unwrap_err();

    assert_eq!(error.status(), 500);
}
