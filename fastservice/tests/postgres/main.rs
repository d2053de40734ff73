//! The database room on PostgreSQL, with a server of its own. Without server
//! binaries each test says that it is left out.

mod cancelled;
mod constraints;
mod migrations;
mod pool;
mod queries;
mod recovery;
mod silence;
mod tls;
mod transactions;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use diesel_migrations::embed_migrations;
use fastservice::{
    db::{Connection, Db, EmbeddedMigrations},
    error::Result,
    settings::{DatabaseSettings, Settings},
    testing::PostgresServer,
};
use tokio::sync::OnceCell;

const SHELVES: EmbeddedMigrations = embed_migrations!("tests/migrations/postgres");

mod tables {
    diesel::table! {
        shelves (id) {
            id -> BigInt,
            name -> Text,
        }
    }

    diesel::table! {
        boxes (id) {
            id -> BigInt,
            shelf_id -> BigInt,
            weight -> BigInt,
        }
    }

    diesel::allow_tables_to_appear_in_same_query!(shelves, boxes);
}

use tables::{boxes, shelves};

/// The server of this process, on which each test has a database of its own.
async fn server(test: &str) -> Option<&'static PostgresServer> {
    static SERVER: OnceCell<Option<PostgresServer>> = OnceCell::const_new();
    SERVER.get_or_init(|| PostgresServer::start(test)).await.as_ref()
}

fn settings(pairs: &[(&str, &str)]) -> DatabaseSettings {
    Settings::from_pairs(pairs.iter().copied()).unwrap().database
}

/// A database with shelves and boxes.
async fn shelves(test: &str, pairs: &[(&str, &str)]) -> Option<Db> {
    let url = server(test).await?.new_database().await;
    let url = [("DATABASE_URL", &*url)];
    let db = Db::open(&settings(&[&url, pairs].concat())).await.unwrap();
    db.migrate(SHELVES).await.unwrap();
    Some(db)
}

async fn names(db: &Db) -> Vec<String> {
    let mut conn = db.connection().await.unwrap();
    shelves::table.select(shelves::name).order(shelves::id).load(&mut conn).await.unwrap()
}

async fn add(conn: &mut Connection, name: &str) -> Result<()> {
    diesel::insert_into(shelves::table).values(shelves::name.eq(name)).execute(conn).await?;
    Ok(())
}
