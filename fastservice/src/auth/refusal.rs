//! Why a token is refused: one list, so that a code means the same whoever finds it.

use crate::error::Error;

/// Why a token is refused. Nothing of the token is in it, so nothing of it gets into an
/// answer or a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each kind of token has some of its own")]
pub(super) enum Refusal {
    Inactive,
    Malformed,
    Algorithm,
    Type,
    Key,
    Signature,
    Issuer,
    Audience,
    Claims,
    Expired,
    NotYetValid,
    Binding,
}

impl Refusal {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Inactive => "token_inactive",
            Self::Malformed => "token_malformed",
            Self::Algorithm => "token_algorithm",
            Self::Type => "token_type",
            Self::Key => "token_key",
            Self::Signature => "token_signature",
            Self::Issuer => "token_issuer",
            Self::Audience => "token_audience",
            Self::Claims => "token_claims",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::Binding => "token_binding",
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Inactive => "the token is not active",
            Self::Malformed => "the token is not a well-formed signed JWT",
            Self::Algorithm => "the token's algorithm is not one that this service accepts",
            Self::Type => "the token is not an access token",
            Self::Key => "the issuer has no key that fits the token",
            Self::Signature => "the token's signature is wrong",
            Self::Issuer => "the token is from another issuer",
            Self::Audience => "the token is for another audience",
            Self::Claims => "a claim of the token is missing or of a wrong type",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
            Self::Binding => "the token is bound to a proof that this service cannot check",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::unauthorized(refusal.detail()).with_code(refusal.code())
    }
}

/// The answer, with a word to the log.
pub(super) fn refused(refusal: Refusal) -> Error {
    tracing::debug!(code = refusal.code(), "a token is refused");
    refusal.into()
}
