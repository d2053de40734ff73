//! 2. Who is asking, under which id.

mod arrival;
mod client;
mod companion;
mod ending;
mod forwarded;
mod outgoing;
mod proxies;
mod request_id;
mod trace;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::Poll,
    time::{Duration, Instant},
};

use http::{Method, Uri};
use tokio::task::JoinHandle;

use self::companion::Accompanied;
#[cfg(feature = "otlp")]
pub(crate) use self::companion::Companion;
pub(crate) use self::{arrival::Arrival, proxies::Proxies, request_id::X_REQUEST_ID};
pub use self::{
    ending::{Ending, Observer},
    request_id::RequestId,
    trace::{SpanId, TraceContext, TraceId},
};
use crate::claims::{Claims, UserId};

tokio::task_local! {
    static CURRENT: Context;
}

/// What is known about the request being answered.
///
/// A handler takes it as an argument; anything below the handler reads it with
/// [`Context::current`]. Cloning is cheap.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(get = "/whoami")]
/// async fn whoami(context: Context) -> String {
///     format!("you are request {}", context.request_id())
/// }
/// ```
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    request_id: RequestId,
    arrival: Arrival,
    began: Instant,
    route: OnceLock<Entered>,
    claims: OnceLock<Claims>,
    companion: OnceLock<Box<dyn companion::Companion>>,
    // Made when somebody asks; boxed, as in most requests nobody does.
    trace: OnceLock<Box<TraceContext>>,
    has_departed: AtomicBool,
    // Most requests keep no values, so that the map and its lock are made by the first one.
    values: OnceLock<Mutex<Values>>,
}

/// The route that a request has taken.
struct Entered {
    template: Arc<str>,
    endpoint: usize,
    is_quiet: bool,
}

type Values = HashMap<TypeId, Box<dyn Any + Send>>;

impl Context {
    /// A context without a request, for a job in the background or a test of a
    /// handler. Its method is GET.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each has an id of its own")]
    pub fn new() -> Self {
        Self::open(Arrival::default())
    }

    /// The context of a request that has just arrived.
    pub(crate) fn open(arrival: Arrival) -> Self {
        Self(Arc::new(Inner {
            request_id: arrival.request_id.unwrap_or_else(RequestId::new),
            arrival,
            began: Instant::now(),
            route: OnceLock::new(),
            claims: OnceLock::new(),
            companion: OnceLock::new(),
            trace: OnceLock::new(),
            has_departed: AtomicBool::new(false),
            values: OnceLock::new(),
        }))
    }

    /// The context of the request being answered here; `None` outside of one.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// The id of this request, also sent as `X-Request-ID`.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.0.request_id
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.0.arrival.method
    }

    /// The URI, as it came. Its query may hold what does not belong into a log.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0.arrival.uri
    }

    /// The address of the other end of the connection, which may be a proxy; `None` in a
    /// test without sockets.
    #[must_use]
    pub fn remote_address(&self) -> Option<SocketAddr> {
        self.0.arrival.remote_address
    }

    /// The path template of the route, for example `/items/{id}`; `None` before one is found.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.0.route.get().map(|entered| &*entered.template)
    }

    /// The number of the endpoint that answers, for tables; `None` before it is found.
    #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "metrics are a feature"))]
    pub(crate) fn endpoint(&self) -> Option<usize> {
        self.0.route.get().map(|entered| entered.endpoint)
    }

    /// How many headers `Host` came with it.
    pub(crate) fn hosts(&self) -> usize {
        self.0.arrival.hosts
    }

    /// Whether its route stays out of the access log, as that of the heartbeat does.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.0.route.get().is_some_and(|entered| entered.is_quiet)
    }

    /// The header `User-Agent`, where it is text.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.0.arrival.user_agent.as_ref()?.to_str().ok()
    }

    /// How long ago the request arrived.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.began.elapsed()
    }

    /// What the verified token says; `None` when nobody was identified.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        self.0.claims.get()
    }

    /// Who calls; `None` when nobody was identified.
    #[must_use]
    pub fn user_id(&self) -> Option<&UserId> {
        self.claims().map(Claims::subject)
    }

    /// Keeps a value for the rest of the request, one of each type, and returns the one before.
    ///
    /// ```
    /// # use fastservice::prelude::*;
    /// #[derive(Clone)]
    /// struct Tenant(String);
    ///
    /// # fn example(context: &Context) {
    /// context.insert(Tenant("north".into()));
    /// assert_eq!(context.get::<Tenant>().unwrap().0, "north");
    /// # }
    /// ```
    pub fn insert<T: Send + 'static>(&self, value: T) -> Option<T> {
        let before = self.values().insert(TypeId::of::<T>(), Box::new(value))?;
        before.downcast().ok().map(|value| *value)
    }

    /// A copy of the value of this type that was kept.
    #[must_use]
    pub fn get<T: Clone + 'static>(&self) -> Option<T> {
        self.values().get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }

    /// Runs a task that keeps the current context, so that its log records and
    /// outgoing calls carry the request id. Outside of a request it is
    /// [`tokio::spawn`].
    ///
    /// # Panics
    /// Outside of a tokio runtime, as [`tokio::spawn`] does.
    pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        match Self::current() {
            Some(context) => tokio::spawn(context.scope(future)),
            None => tokio::spawn(future),
        }
    }

    /// Runs `work`, which may block, on a thread that is there for it, and keeps the
    /// current context. Outside of a request it is [`tokio::task::spawn_blocking`].
    ///
    /// ```
    /// use fastservice::prelude::*;
    ///
    /// #[public_api(get = "/report")]
    /// async fn report() -> Result<String> {
    ///     Ok(Context::spawn_blocking(|| std::fs::read_to_string("report.txt")).await??)
    /// }
    /// ```
    ///
    /// # Panics
    /// Outside of a tokio runtime, as [`tokio::task::spawn_blocking`] does.
    ///
    /// # Cancellation
    /// Dropping the handle leaves the work running.
    pub fn spawn_blocking<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        match Self::current() {
            Some(context) => tokio::task::spawn_blocking(move || CURRENT.sync_scope(context, work)),
            None => tokio::task::spawn_blocking(work),
        }
    }

    /// Makes this the current context while `poll` runs.
    pub(crate) fn poll_while<T>(&self, mut poll: impl FnMut() -> Poll<T>) -> Poll<T> {
        CURRENT.sync_scope(self.clone(), || {
            let Some(companion) = self.companion() else { return poll() };
            let mut polled = Poll::Pending;
            companion.around(&mut || polled = poll());
            polled
        })
    }

    /// Makes this the current context while `future` runs.
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self.clone(), Accompanied::new(self, future))
    }

    /// Enters `companion` wherever this is the current context from now on. The first one stays.
    #[cfg(feature = "otlp")]
    pub(crate) fn accompany(&self, companion: impl Companion) {
        let _ = self.0.companion.set(Box::new(companion));
    }

    pub(crate) fn companion(&self) -> Option<&dyn companion::Companion> {
        self.0.companion.get().map(|companion| &**companion)
    }

    /// Remembers the route. The first one stays.
    pub(crate) fn enter(&self, template: Arc<str>, endpoint: usize, is_quiet: bool) {
        let _ = self.0.route.set(Entered { template, endpoint, is_quiet });
    }

    /// Remembers who calls. The first one stays: nothing below the access
    /// check can change who a request speaks for.
    pub(crate) fn identify(&self, claims: Claims) {
        let _ = self.0.claims.set(claims);
    }

    /// Takes a value that was kept, if `is_due` says so. That runs under a lock, so that
    /// it must not come back to the values.
    pub(crate) fn take_if<T: Send + 'static>(
        &self,
        is_due: impl FnOnce(&mut T) -> bool,
    ) -> Option<T> {
        // A request without values makes no map for this.
        self.0.values.get()?;
        let mut values = self.values();
        let key = TypeId::of::<T>();
        if !is_due(values.get_mut(&key)?.downcast_mut()?) {
            return None;
        }
        values.remove(&key)?.downcast().ok().map(|value| *value)
    }

    /// Remembers that the answer was handed to the connection, or will never be.
    pub(crate) fn depart(&self) {
        self.0.has_departed.store(true, SeqCst);
    }

    pub(crate) fn has_departed(&self) -> bool {
        self.0.has_departed.load(SeqCst)
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        let values = self.0.values.get_or_init(Mutex::default);
        // A panic in another task's `clone` leaves the map itself whole.
        values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("request_id", &self.0.request_id)
            .field("method", self.method())
            .field("route", &self.route())
            .field("user_id", &self.user_id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
