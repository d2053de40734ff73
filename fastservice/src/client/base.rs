//! The URL below which all calls of a service client are.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::error::BoxError;

/// The URL of a service.
#[derive(Debug)]
pub(super) struct Base(Url);

impl Base {
    /// The answer of a fault does not repeat the URL.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none()
                && has_no_user(url)
        });
        url.map(Self).ok_or_else(|| {
            "the base URL of a service client is not one of http or https without user, query and \
             fragment"
                .to_owned()
        })
    }

    /// A token must not go elsewhere, whatever the path is made of.
    pub(super) fn join(&self, path: &str) -> Result<Url, BoxError> {
        if !path.starts_with('/') {
            return Err("the path of a call begins with `/`".into());
        }
        let folders = path.split(['?', '#']).next().unwrap_or_default();
        // Those that a URL's parser removes would hide what is next to them.
        if climbs(folders) || folders.contains(|c: char| c.is_ascii_control()) {
            return Err("the path of a call has a segment `..` or a control character".into());
        }
        let base = self.0.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}"))
            .map_err(|error| format!("the URL of a call: {error}"))?;
        if !self.has_below(&url) {
            return Err("the path of a call leads out of the service's base URL".into());
        }
        Ok(url)
    }

    /// Whether the URL is below this one, also for a server that decodes its path first.
    pub(super) fn has_below(&self, url: &Url) -> bool {
        let folder = self.0.path().trim_end_matches('/');
        let below = url.path().strip_prefix(folder);
        url.origin() == self.0.origin()
            && has_no_user(url)
            && below.is_some_and(|rest| rest.starts_with('/') && !climbs(rest))
    }
}

fn has_no_user(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

/// Whether a segment is `..`. Some servers decode a slash too, and cut off what follows `;`.
fn climbs(path: &str) -> bool {
    let path: Vec<u8> = percent_decode_str(path).collect();
    path.split(|byte| b"/\\".contains(byte))
        .any(|segment| segment.split(|byte| *byte == b';').next() == Some(b".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, path: &str) -> Option<String> {
        Base::parse(base).unwrap().join(path).ok().map(String::from)
    }

    #[test]
    fn a_path_is_added_to_the_base() {
        for (base, path, whole) in [
            ("https://a.test", "/x", "https://a.test/x"),
            ("https://a.test/", "/x?y=1", "https://a.test/x?y=1"),
            ("http://a.test:81/v1", "/x", "http://a.test:81/v1/x"),
            ("https://a.test/v1/", "/", "https://a.test/v1/"),
            ("https://a.test/v1", "//b.test/", "https://a.test/v1//b.test/"),
            ("https://a.test/v1", "/x..y/...?to=/../z", "https://a.test/v1/x..y/...?to=/../z"),
            ("https://a.test/v1", "/a%2Fb%20c", "https://a.test/v1/a%2Fb%20c"),
        ] {
            assert_eq!(joined(base, path).as_deref(), Some(whole), "{base} {path}");
        }
    }

    #[test]
    fn no_path_leads_elsewhere() {
        for path in ["", "x", "@b.test/", ".b.test/", ":81/", "https://b.test/", "?x", "#x"] {
            assert_eq!(joined("https://a.test", path), None, "{path}");
        }
        for path in [
            "/..",
            "/x/../y",
            "/../admin",
            "/x/../../admin",
            "/%2e%2e/admin",
            "/.%2E/admin",
            "/..\\admin",
            "/x\\..\\..",
            "/..%2fadmin",
            "/x%2F..%2F..%2Fadmin",
            "/%2e%2e%5cadmin",
            "/..;x/admin",
            "/.\t./admin",
            "/.\n./admin",
        ] {
            assert_eq!(joined("https://a.test/v1", path), None, "{path}");
        }
    }

    #[test]
    fn what_is_below_is_known() {
        let base = Base::parse("https://a.test/v1/").unwrap();
        let has_below = |url: &str| base.has_below(&Url::parse(url).unwrap());

        assert!(has_below("https://a.test/v1/") && has_below("https://a.test/v1/x?y"));
        for url in [
            "https://a.test/v1",
            "https://a.test/v10/x",
            "https://a.test/v1/../x",
            "https://a.test/v1/..%2fx",
            "http://a.test/v1/x",
            "https://b.test/v1/x",
            "https://u@a.test/v1/x",
        ] {
            assert!(!has_below(url), "{url}");
        }
    }

    #[test]
    fn a_base_is_a_plain_url() {
        for base in [
            "",
            "/x",
            "ftp://a.test",
            "https://u@a.test",
            "https://:hunter2@a.test",
            "https://a.test?hunter2",
            "https://a.test/#x",
        ] {
            assert!(!Base::parse(base).unwrap_err().contains("hunter2"), "{base}");
        }
    }
}
