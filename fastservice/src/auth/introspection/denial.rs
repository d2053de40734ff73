//! Why a token is not let in, or cannot be asked about.

use std::time::Duration;

use crate::auth::refusal::Refusal;

/// Why nobody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// By what the issuer says of the token.
    Refused(Refusal),
    /// It cannot be asked about for now, which is not the token's fault.
    Unavailable { retry_after: Duration },
}

impl Denial {
    /// As many calls as may be are under way.
    pub(super) const BUSY: Self = Self::Unavailable { retry_after: Duration::from_secs(1) };
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
