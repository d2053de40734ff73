use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker, ready},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};
use tokio::{task::coop, time};

/// The clock that limits how long the head of a request may take, for one connection.
///
/// hyper asks for a new sleep before each head and drops it after. A tokio
/// sleep for each would cost an entry in the wheel of timers, taken out again
/// at once. Here one alarm stays in the wheel: when it goes off before the
/// deadline of the present head, it is set to that deadline.
#[derive(Debug, Clone)]
pub(super) struct HeadTimer(Arc<Mutex<Alarm>>);

#[derive(Debug)]
struct Alarm {
    sleep: Pin<Box<time::Sleep>>,
    /// Whom it wakes.
    waker: Waker,
}

/// The wait for the deadline of one head.
struct Deadline {
    alarm: Arc<Mutex<Alarm>>,
    at: time::Instant,
}

impl HeadTimer {
    pub(super) fn new() -> Self {
        let sleep = Box::pin(time::sleep_until(time::Instant::now()));
        Self(Arc::new(Mutex::new(Alarm { sleep, waker: Waker::noop().clone() })))
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Deadline { alarm: self.0.clone(), at: deadline.into() })
    }

    fn now(&self) -> Instant {
        time::Instant::now().into()
    }
}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // A panic while it is held leaves the alarm whole.
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        alarm.poll(self.at, cx)
    }
}

impl Sleep for Deadline {}

impl Alarm {
    /// Waits for `at`. The alarm never goes off later than that, as the deadline of
    /// each head is after that of the head before.
    fn poll(&mut self, at: time::Instant, cx: &mut Context<'_>) -> Poll<()> {
        if !self.sleep.is_elapsed() && self.waker.will_wake(cx.waker()) {
            return Poll::Pending;
        }
        self.waker.clone_from(cx.waker());
        if self.sleep.deadline() < at {
            ready!(self.poll_sleep(cx));
            self.sleep.as_mut().reset(at);
        }
        self.poll_sleep(cx)
    }

    fn poll_sleep(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // A task whose budget is used up would leave no waker there.
        Pin::new(&mut coop::unconstrained(self.sleep.as_mut())).poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// Waits for a head as hyper does.
    fn limit(timer: &HeadTimer) -> Pin<Box<dyn Sleep>> {
        timer.sleep_until(timer.now() + LIMIT)
    }

    /// A head that arrives in time, so that the wait is dropped.
    async fn head(timer: &HeadTimer, arrival: Duration) {
        assert!(time::timeout(arrival, limit(timer)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_arrive_ends_after_the_limit() {
        let timer = HeadTimer::new();
        let start = time::Instant::now();

        limit(&timer).await;

        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn each_head_has_the_whole_limit() {
        let timer = HeadTimer::new();
        for arrival in [20, 29, 1, 29].map(Duration::from_secs) {
            head(&timer, arrival).await;
            time::advance(Duration::from_secs(7)).await;
        }
        let start = time::Instant::now();

        limit(&timer).await;

        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn the_task_that_waits_last_is_woken() {
        let timer = HeadTimer::new();
        head(&timer, Duration::from_secs(1)).await;
        let start = time::Instant::now();

        tokio::spawn(limit(&timer)).await.unwrap();

        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_without_budget_is_woken() {
        let timer = HeadTimer::new();
        let start = time::Instant::now();

        while coop::has_budget_remaining() {
            coop::consume_budget().await;
        }
        limit(&timer).await;

        assert_eq!(start.elapsed().as_secs(), LIMIT.as_secs());
    }
}
