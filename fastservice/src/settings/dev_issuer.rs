use std::path::PathBuf;

use super::{reader::Reader, units};

/// Who can log in to the development issuer, from where, and what it is called.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DevIssuerSettings {
    /// `DEV_ISSUER_FILE` (none): a JSON file with its users and clients. Without it there
    /// are two users, of whom one has all rights, `dev-client` and `dev-docs`.
    pub file: Option<PathBuf>,
    /// `DEV_ISSUER_URL` (none: `http://localhost:PORT/dev-issuer/`): what its tokens and its
    /// discovery document call it, where others reach it by another address. Always with the
    /// slash at the end.
    pub url: Option<String>,
    /// `DEV_ISSUER_PUBLIC` (`false`): whether it answers others than this machine, as in a
    /// container it must.
    pub public: bool,
}

impl DevIssuerSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            file: reader.text("DEV_ISSUER_FILE").map(PathBuf::from),
            url: reader.optional("DEV_ISSUER_URL", issuer_url),
            public: reader.checked("DEV_ISSUER_PUBLIC", "false", units::switch),
        }
    }
}

/// In one form, as `iss` is compared letter by letter.
fn issuer_url(text: &str) -> Result<String, String> {
    let expected = || {
        "an address that ends with the path of the development issuer, such as \
         `http://api:8000/dev-issuer/`"
            .to_owned()
    };
    let uri: http::Uri = text.parse().map_err(|_| expected())?;
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority())
    else {
        return Err(expected());
    };
    let path = uri.path().strip_suffix('/').unwrap_or(uri.path());
    let is_right = units::is_host_and_port(authority.as_str())
        && path.ends_with("/dev-issuer")
        && !text.contains(['?', '#']);
    let authority = authority.as_str().to_ascii_lowercase();
    is_right.then(|| format!("{scheme}://{authority}{path}/")).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_its_path_and_one_slash_at_the_end() {
        for (text, url) in [
            ("http://API:8000/dev-issuer", "http://api:8000/dev-issuer/"),
            ("http://192.0.2.1/dev-issuer/", "http://192.0.2.1/dev-issuer/"),
            ("https://dev.test/shop/dev-issuer/", "https://dev.test/shop/dev-issuer/"),
            ("http://[::1]:1/dev-issuer/", "http://[::1]:1/dev-issuer/"),
        ] {
            assert_eq!(issuer_url(text).as_deref(), Ok(url));
        }
    }

    #[test]
    fn what_is_no_issuer_is_refused_with_an_example() {
        for text in [
            "api:8000",
            "/dev-issuer/",
            "http://api:8000",
            "http://api:8000/",
            "http://api:8000/my-dev-issuer/",
            "http://api:8000/dev-issuer//",
            "http://api:8000/dev-issuer/?a",
            "http://api:8000/dev-issuer/#a",
            "http://me@api:8000/dev-issuer/",
            "http://api:port/dev-issuer/",
            "ftp://api/dev-issuer/",
            "http://a b/dev-issuer/",
        ] {
            let expected = issuer_url(text).unwrap_err();
            assert!(expected.contains("`http://api:8000/dev-issuer/`"), "{text}: {expected}");
        }
    }
}
