//! An issuer that is this program itself.

use super::TokenVerifierBuilder;

impl TokenVerifierBuilder {
    /// The `iss` of an issuer that is this program, whose keys are given: nothing of it goes
    /// over the network, so that its address may be any.
    pub(crate) fn own_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.is_own = true;
        self.issuer(issuer)
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::{KeySet, TokenVerifier};

    #[test]
    fn it_alone_may_be_http_anywhere() {
        let builder = || {
            let keys = KeySet::from_json(
                r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1",
                    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
            );
            TokenVerifier::builder().audience("items").keys(keys.unwrap())
        };

        assert!(builder().own_issuer("http://api:8000/").build().is_ok());
        assert!(builder().own_issuer("").build().is_err());
        let other = builder().own_issuer("http://api:8000/").jwks_url("http://api:8000/jwks");
        assert!(other.build().is_err());
        assert!(builder().issuer("http://api:8000/").accept_http_on_loopback().build().is_err());
    }
}
