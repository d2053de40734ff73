//! What an issuer says about itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::{AuthorityClient, Failure, Plain, url_fault};

const PATH: &str = "/.well-known/openid-configuration";
const LIMIT: usize = 256 * 1024;

/// The members of the document that are used here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Discovery {
    issuer: String,
    #[cfg(feature = "jwt")]
    jwks_uri: Option<String>,
    #[cfg(feature = "client")]
    token_endpoint: Option<String>,
}

impl Discovery {
    /// Asks the issuer for its document, which must name it letter by letter (section 4.3).
    pub(crate) async fn of(client: &AuthorityClient, issuer: &str) -> Result<Self, Failure> {
        let url = format!("{}{PATH}", issuer.strip_suffix('/').unwrap_or(issuer));
        let reply = client.get(&url, LIMIT).await?;
        Self::read(reply.document()?, issuer).map_err(|fault| unfit(&fault))
    }

    /// Where the issuer's keys are.
    #[cfg(feature = "jwt")]
    pub(crate) fn jwks_uri(&self) -> Result<String, Failure> {
        self.address("jwks_uri", self.jwks_uri.as_deref())
    }

    /// Where the issuer gives tokens.
    #[cfg(feature = "client")]
    pub(crate) fn token_endpoint(&self) -> Result<String, Failure> {
        self.address("token_endpoint", self.token_endpoint.as_deref())
    }

    fn read(document: &[u8], issuer: &str) -> Result<Self, String> {
        let discovery: Self = serde_json::from_slice(document)
            .map_err(|_| "it is not a JSON object with the member `issuer`".to_owned())?;
        if discovery.issuer == issuer {
            Ok(discovery)
        } else {
            Err(format!("its issuer is {:?}", discovery.issuer))
        }
    }

    /// An address that is as safe as the issuer's own.
    fn address(&self, name: &str, url: Option<&str>) -> Result<String, Failure> {
        let url = url.ok_or_else(|| unfit(&format!("it has no `{name}`")))?;
        // An issuer on this machine may name addresses on this machine.
        let is_local = self.issuer.starts_with("http://");
        let plain = if is_local { Plain::OnLoopback } else { Plain::Refused };
        match url_fault(name, url, plain) {
            None => Ok(url.to_owned()),
            Some(fault) => Err(unfit(&fault)),
        }
    }
}

fn unfit(fault: &str) -> Failure {
    Failure::Unfit(format!("the discovery document cannot be used: {fault}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://issuer.test/";

    #[test]
    fn a_document_of_the_issuer_is_read() {
        let document = json!({
            "issuer": ISSUER, "jwks_uri": "https://keys.test/jwks", "other": [1, 2],
        });

        let discovery = Discovery::read(document.to_string().as_bytes(), ISSUER).unwrap();

        assert_eq!(discovery.jwks_uri().unwrap(), "https://keys.test/jwks");
        assert!(discovery.token_endpoint().is_err());
    }

    #[test]
    fn another_issuers_document_is_refused() {
        for issuer in ["https://issuer.test", "https://ISSUER.test/", "https://evil.test/", ""] {
            let document = json!({"issuer": issuer, "jwks_uri": "https://keys.test/jwks"});
            let read = Discovery::read(document.to_string().as_bytes(), ISSUER);
            assert!(read.unwrap_err().contains("its issuer is"), "{issuer}");
        }
    }

    #[test]
    fn an_address_is_as_safe_as_the_issuers() {
        let jwks_uri = |issuer: &str, jwks: &str| {
            let document = json!({"issuer": issuer, "jwks_uri": jwks}).to_string();
            Discovery::read(document.as_bytes(), issuer).unwrap().jwks_uri()
        };
        let local = "http://127.0.0.1:1/";

        for unsafe_url in ["http://keys.test/", "http://localhost:1/", "file:///etc/passwd", "x"] {
            assert!(jwks_uri(ISSUER, unsafe_url).is_err(), "{unsafe_url}");
        }
        assert!(jwks_uri(local, "http://keys.test/").is_err());
        assert!(jwks_uri(local, "http://localhost:1/").is_ok());
    }

    #[test]
    fn one_address_that_is_wrong_does_not_spoil_the_others() {
        let document = json!({
            "issuer": ISSUER, "jwks_uri": "https://keys.test/jwks?app=1", "token_endpoint": "x",
        });

        let discovery = Discovery::read(document.to_string().as_bytes(), ISSUER).unwrap();

        assert_eq!(discovery.jwks_uri().unwrap(), "https://keys.test/jwks?app=1");
        assert!(discovery.token_endpoint().is_err());
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for document in ["", "[]", "{}", "null", r#"{"issuer": 1}"#, "<html>"] {
            assert!(Discovery::read(document.as_bytes(), ISSUER).is_err(), "{document}");
        }
    }
}
