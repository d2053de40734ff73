//! The background tasks of one request, kept in its context until they may run.
//!
//! They run when two things have happened, in any order: the handler has succeeded,
//! and the request has departed. Whichever comes second starts them.

use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::{BackgroundTasks, Tasks, work, work::Work};
use crate::context::Context;

struct Queue {
    waiting: UnboundedReceiver<Work>,
    is_released: bool,
}

pub(super) fn tasks_of(context: &Context) -> BackgroundTasks {
    if let Some(tasks) = context.get::<BackgroundTasks>() {
        return tasks;
    }
    let (sender, waiting) = mpsc::unbounded_channel();
    let tasks = BackgroundTasks(sender);
    context.insert(tasks.clone());
    context.insert(Queue { waiting, is_released: false });
    tasks
}

/// The handler has succeeded.
pub(crate) fn release(context: &Context, tasks: &Tasks) {
    let due = context.take_if(|queue: &mut Queue| {
        queue.is_released = true;
        context.has_departed()
    });
    start(due, context, tasks);
}

/// The answer was handed to the connection, or its client has left.
pub(crate) fn depart(context: &Context, tasks: &Tasks) {
    context.depart();
    start(context.take_if(|queue: &mut Queue| queue.is_released), context, tasks);
}

/// The handler has failed. Tasks may hold the context that holds them, so that they
/// are not dropped by themselves.
pub(crate) fn discard(context: &Context) {
    drop(context.take_if(|_: &mut Queue| true));
}

fn start(due: Option<Queue>, context: &Context, tasks: &Tasks) {
    let Some(Queue { waiting, .. }) = due else { return };
    // The run ends when nobody can add a task.
    drop(context.take_if(|_: &mut BackgroundTasks| true));
    tasks.spawn(context.clone().scope(work::run(waiting)));
}
