use diesel::{QueryableByName, prelude::*, sql_types::Text};
use diesel_async::RunQueryDsl;

use fastservice::{App, Result, db::Db, public_api, testing::TestClient};

use super::{SHELVES, add, boxes, server, shelves};

#[tokio::test]
async fn the_same_queries_run_as_on_sqlite() {
    let Some(db) = shelves("the_same_queries_run_as_on_sqlite", &[]).await else { return };
    let mut conn = db.connection().await.unwrap();

    let id: i64 = diesel::insert_into(shelves::table)
        .values(shelves::name.eq("attic"))
        .returning(shelves::id)
        .get_result(&mut conn)
        .await
        .unwrap();
    for weight in [5, 7] {
        diesel::insert_into(boxes::table)
            .values((boxes::shelf_id.eq(id), boxes::weight.eq(weight)))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    let heavy = boxes::table.filter(boxes::weight.gt(2)).select(boxes::shelf_id);
    let mut query = shelves::table.select(shelves::name).into_boxed();
    query = query.filter(shelves::id.eq_any(heavy));
    let heavy: Vec<String> = query.limit(9).offset(0).load(&mut conn).await.unwrap();
    let listed: i64 = shelves::table
        .filter(shelves::id.eq_any(vec![1, 2, id]))
        .count()
        .get_result(&mut conn)
        .await
        .unwrap();
    let absent: Option<i64> =
        shelves::table.find(99).select(shelves::id).first(&mut conn).await.optional().unwrap();

    assert_eq!((id, heavy), (3, vec!["attic".to_owned()]));
    assert_eq!((listed, absent), (3, None));
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[tokio::test]
async fn plain_sql_takes_values_apart_from_its_text() {
    let Some(db) = shelves("plain_sql_takes_values_apart_from_its_text", &[]).await else { return };
    let mut conn = db.connection().await.unwrap();

    let query = diesel::sql_query("SELECT name FROM shelves WHERE name = $1 OR name = $2");
    let query = query.bind::<Text, _>("lower").bind::<Text, _>("' OR TRUE --");
    let rows: Vec<Named> = query.load(&mut conn).await.unwrap();

    assert_eq!(rows.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["lower"]);
}

#[tokio::test]
async fn what_only_postgresql_has_is_there_too() {
    let Some(db) = shelves("what_only_postgresql_has_is_there_too", &[]).await else { return };
    let mut conn = db.connection().await.unwrap();
    assert!(conn.as_sqlite().is_none());

    let postgres = conn.as_postgres().unwrap();
    let name: String = shelves::table
        .select(shelves::name)
        .order(shelves::id)
        .for_update()
        .skip_locked()
        .first(postgres)
        .await
        .unwrap();

    assert_eq!(name, "upper");
}

/// Keeps a shelf of this name in a transaction, which goes on when the name is refused.
#[public_api(post = "/names/{way}")]
async fn keep(way: String, name: String, db: Db) -> Result<()> {
    let mut conn = db.connection().await?;
    if way == "bare" {
        let bare = conn.as_postgres().unwrap();
        diesel::insert_into(shelves::table).values(shelves::name.eq(name)).execute(bare).await?;
        return Ok(());
    }
    conn.transaction(async |conn| {
        let added = add(conn, &name).await;
        add(conn, "attic").await?;
        added
    })
    .await
}

#[tokio::test]
async fn a_text_that_postgresql_does_not_keep_is_a_422() {
    let Some(server) = server("a_text_that_postgresql_does_not_keep_is_a_422").await else {
        return;
    };
    let url = server.new_database().await;
    let app = App::new().only_routes_in(module_path!()).database(SHELVES);
    let client = TestClient::with_settings(app, [("DATABASE_URL", &*url)]).await;

    for way in ["shared", "bare"] {
        let answer = client.post(&format!("/names/{way}?name=a%00b")).await;

        assert_eq!(
            (answer.status().as_u16(), &*answer.error_code()),
            (422, "nul_in_text"),
            "{way}"
        );
    }
}
