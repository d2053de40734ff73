//! Keys, and the only tokens that are right by them: what any other value of the header is
//! held against. The fuzz targets use this file too.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use fastservice::{
    Result,
    auth::{Access, Guard, KeySet, Rule, TokenVerifier, TokenVerifierBuilder, TokenVerifiers},
    claims::Claims,
};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

pub(crate) const KEYS: &str = include_str!("../fixtures/authorization/keys.json");
/// One by each key. The first key is that of RFC 8037 appendix A; those of the others were
/// thrown away.
pub(crate) const TOKENS: &str = include_str!("../fixtures/authorization/known.txt");

pub(crate) const ISSUER: &str = "https://issuer.test/";
pub(crate) const AUDIENCE: &str = "https://items.test";

/// Guards that have seen the known tokens before.
pub(crate) struct Guards(Vec<Guard>);

impl Guards {
    pub(crate) fn new() -> Self {
        let several = [verifier(ISSUER), verifier("https://other.test/")];
        let several = several.map(|verifier| verifier.build().unwrap());
        let guard = || Guard::new("items", &[""; 0]).unwrap();
        let guards = Self(vec![
            guard().with_authenticator(verifier(ISSUER).build().unwrap()),
            guard().with_authenticator(TokenVerifiers::new(several).unwrap()),
        ]);
        for token in TOKENS.lines() {
            assert_eq!(guards.judge(format!("Bearer {token}").as_bytes()), Some("admitted".into()));
        }
        guards
    }

    /// The code of the refusal, or `admitted`; `None` when these cannot be headers.
    ///
    /// Each line of the input is a header `Authorization`.
    pub(crate) fn judge(&self, input: &[u8]) -> Option<String> {
        let values: Vec<_> = input.split(|byte| *byte == b'\n').collect();
        let headers = values.iter().map(|value| HeaderValue::from_bytes(value).ok());
        let headers: HeaderMap =
            headers.map(|value| Some((AUTHORIZATION, value?))).collect::<Option<_>>()?;
        let is_known = matches!(*values, [value] if holds_known_token(value));
        let codes = self.0.iter().map(|guard| match at_once(guard, &headers) {
            Ok(claims) => {
                assert!(is_known, "admitted");
                assert_eq!(claims.unwrap().subject().as_str(), "ali");
                "admitted".to_owned()
            }
            Err(error) => {
                assert!(!is_known, "refused: {error:?}");
                assert!(matches!(error.status().as_u16(), 400 | 401), "{error:?}");
                assert!(error.headers().contains_key("www-authenticate"), "{error:?}");
                error.code().to_owned()
            }
        });
        let codes: Vec<_> = codes.collect();
        codes.into_iter().next()
    }
}

fn verifier(issuer: &str) -> TokenVerifierBuilder {
    TokenVerifier::builder()
        .issuer(issuer)
        .audience(AUDIENCE)
        .algorithms(["EdDSA", "RS256", "ES256"])
        .keys(KeySet::from_json(KEYS).unwrap())
}

fn at_once(guard: &Guard, headers: &HeaderMap) -> Result<Option<Claims>> {
    let decision = pin!(guard.admit(&Access::Private(Rule::NONE), headers));
    match decision.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(decision) => decision,
        Poll::Pending => panic!("the keys are there, and yet it waits"),
    }
}

fn holds_known_token(value: &[u8]) -> bool {
    const SCHEME: usize = "bearer ".len();
    let Some((scheme, token)) = value.split_at_checked(SCHEME) else { return false };
    let Ok(token) = str::from_utf8(token) else { return false };
    scheme.eq_ignore_ascii_case(b"bearer ")
        && TOKENS.lines().any(|known| known == token.trim_matches(' '))
}
