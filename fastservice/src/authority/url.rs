//! Which URLs of authorities are accepted, and what of them may be told.

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
    let shown = origin_and_path(url);
    if url.contains('@') {
        // Of a user and a password nothing is repeated, wherever they seem to end.
        return Some(format!("{name} is not a URL without user and fragment"));
    }
    let parsed = url.parse::<Uri>().ok().filter(|_| !url.contains('#'));
    let Some((uri, host)) = parsed.as_ref().and_then(|uri| Some((uri, uri.host()?))) else {
        return Some(format!("{name} {shown:?} is not a URL without user and fragment"));
    };
    let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match uri.scheme_str() {
        Some("https") => None,
        Some("http") if is_loopback && plain == Plain::OnLoopback => None,
        _ => Some(format!("{name} {shown:?} is not an https URL")),
    }
}

/// What of a URL may be told: its user and its query may be secrets.
pub(crate) fn origin_and_path(url: &str) -> String {
    let whole = match url.rsplit_once('@') {
        None => url.to_owned(),
        Some((before, rest)) => match before.split_once("://") {
            Some((scheme, _)) => format!("{scheme}://{rest}"),
            None => rest.to_owned(),
        },
    };
    whole.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_repeats_neither_user_nor_query() {
        for url in [
            "https://ali:hunter2@a.test/token",
            "https://ali:hun?ter2@a.test/token",
            "http://a.test/token?key=hunter2",
            "https://a.test/token?key=hunter2#x",
            "hunter2@a.test",
            "https://hunter2@",
        ] {
            let fault = url_fault("TOKEN_URL", url, Plain::Refused).unwrap();

            assert!(fault.starts_with("TOKEN_URL ") && !fault.contains("ter2"), "{fault}");
        }
        let fault = url_fault("TOKEN_URL", "http://a.test/token", Plain::Refused).unwrap();
        assert_eq!(fault, r#"TOKEN_URL "http://a.test/token" is not an https URL"#);
    }

    #[test]
    fn of_a_url_its_origin_and_path_are_told() {
        for (url, told) in [
            ("https://a.test:1/token", "https://a.test:1/token"),
            ("https://a.test/token?key=x", "https://a.test/token"),
            ("https://ali:p?w@a.test/token#x", "https://a.test/token"),
            ("ali@a", "a"),
            ("", ""),
        ] {
            assert_eq!(origin_and_path(url), told, "{url}");
        }
    }
}
