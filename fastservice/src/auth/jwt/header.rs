//! The token's header (RFC 7515 section 4).

use std::str::FromStr;

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::Refusal;

/// Longer ones are nobody's key id, and must not cause a look-up at the issuer.
const MAX_KID_BYTES: usize = 256;

/// Which `typ` an access token may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TypeRule {
    /// None, `JWT` or that of RFC 9068.
    #[default]
    AnyJwt,
    /// That of RFC 9068 section 4 alone.
    AccessToken,
}

impl TypeRule {
    fn accepts(self, typ: Option<&Value>) -> bool {
        let Some(typ) = typ else { return self == Self::AnyJwt };
        let is = |name: &str| typ.as_str().is_some_and(|typ| typ.eq_ignore_ascii_case(name));
        is("at+jwt") || is("application/at+jwt") || (self == Self::AnyJwt && is("JWT"))
    }
}

/// Which headers are accepted.
#[derive(Debug)]
pub(super) struct HeaderRule {
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) types: TypeRule,
}

/// What the header says about how to check the token. `jku`, `jwk`, `x5u` and `x5c` are not
/// in it: a token does not choose its own key (RFC 8725 section 3.10).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

/// The algorithm of this name. RFC 9864 calls `Ed25519` what RFC 8037 called `EdDSA`.
pub(super) fn algorithm_named(name: &str) -> Option<Algorithm> {
    if name == "Ed25519" { Some(Algorithm::EdDSA) } else { Algorithm::from_str(name).ok() }
}

impl HeaderRule {
    /// What an acceptable header says; the algorithm is looked at first.
    pub(super) fn check(&self, mut members: Map<String, Value>) -> Result<Header, Refusal> {
        let algorithm = members.get("alg").and_then(Value::as_str).ok_or(Refusal::Algorithm)?;
        let algorithm = algorithm_named(algorithm).ok_or(Refusal::Algorithm)?;
        if !self.algorithms.contains(&algorithm) {
            return Err(Refusal::Algorithm);
        }
        // RFC 7515 section 4.1.11: none is understood here, so none may be demanded.
        if members.contains_key("crit") {
            return Err(Refusal::Malformed);
        }
        if !self.types.accepts(members.get("typ")) {
            return Err(Refusal::Type);
        }
        let kid = match members.remove("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= MAX_KID_BYTES => Some(kid),
            Some(_) => return Err(Refusal::Malformed),
        };
        Ok(Header { algorithm, kid })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(header: Value, types: TypeRule) -> Result<Header, Refusal> {
        let Value::Object(members) = header else { panic!("a header is an object") };
        HeaderRule { algorithms: vec![Algorithm::RS256], types }.check(members)
    }

    #[test]
    fn an_access_tokens_type_is_accepted_in_any_case() {
        for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
            assert!(parsed(json!({"alg": "RS256", "typ": typ}), TypeRule::AnyJwt).is_ok(), "{typ}");
        }
        assert!(parsed(json!({"alg": "RS256"}), TypeRule::AnyJwt).is_ok());
    }

    #[test]
    fn other_types_are_refused() {
        for typ in
            [json!("JOSE"), json!("dpop+jwt"), json!(""), json!(1), json!(null), json!(["JWT"])]
        {
            let header = json!({"alg": "RS256", "typ": typ});
            assert_eq!(parsed(header, TypeRule::AnyJwt), Err(Refusal::Type), "{typ}");
        }
    }

    #[test]
    fn the_strict_rule_wants_the_type_of_rfc_9068() {
        assert!(parsed(json!({"alg": "RS256", "typ": "at+jwt"}), TypeRule::AccessToken).is_ok());
        for header in [json!({"alg": "RS256"}), json!({"alg": "RS256", "typ": "JWT"})] {
            assert_eq!(parsed(header, TypeRule::AccessToken), Err(Refusal::Type));
        }
    }

    #[test]
    fn an_algorithm_that_is_not_listed_is_refused_before_all_else() {
        for alg in [
            json!("HS256"),
            json!("ES256"),
            json!("rs256"),
            json!("none"),
            json!("None"),
            json!("nOnE"),
            json!(""),
            json!(null),
            json!(256),
        ] {
            let header = json!({"alg": alg, "crit": [], "typ": "x", "kid": 1});
            assert_eq!(parsed(header, TypeRule::AnyJwt), Err(Refusal::Algorithm), "{alg}");
        }
        assert_eq!(parsed(json!({}), TypeRule::AnyJwt), Err(Refusal::Algorithm));
    }

    #[test]
    fn any_crit_is_refused() {
        for crit in [json!(["b64"]), json!(["exp"]), json!([]), json!(null), json!("exp")] {
            let header = json!({"alg": "RS256", "crit": crit});
            assert_eq!(parsed(header, TypeRule::AnyJwt), Err(Refusal::Malformed), "{crit}");
        }
    }

    #[test]
    fn a_kid_is_a_string_of_at_most_256_bytes() {
        for kid in [json!(1), json!(null), json!(["a"]), json!("a".repeat(257))] {
            let header = json!({"alg": "RS256", "kid": kid});
            assert_eq!(parsed(header, TypeRule::AnyJwt), Err(Refusal::Malformed), "{kid}");
        }
        assert!(parsed(json!({"alg": "RS256", "kid": "a".repeat(256)}), TypeRule::AnyJwt).is_ok());
    }
}
