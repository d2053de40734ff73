use std::{
    collections::BTreeSet,
    future::IntoFuture,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use fastservice::{
    prelude::*,
    testing::{PostgresServer, TestClient},
};

use super::{SHELVES, settings, shelves};

/// Keeps a shelf.
#[public_api(put = "/recovery/{id}")]
async fn keep(id: i64, db: Db) -> Result<()> {
    let mut conn = db.connection().await?;
    conn.transaction(async |conn| {
        diesel::insert_into(shelves::table)
            .values((shelves::id.eq(id), shelves::name.eq(format!("shelf {id}"))))
            .execute(conn)
            .await?;
        Ok(())
    })
    .await
}

#[public_api(get = "/recovery/ping")]
async fn ping(db: Db) -> Result<()> {
    db.ping().await
}

/// One answer of the service under load.
struct Answer {
    at: Instant,
    took: Duration,
    status: u16,
    code: String,
}

/// Eight clients that keep shelves until they are told to stop.
struct Load {
    is_over: Arc<AtomicBool>,
    kept: Arc<Mutex<BTreeSet<i64>>>,
    answers: Arc<Mutex<Vec<Answer>>>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(client: &Arc<TestClient>) -> Self {
        let mut load = Self {
            is_over: Arc::default(),
            kept: Arc::default(),
            answers: Arc::default(),
            clients: Vec::new(),
        };
        let next = Arc::new(AtomicI64::new(1_000));
        for _ in 0..8 {
            let (client, next) = (client.clone(), next.clone());
            let (is_over, kept, answers) =
                (load.is_over.clone(), load.kept.clone(), load.answers.clone());
            load.clients.push(tokio::spawn(async move {
                while !AtomicBool::load(&is_over, Ordering::Relaxed) {
                    let id = next.fetch_add(1, Ordering::Relaxed);
                    let begun = Instant::now();
                    let answer = client.put(&format!("/recovery/{id}")).into_future().await;
                    let status = answer.status().as_u16();
                    if status == 200 {
                        kept.lock().unwrap().insert(id);
                    }
                    let code = if status == 200 { String::new() } else { answer.error_code() };
                    let answer = Answer { at: Instant::now(), took: begun.elapsed(), status, code };
                    answers.lock().unwrap().push(answer);
                    // A client that was refused does not come back at once.
                    tokio::time::sleep(Duration::from_millis(if status == 200 { 1 } else { 10 }))
                        .await;
                }
            }));
        }
        load
    }

    fn count(&self, is_counted: impl Fn(&Answer) -> bool) -> usize {
        self.answers.lock().unwrap().iter().filter(|answer| is_counted(answer)).count()
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !is_so(self) {
            assert!(Instant::now() < end, "never: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Kills the database under load: requests get quick 503s, the service says
/// that it is not ready, and all is well soon after the database is back, with
/// nothing restarted and every row there that was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_is_survived() {
    let durable = ["fsync=on", "synchronous_commit=on"];
    let test = "a_killed_database_is_survived";
    let Some(server) = PostgresServer::with_options(test, &durable).await else { return };
    let url = server.new_database().await;
    let app = App::new().only_routes_in(module_path!()).database(SHELVES);
    let client = Arc::new(TestClient::with_settings(app, [("DATABASE_URL", &*url)]).await);
    let load = Load::start(&client);
    load.until("rows are kept", |load| load.count(|answer| answer.status == 200) > 50).await;

    let killed = Instant::now();
    server.kill();
    load.until("requests are refused", |load| load.count(|answer| answer.status == 503) > 50).await;
    let not_ready = client.get("/recovery/ping").await;
    let before_return = Instant::now();
    server.restart().await.unwrap();
    let returned = Instant::now();
    load.until("rows are kept again", |load| {
        load.count(|answer| answer.status == 200 && answer.at > before_return) > 50
    })
    .await;
    let recovered = returned.elapsed();
    let ready = client.get("/recovery/ping").await;
    load.is_over.store(true, Ordering::Relaxed);
    for client in load.clients {
        client.await.unwrap();
    }

    assert_eq!((not_ready.status().as_u16(), ready.status().as_u16()), (503, 200));
    assert!(recovered < Duration::from_secs(2), "recovered after {recovered:?}");
    check_refusals(&load.answers.lock().unwrap(), killed, returned);
    let db = Db::open(&settings(&[("DATABASE_URL", &url)])).await.unwrap();
    let mut conn = db.connection().await.unwrap();
    let there: Vec<i64> = shelves::table.select(shelves::id).load(&mut conn).await.unwrap();
    let there: BTreeSet<i64> = there.into_iter().collect();
    assert!(load.kept.lock().unwrap().is_subset(&there), "a row that was acknowledged is lost");
}

/// Each is quick and says what it is, and there is none but while the database was away.
fn check_refusals(answers: &[Answer], killed: Instant, returned: Instant) {
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((answer.status, &*answer.code), (503, "database_unavailable"));
        assert!(answer.took < Duration::from_secs(1), "refused after {:?}", answer.took);
        assert!(answer.at >= killed && answer.at < returned + Duration::from_secs(2));
    }
}
