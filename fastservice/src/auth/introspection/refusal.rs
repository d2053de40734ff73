use std::time::Duration;

use crate::{auth::members::Fault, error::Error};

/// Why a token is refused, or cannot be asked about. Nothing of the token is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Inactive,
    Type,
    Issuer,
    Audience,
    Claims,
    Expired,
    NotYetValid,
    Binding,
    /// As many calls as may be are under way.
    Busy,
    /// The issuer gives no usable answer.
    Unavailable {
        retry_after: Duration,
    },
}

impl Refusal {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Inactive => "token_inactive",
            Self::Type => "token_type",
            Self::Issuer => "token_issuer",
            Self::Audience => "token_audience",
            Self::Claims => "token_claims",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::Binding => "token_binding",
            Self::Busy | Self::Unavailable { .. } => "auth_unavailable",
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Inactive => "the token is not active",
            Self::Type => "the token is not a bearer token",
            Self::Issuer => "the token is from another issuer",
            Self::Audience => "the token is for another audience",
            Self::Claims => "a claim of the token is missing or of a wrong type",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
            Self::Binding => "the token is bound to a proof that this service cannot check",
            Self::Busy | Self::Unavailable { .. } => "the token cannot be checked for now",
        }
    }

    /// When to come again, where it is not the token's fault.
    pub(super) const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Busy => Some(Duration::from_secs(1)),
            Self::Unavailable { retry_after } => Some(retry_after),
            _ => None,
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unfit => Self::Claims,
            Fault::Expired => Self::Expired,
            Fault::NotYetValid => Self::NotYetValid,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::unauthorized(refusal.detail()).with_code(refusal.code())
    }
}
