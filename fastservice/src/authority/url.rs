//! Which URLs of authorities are accepted.

use http::Uri;

/// Whether `http` is accepted on this machine, for development.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Plain {
    #[default]
    Refused,
    OnLoopback,
}

/// What is wrong with the URL of an authority, called `name` in the answer.
pub(crate) fn url_fault(name: &str, url: &str, plain: Plain) -> Option<String> {
    let parsed = url.parse::<Uri>().ok().filter(|_| !url.contains(['#', '@']));
    let Some((uri, host)) = parsed.as_ref().and_then(|uri| Some((uri, uri.host()?))) else {
        return Some(format!("{name} {url:?} is not a URL without user and fragment"));
    };
    let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match uri.scheme_str() {
        Some("https") => None,
        Some("http") if is_loopback && plain == Plain::OnLoopback => None,
        _ => Some(format!("{name} {url:?} is not an https URL")),
    }
}
