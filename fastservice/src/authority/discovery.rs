//! What an issuer says about itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::{AuthorityClient, Failure, Plain, url_fault};

const PATH: &str = "/.well-known/openid-configuration";
const LIMIT: usize = 256 * 1024;

/// The members of the document that are used here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Discovery {
    issuer: String,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) introspection_endpoint: Option<String>,
}

impl Discovery {
    /// Asks the issuer for its document, which must name it letter by letter (section 4.3) and
    /// only addresses that are as safe as its own.
    pub(crate) async fn of(client: &AuthorityClient, issuer: &str) -> Result<Self, Failure> {
        let url = format!("{}{PATH}", issuer.strip_suffix('/').unwrap_or(issuer));
        let reply = client.get(&url, LIMIT).await?;
        Self::read(reply.document()?, issuer).map_err(|fault| {
            Failure::Unfit(format!("the discovery document at {url} cannot be used: {fault}"))
        })
    }

    fn read(document: &[u8], issuer: &str) -> Result<Self, String> {
        let discovery: Self = serde_json::from_slice(document)
            .map_err(|_| "it is not a JSON object with the member `issuer`".to_owned())?;
        if discovery.issuer != issuer {
            return Err(format!("its issuer is {:?}", discovery.issuer));
        }
        // An issuer on this machine may name addresses on this machine.
        let plain = if issuer.starts_with("http://") { Plain::OnLoopback } else { Plain::Refused };
        let addresses = [
            ("jwks_uri", &discovery.jwks_uri),
            ("token_endpoint", &discovery.token_endpoint),
            ("introspection_endpoint", &discovery.introspection_endpoint),
        ];
        let fault = addresses
            .into_iter()
            .find_map(|(name, url)| url.as_deref().and_then(|url| url_fault(name, url, plain)));
        fault.map_or(Ok(discovery), Err)
    }
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

        assert_eq!(discovery.jwks_uri.as_deref(), Some("https://keys.test/jwks"));
        assert!(discovery.token_endpoint.is_none());
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
        let document = |issuer: &str, jwks: &str| {
            json!({"issuer": issuer, "jwks_uri": jwks}).to_string().into_bytes()
        };
        let local = "http://127.0.0.1:1/";

        for unsafe_url in ["http://keys.test/", "http://localhost:1/", "file:///etc/passwd", "x"] {
            assert!(Discovery::read(&document(ISSUER, unsafe_url), ISSUER).is_err());
        }
        assert!(Discovery::read(&document(local, "http://keys.test/"), local).is_err());
        assert!(Discovery::read(&document(local, "http://localhost:1/"), local).is_ok());
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for document in ["", "[]", "{}", "null", r#"{"issuer": 1}"#, "<html>"] {
            assert!(Discovery::read(document.as_bytes(), ISSUER).is_err(), "{document}");
        }
    }
}
