//! Calls that are under way: one for each token, and not too many at once.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{
    FutureExt,
    future::{Shared, WeakShared},
};
use tokio::sync::Semaphore;

use super::{Active, Refusal};

type Outcome = Result<Active, Refusal>;
type Call = Pin<Box<dyn Future<Output = Outcome> + Send>>;
/// A call that all who wait for it drive on; it is dropped with the last of them.
pub(super) type Flight = Shared<Call>;

/// The calls that are under way.
pub(super) struct Flights {
    // Only who is about to make a call comes here, and holds the lock for a moment.
    list: Arc<Mutex<List>>,
    seats: Arc<Semaphore>,
}

#[derive(Default)]
struct List {
    calls: HashMap<Box<str>, (u64, WeakShared<Call>)>,
    begun: u64,
}

impl Flights {
    pub(super) fn new(most_calls: usize) -> Self {
        let seats = Arc::new(Semaphore::new(most_calls.min(Semaphore::MAX_PERMITS)));
        Self { list: Arc::default(), seats }
    }

    /// The call about this token, begun by `call` if none is under way; `None` when there are
    /// too many.
    pub(super) fn join<F>(&self, token: &str, call: impl FnOnce() -> F) -> Option<Flight>
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut list = locked(&self.list);
        if let Some(flight) = list.calls.get(token).and_then(|(_, call)| call.upgrade()) {
            return Some(flight);
        }
        let seat = self.seats.clone().try_acquire_owned().ok()?;
        list.begun += 1;
        let number = list.begun;
        let landing = Landing { list: self.list.clone(), token: token.into(), number };
        let call = call();
        let call: Call = Box::pin(async move {
            let _held = (seat, landing);
            call.await
        });
        let flight = call.shared();
        if let Some(weak) = flight.downgrade() {
            list.calls.insert(token.into(), (number, weak));
        }
        Some(flight)
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

    const REFUSED: Outcome = Err(Refusal::Inactive);

    #[tokio::test]
    async fn those_with_one_token_share_a_call() {
        let flights = Flights::new(1);

        let first = flights.join("a", || ready(REFUSED)).unwrap();
        let second = flights.join("a", || async { panic!("a second call") }).unwrap();

        assert_eq!(second.await.unwrap_err(), Refusal::Inactive);
        assert_eq!(first.await.unwrap_err(), Refusal::Inactive);
    }

    #[tokio::test]
    async fn there_are_only_so_many_calls_and_none_is_left_behind() {
        let flights = Flights::new(2);

        let landed = flights.join("a", || ready(REFUSED)).unwrap();
        let left = flights.join("b", pending).unwrap();
        assert!(flights.join("c", || ready(REFUSED)).is_none());
        assert!(landed.clone().await.is_err());
        drop(left);

        // Also while somebody still has the outcome of an earlier one.
        assert!(locked(&flights.list).calls.is_empty());
        assert!(flights.join("a", pending).is_some());
        assert_eq!(flights.seats.available_permits(), 2);
    }
}
