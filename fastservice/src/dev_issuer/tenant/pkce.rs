//! Proof Key for Code Exchange (RFC 7636): who asked for the code is who redeems it.

use aws_lc_rs::{constant_time, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{OAuthError, parameters::Parameters};

/// The digest of a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Challenge([u8; 32]);

impl Challenge {
    /// The challenge of an authorization request. The method `plain`, which is also that of a
    /// request that names none, proves nothing to who reads the request.
    pub(super) fn of(parameters: &Parameters) -> Result<Option<Self>, OAuthError> {
        let challenge = parameters.one("code_challenge")?;
        match (challenge, parameters.one("code_challenge_method")?) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(OAuthError::invalid_request("code_challenge is missing")),
            (Some(text), Some("S256")) => Self::parse(text).map(Some),
            (Some(_), _) => Err(OAuthError::invalid_request("code_challenge_method must be S256")),
        }
    }

    fn parse(text: &str) -> Result<Self, OAuthError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(OAuthError::invalid_request(
            "code_challenge must be a SHA-256 digest in base64url, which has 43 characters",
        ))
    }

    pub(super) fn is_met_by(self, verifier: &str) -> bool {
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(is_fit)
            && constant_time::verify_slices_are_equal(digest.as_ref(), &self.0).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_verifier_of_the_standard_meets_its_challenge() {
        let challenge = Challenge::parse(CHALLENGE).unwrap();

        assert!(challenge.is_met_by(VERIFIER));
        for wrong in ["", CHALLENGE, &VERIFIER[1..], &VERIFIER.to_lowercase()] {
            assert!(!challenge.is_met_by(wrong), "{wrong}");
        }
    }

    #[test]
    fn another_method_than_s256_is_refused() {
        let of = |form: &str| Challenge::of(&Parameters::of_form(form).unwrap());
        let with = |rest: &str| of(&format!("code_challenge={CHALLENGE}{rest}"));

        assert!(with("&code_challenge_method=S256").unwrap().is_some());
        assert_eq!(of(""), Ok(None));
        for wrong in ["", "&code_challenge_method=plain", "&code_challenge_method=s256"] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
        assert!(of("code_challenge_method=S256").is_err());
        assert!(of("code_challenge=short&code_challenge_method=S256").is_err());
    }
}
