use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::{sync::Notify, time};

use super::*;
use crate::{auth::Guard, error::Error};

const LIMIT: Duration = Duration::from_secs(2);

fn environment() -> Arc<Environment> {
    let guard = Guard::new("test", &[""; 0]).unwrap();
    Arc::new(Environment::new(guard, 0, LIMIT))
}

fn check<F>(name: &'static str, ask: impl Fn() -> F + Send + Sync + 'static) -> Check
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    Check::asking(name, move |_| Box::pin(ask()))
}

fn readiness(checks: impl IntoIterator<Item = Check>) -> Arc<Readiness> {
    Arc::new(Readiness::new(checks.into_iter().collect(), LIMIT))
}

async fn ask(readiness: &Readiness) -> (u16, String) {
    let (status, answer) = readiness.answer(&environment()).await;
    (status.as_u16(), serde_json::to_string(&answer).unwrap())
}

#[tokio::test]
async fn a_service_without_checks_is_ready() {
    assert_eq!(ask(&readiness([])).await, (200, r#"{"status":"ready","checks":{}}"#.into()));
}

#[tokio::test(start_paused = true)]
async fn each_failure_is_named_and_its_cause_is_not() {
    let readiness = readiness([
        check("well", async || Ok(())),
        check("ill", async || Err(Error::internal("password is hunter2"))),
        check("slow", std::future::pending),
        check("mad", async || panic!("on purpose")),
    ]);
    let begun = Instant::now();

    let (status, body) = ask(&readiness).await;

    let checks = r#"{"ill":"failed","mad":"failed","slow":"timed out","well":"ok"}"#;
    assert_eq!((status, body), (503, format!(r#"{{"status":"not ready","checks":{checks}}}"#)));
    assert_eq!(begun.elapsed(), LIMIT);
}

/// A check that counts how often it is asked, and waits until it may answer.
#[derive(Default)]
struct Counted {
    asked: AtomicUsize,
    begun: Notify,
    go_on: Notify,
}

impl Counted {
    fn check(self: &Arc<Self>) -> Check {
        let counted = self.clone();
        check("counted", move || {
            let counted = counted.clone();
            async move {
                counted.asked.fetch_add(1, Relaxed);
                counted.begun.notify_one();
                counted.go_on.notified().await;
                Ok(())
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn many_probes_are_one_run() {
    let counted = Arc::new(Counted::default());
    let readiness = readiness([counted.check()]);

    let probes = join_all((0..100).map(|_| ask(&readiness)));
    counted.go_on.notify_one();
    let answers = probes.await;
    let soon_after = ask(&readiness).await;
    assert!(answers.iter().all(|answer| *answer == soon_after && answer.0 == 200));
    assert_eq!(counted.asked.load(Relaxed), 1);

    time::advance(REPORT_AGE).await;
    counted.go_on.notify_one();
    assert_eq!(ask(&readiness).await.0, 200);
    assert_eq!(counted.asked.load(Relaxed), 2);
}

/// A probe that gives up while the check still runs.
async fn ask_and_leave(readiness: &Arc<Readiness>, counted: &Counted) {
    let readiness = readiness.clone();
    let probe = tokio::spawn(async move { ask(&readiness).await });
    counted.begun.notified().await;
    probe.abort();
    assert!(probe.await.unwrap_err().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_when_who_asked_has_left() {
    let counted = Arc::new(Counted::default());
    let readiness = readiness([counted.check()]);

    ask_and_leave(&readiness, &counted).await;
    counted.go_on.notify_one();

    assert_eq!(ask(&readiness).await.0, 200);
    assert_eq!(counted.asked.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_nobody_waited_for_grows_old_too() {
    let counted = Arc::new(Counted::default());
    let readiness = readiness([counted.check()]);

    ask_and_leave(&readiness, &counted).await;
    counted.go_on.notify_one();
    // Virtual time goes on when nothing else can.
    time::sleep(REPORT_AGE).await;

    counted.go_on.notify_one();
    assert_eq!(ask(&readiness).await.0, 200);
    assert_eq!(counted.asked.load(Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_seen_at_once() {
    let counted = Arc::new(Counted::default());
    let readiness = readiness([counted.check()]);
    let stopping = (503, r#"{"status":"stopping","checks":{}}"#.to_owned());

    let probe = tokio::spawn({
        let readiness = readiness.clone();
        async move { ask(&readiness).await }
    });
    counted.begun.notified().await;
    readiness.stop();

    assert_eq!(ask(&readiness).await, stopping);
    counted.go_on.notify_one();
    assert_eq!(probe.await.unwrap(), stopping);
}

#[tokio::test(start_paused = true)]
async fn a_check_heals() {
    let is_well = Arc::new(AtomicBool::new(false));
    let readiness = readiness([check("patient", {
        let is_well = is_well.clone();
        move || {
            let is_well = is_well.load(Relaxed);
            async move { if is_well { Ok(()) } else { Err(Error::unavailable("ill")) } }
        }
    })]);

    assert_eq!(ask(&readiness).await.0, 503);
    is_well.store(true, Relaxed);
    time::advance(REPORT_AGE).await;

    assert_eq!(ask(&readiness).await.0, 200);
}

#[test]
fn a_run_that_its_runtime_did_not_end_is_a_failure() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let readiness = readiness([check("slow", std::future::pending)]);

    let first = runtime();
    let run = {
        let _entered = first.enter();
        readiness.run(&environment())
    };
    drop(first);

    let report = runtime().block_on(run);
    assert_eq!(report.outcomes.get("slow"), Some(&Outcome::Failed));
}

#[test]
fn a_change_is_news_once() {
    let check = check("patient", async || Ok(()));
    let outcomes =
        [Outcome::Passed, Outcome::Failed, Outcome::TimedOut, Outcome::Passed, Outcome::Passed];

    let news = outcomes.map(|outcome| check.is_news(outcome));

    assert_eq!(news, [false, true, false, true, false]);
}
