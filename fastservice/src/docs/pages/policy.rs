//! What a page may load (Content Security Policy): what comes with it, and no code or style
//! that is written in it.

use super::login::Login;

/// An image may also be in the document or in a style.
const BASE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
                    frame-ancestors 'none'; script-src 'self'; img-src 'self' data:; ";

/// Calls go to the service itself, and for tokens to its issuers.
pub(super) fn swagger_ui(login: &Login<'_>) -> String {
    let called = ["'self'"].into_iter().chain(login.issuers.iter().map(String::as_str));
    format!("{BASE}style-src 'self'; connect-src {}", called.collect::<Vec<_>>().join(" "))
}

/// Its styles are put by script into elements that are empty, which is the first hash; the
/// second one is that of its scroll bar. Its search runs beside it, in a worker.
pub(super) fn redoc() -> String {
    format!(
        "{BASE}style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' \
         'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; connect-src 'self'; \
         worker-src blob:"
    )
}
