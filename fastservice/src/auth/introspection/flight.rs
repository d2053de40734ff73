//! Calls that are under way: one for each token, and not too many at once.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{Shared, WeakShared},
};
use tokio::{sync::Semaphore, time::timeout};

use super::{Active, Denial};

type Outcome = Result<Active, Denial>;
type Call = Pin<Box<dyn Future<Output = Outcome> + Send>>;
/// A call that all who wait for it drive on; it is dropped with the last of them.
pub(super) type Flight = Shared<Call>;

/// The calls that are under way or wait for a seat.
pub(super) struct Flights {
    // Only who is about to make a call comes here, and holds the lock for a moment.
    list: Arc<Mutex<List>>,
    seats: Arc<Semaphore>,
    /// How long a seat is waited for.
    patience: Duration,
}

#[derive(Default)]
struct List {
    calls: HashMap<Box<str>, (u64, WeakShared<Call>)>,
    begun: u64,
}

impl Flights {
    pub(super) fn new(most_calls: usize, patience: Duration) -> Self {
        let seats = Arc::new(Semaphore::new(most_calls.min(Semaphore::MAX_PERMITS)));
        Self { list: Arc::default(), seats, patience }
    }

    /// The call about this token, begun by `call` if none is under way. Where there are too many,
    /// they take their turns.
    pub(super) fn join<F>(&self, token: &str, call: impl FnOnce() -> F) -> Flight
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut list = locked(&self.list);
        if let Some(flight) = list.calls.get(token).and_then(|(_, call)| call.upgrade()) {
            return flight;
        }
        list.begun += 1;
        let number = list.begun;
        let landing = Landing { list: self.list.clone(), token: token.into(), number };
        let call = call();
        let (seats, patience) = (self.seats.clone(), self.patience);
        let call: Call = Box::pin(async move {
            let _landing = landing;
            // Those who came first are seated first.
            let seat = timeout(patience, seats.acquire_owned()).await;
            let Ok(Ok(_seat)) = seat else { return Err(Denial::BUSY) };
            call.await
        });
        let flight = call.shared();
        if let Some(weak) = flight.downgrade() {
            list.calls.insert(token.into(), (number, weak));
        }
        flight
    }
}

/// Takes a call off the list when it ends, or when all who waited have left.
struct Landing {
    list: Arc<Mutex<List>>,
    token: Box<str>,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut list = locked(&self.list);
        // Another call about the same token may have begun by then.
        if list.calls.get(&self.token).is_some_and(|(number, _)| *number == self.number) {
            list.calls.remove(&self.token);
        }
    }
}

fn locked(list: &Mutex<List>) -> MutexGuard<'_, List> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::auth::refusal::Refusal;

    const INACTIVE: Denial = Denial::Refused(Refusal::Inactive);
    const REFUSED: Outcome = Err(INACTIVE);
    const PATIENCE: Duration = Duration::from_secs(2);

    #[tokio::test]
    async fn those_with_one_token_share_a_call() {
        let flights = Flights::new(1, PATIENCE);

        let first = flights.join("a", || ready(REFUSED));
        let second = flights.join("a", || async { panic!("a second call") });

        assert_eq!(second.await.unwrap_err(), INACTIVE);
        assert_eq!(first.await.unwrap_err(), INACTIVE);
    }

    #[tokio::test(start_paused = true)]
    async fn there_are_only_so_many_calls_and_the_others_take_their_turns() {
        let flights = Flights::new(1, PATIENCE);
        let slow = flights.join("a", || async {
            tokio::time::sleep(PATIENCE / 2).await;
            REFUSED
        });
        let endless = flights.join("b", pending);
        let late = flights.join("c", || ready(REFUSED));

        let (slow, late) = tokio::join!(slow, async {
            tokio::select! {
                // The order in which they ask for a seat.
                biased;
                _ = endless => panic!("it never ends"),
                late = late => late,
            }
        });

        assert_eq!(slow.unwrap_err(), INACTIVE);
        assert_eq!(late.unwrap_err(), Denial::BUSY);
        assert!(locked(&flights.list).calls.is_empty());
        assert_eq!(flights.seats.available_permits(), 1);
    }

    #[tokio::test]
    async fn nothing_is_left_behind_by_those_who_leave() {
        let flights = Flights::new(1, PATIENCE);
        let mut seated = flights.join("a", pending);
        let mut waiting = flights.join("b", pending);
        assert!((&mut seated).now_or_never().is_none());
        assert!((&mut waiting).now_or_never().is_none());
        assert_eq!(flights.seats.available_permits(), 0);

        drop((seated, waiting));

        assert!(locked(&flights.list).calls.is_empty());
        assert_eq!(flights.seats.available_permits(), 1);
        // Also while somebody still has the outcome of an earlier one.
        let landed = flights.join("a", || ready(REFUSED));
        assert!(landed.clone().await.is_err());
        assert!(flights.join("a", pending).now_or_never().is_none());
    }
}
