use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::Arc,
    time::Duration,
};

use crate::auth::Guard;

type AnyValue = Arc<dyn Any + Send + Sync>;
type AnyMaker = Arc<dyn Fn() -> Box<dyn Any + Send> + Send + Sync>;

/// What the application gives to its extractors: state, access control, limits.
pub struct Environment {
    states: HashMap<TypeId, AnyValue>,
    replacements: HashMap<TypeId, AnyMaker>,
    pub(crate) guard: Guard,
    pub(crate) body_limit: usize,
    pub(crate) body_timeout: Duration,
}

impl Environment {
    pub(crate) fn new(guard: Guard, body_limit: usize, body_timeout: Duration) -> Self {
        let (states, replacements) = (HashMap::new(), HashMap::new());
        Self { states, replacements, guard, body_limit, body_timeout }
    }

    /// Gives `value` to every `State<T>`; a later one of the same type wins.
    pub(crate) fn set_state<T: Send + Sync + 'static>(&mut self, value: T) {
        self.share_state(Arc::new(value));
    }

    /// Gives a value that others have too.
    pub(crate) fn share_state<T: Send + Sync + 'static>(&mut self, value: Arc<T>) {
        self.states.insert(TypeId::of::<T>(), value);
    }

    /// Makes values of `T` with `make` instead of from the request.
    pub(crate) fn replace<T: Send + 'static>(
        &mut self,
        make: impl Fn() -> T + Send + Sync + 'static,
    ) {
        self.replacements.insert(TypeId::of::<T>(), Arc::new(move || Box::new(make())));
    }

    pub(crate) fn state<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.states.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }

    pub(super) fn replacement<T: 'static>(&self) -> Option<T> {
        if self.replacements.is_empty() {
            return None;
        }
        let made = self.replacements.get(&TypeId::of::<T>())?();
        made.downcast().ok().map(|value| *value)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("states", &self.states.len())
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
