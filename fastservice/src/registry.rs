//! What `#[public_api]` and `#[private_api]` register.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use http::{Method, StatusCode};

use crate::{
    auth::{Access, Rule},
    error::Result,
    extract::Request,
    openapi::Operation,
    response::Response,
};

/// A handler's call: the one allocation that it costs.
pub type HandlerFuture = Pin<Box<dyn Future<Output = Result<Response>> + Send>>;

/// An annotated function: where it answers, for whom, and how to call it.
#[derive(Debug)]
pub struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) describe: fn(&mut Operation),
    pub(crate) call: fn(Request) -> HandlerFuture,
    pub(crate) source: Source,
    pub(crate) text: Text,
    pub(crate) limits: Limits,
    pub(crate) is_quiet: bool,
}

/// Where an annotated function is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub function: &'static str,
    /// Its module's path, beginning with the crate.
    pub module: &'static str,
    /// Its package, as Cargo names it.
    pub package: &'static str,
    /// Its file, as the compiler names it.
    pub file: &'static str,
    /// The line of its name.
    pub line: u32,
}

impl Source {
    /// The crate, as code names it.
    pub(crate) fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }

    /// Whether it is written in this module or below it.
    pub(crate) fn is_in(&self, module: &str) -> bool {
        let rest = self.module.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What people read about an endpoint.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) tags: &'static [&'static str],
    pub(crate) operation_id: &'static str,
    pub(crate) deprecated: bool,
    pub(crate) errors: &'static [(u16, &'static str)],
    pub(crate) hidden: bool,
}

/// What an endpoint sets for itself instead of the settings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) status: Option<StatusCode>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) body: Option<usize>,
    pub(crate) cancellable: Option<bool>,
}

impl Route {
    /// A public route with nothing set.
    #[must_use]
    pub const fn new(
        method: Method,
        path: &'static str,
        describe: fn(&mut Operation),
        call: fn(Request) -> HandlerFuture,
        source: Source,
    ) -> Self {
        let text = Text {
            summary: "",
            description: "",
            tags: &[],
            operation_id: "",
            deprecated: false,
            errors: &[],
            hidden: false,
        };
        let limits = Limits { status: None, timeout: None, body: None, cancellable: None };
        let (access, is_quiet) = (Access::Public, false);
        Self { method, path, access, describe, call, source, text, limits, is_quiet }
    }

    /// Asks for a token that fulfils `rule`.
    #[must_use]
    pub const fn private(mut self, rule: Rule) -> Self {
        self.access = Access::Private(rule);
        self
    }

    /// Sets the one-line summary.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.text.summary = summary;
        self
    }

    /// Sets the description, in Markdown.
    #[must_use]
    pub const fn description(mut self, description: &'static str) -> Self {
        self.text.description = description;
        self
    }

    /// Sets the tags that group it.
    #[must_use]
    pub const fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.text.tags = tags;
        self
    }

    /// Sets the operation id, in place of the function's name.
    #[must_use]
    pub const fn operation_id(mut self, operation_id: &'static str) -> Self {
        self.text.operation_id = operation_id;
        self
    }

    /// Names the errors that its handler answers: status, and code or nothing.
    #[must_use]
    pub const fn errors(mut self, errors: &'static [(u16, &'static str)]) -> Self {
        self.text.errors = errors;
        self
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.text.deprecated = true;
        self
    }

    /// Leaves it out of the documentation.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.text.hidden = true;
        self
    }

    /// Answers with this status instead of 200.
    ///
    /// # Panics
    /// At compile time, when it is not from 100 to 999.
    #[must_use]
    #[allow(clippy::panic, reason = "it runs while compiling")]
    pub const fn status(mut self, status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            panic!("a status is a number from 100 to 999");
        };
        self.limits.status = Some(status);
        self
    }

    /// Gives the handler this long.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = Some(timeout);
        self
    }

    /// Says whether its handler is dropped when the client leaves, in place of what
    /// its method says.
    #[must_use]
    pub const fn cancellable(mut self, cancellable: bool) -> Self {
        self.limits.cancellable = Some(cancellable);
        self
    }

    /// Leaves its requests out of the access log.
    #[must_use]
    pub const fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Whether its handler is dropped when the client leaves. One that changes
    /// something runs to its end.
    pub(crate) fn is_cancellable(&self) -> bool {
        self.limits.cancellable.unwrap_or_else(|| self.method.is_safe())
    }

    /// Takes bodies of this many bytes at most.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = Some(bytes);
        self
    }
}

inventory::collect!(Route);

/// A crate that `link!` names, and which must register a route.
#[derive(Debug)]
pub struct LinkedCrate(pub &'static str);

inventory::collect!(LinkedCrate);

/// Every route of the process, ordered by path, method and source: the order of
/// registration differs between builds.
pub(crate) fn routes() -> Vec<&'static Route> {
    let mut routes: Vec<_> = inventory::iter::<Route>.into_iter().collect();
    routes.sort_by_key(|route| {
        (route.path, route.method.as_str(), route.source.file, route.source.line)
    });
    routes
}

/// The crates that `link!` names.
pub(crate) fn linked_crates() -> impl Iterator<Item = &'static str> {
    inventory::iter::<LinkedCrate>.into_iter().map(|linked| linked.0)
}

/// The method of a bare attribute: POST when an argument takes a body.
#[must_use]
pub const fn bare_method(takes_body: &[bool]) -> Method {
    if count(takes_body) == 0 { Method::GET } else { Method::POST }
}

/// Refuses, while compiling, an endpoint that would read its body twice, or one by GET.
///
/// # Panics
/// With a sentence that says what to change.
#[track_caller]
pub const fn check_bodies(method: &str, takes_body: &[bool]) {
    let bodies = count(takes_body);
    assert!(bodies <= 1, "an endpoint reads its body once: keep one of the arguments that take it");
    let is_safe = matches!(method.as_bytes(), b"GET" | b"HEAD");
    assert!(
        bodies == 0 || !is_safe,
        "GET and HEAD have no body: use `post = \"…\"`, or take a query parameter"
    );
}

const fn count(flags: &[bool]) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < flags.len() {
        if flags[index] {
            count += 1;
        }
        index += 1;
    }
    count
}
