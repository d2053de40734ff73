use std::{
    fmt::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use super::*;
use crate::error::Error;

/// A task that counts, and the count.
fn counting(count: &Arc<AtomicUsize>) -> impl Future<Output = ()> + Send + 'static {
    let count = count.clone();
    async move {
        count.fetch_add(1, Ordering::SeqCst);
    }
}

/// Keeps what is logged as an error.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn fail(text: &str) {
    panic!("{text}, on purpose");
}

#[tokio::test]
async fn a_failed_or_panicking_task_is_logged_and_does_not_stop_the_next() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let (tasks, run) = BackgroundTasks::detached();
    let count = Arc::default();

    tasks.add(async { Err(Error::conflict("on purpose")) });
    tasks.add(async { fail("in a task") });
    tasks.add_blocking(|| fail("while it blocks"));
    tasks.add(counting(&count));
    drop(tasks);
    run.await;

    assert_eq!(count.load(Ordering::SeqCst), 1);
    let log = log.0.lock().unwrap();
    for expected in ["conflict", "in a task, on purpose", "while it blocks, on purpose"] {
        assert!(log.contains(expected), "{log}");
    }
}

#[tokio::test]
async fn a_task_uses_the_question_mark() {
    let (tasks, run) = BackgroundTasks::detached();

    tasks.add(async {
        std::fs::read("/nowhere")?;
        Ok(())
    });
    drop(tasks);

    run.await;
}

#[tokio::test]
async fn tasks_start_when_the_handler_has_succeeded_and_the_answer_has_left() {
    for order in [["release", "depart"], ["depart", "release"]] {
        let (context, service, count) = (Context::new(), Tasks::default(), Arc::default());
        queue::tasks_of(&context).add(counting(&count));

        for (step, name) in order.iter().enumerate() {
            service.finished().await;
            assert_eq!(count.load(Ordering::SeqCst), 0, "{order:?} {step}");
            match *name {
                "release" => release(&context, &service),
                _ => depart(&context, &service),
            }
        }

        service.finished().await;
        assert_eq!(count.load(Ordering::SeqCst), 1, "{order:?}");
    }
}

#[tokio::test]
async fn tasks_of_a_failed_handler_are_dropped_also_when_they_hold_the_context() {
    let (context, service) = (Context::new(), Tasks::default());
    let (held, alive) = (context.clone(), Arc::new(()));
    let dropped = Arc::downgrade(&alive);
    let tasks = queue::tasks_of(&context);
    tasks.add(async move {
        let _ = (held, alive);
    });

    discard(&context);
    depart(&context, &service);

    assert!(dropped.upgrade().is_none());
    tasks.add(async { fail("nobody is there to run it") });
    service.finished().await;
}

#[tokio::test]
async fn a_task_adds_another() {
    let (context, service, count) = (Context::new(), Tasks::default(), Arc::default());
    let tasks = queue::tasks_of(&context);
    let (again, later) = (tasks.clone(), counting(&count));
    tasks.add(async move { again.add(later) });
    drop(tasks);

    release(&context, &service);
    depart(&context, &service);

    service.finished().await;
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
