//! A token, and for how long it serves.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::time::Instant;

use crate::secret::Secret;

/// Before its end a token is no longer sent, as the call takes its time too.
const STOP_BEFORE_END: Duration = Duration::from_secs(10);
const RENEW_BEFORE_END: Duration = Duration::from_secs(60);
/// Between two grants of a token, however short its life is.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// Longer lives are cut to this, so that no arithmetic on times can fail.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A token for another service.
///
/// It has neither `Display` nor `Serialize`, and `Debug` does not show it;
/// [`expose`](Self::expose) is the one way to its text.
#[derive(Clone)]
pub struct AccessToken(Secret<Arc<str>>);

impl AccessToken {
    pub(super) fn new(text: &str) -> Self {
        Self(Secret::new(text.into()))
    }

    /// The text itself, for `Authorization: Bearer`. It must not get into a log or an answer.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}

/// A token that was granted. What it says about itself is for the other service alone.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) value: AccessToken,
    pub(super) granted: Instant,
    /// From here on a new one is got, while this one serves.
    pub(super) renew: Instant,
    /// From here on it is not used.
    pub(super) stop: Instant,
    /// Another service has refused it.
    pub(super) is_rejected: AtomicBool,
    /// A younger one is not replaced when it is refused.
    pub(super) kept: Duration,
}

impl Token {
    /// A token that was asked for at `asked`.
    pub(super) fn new(value: AccessToken, asked: Instant, life: Duration) -> Self {
        let life = life.min(LONGEST_LIFE);
        // Not all replicas at once.
        let renew = renew_after(life).mul_f64(1.0 - 0.1 * fastrand::f64());
        let stop = life.saturating_sub(STOP_BEFORE_END).max(life / 2);
        Self {
            value,
            granted: asked,
            renew: asked + renew.max(SHORTEST_PAUSE),
            stop: asked + stop,
            is_rejected: AtomicBool::new(false),
            kept: Duration::ZERO,
        }
    }
}

/// At 80 % of the life or a minute before its end, whichever is earlier; but a short life is
/// used for its half.
fn renew_after(life: Duration) -> Duration {
    let before_end = life.saturating_sub(RENEW_BEFORE_END);
    life.mul_f64(0.8).min(before_end).max(life / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(life: u64) -> (f64, f64) {
        let asked = Instant::now();
        let token = Token::new(AccessToken::new("t"), asked, Duration::from_secs(life));
        ((token.renew - asked).as_secs_f64(), (token.stop - asked).as_secs_f64())
    }

    #[test]
    fn a_token_is_renewed_in_time_and_not_used_to_its_end() {
        for (life, renew, stop) in
            [(86_400, 69_120.0, 86_390.0), (200, 140.0, 190.0), (60, 30.0, 50.0), (10, 5.0, 5.0)]
        {
            let (renewed, stopped) = times(life);
            assert!(renewed <= renew && renewed >= renew * 0.9, "{life}: {renewed}");
            assert!((stopped - stop).abs() < 0.001, "{life}: {stopped}");
        }
    }

    #[test]
    fn lives_out_of_the_ordinary_do_no_harm() {
        assert!(times(1).0 >= 1.0);
        assert!(times(u64::MAX).1 < 366.0 * 86_400.0);
    }

    #[test]
    fn debug_does_not_show_a_token() {
        let token = Token::new(AccessToken::new("hunter2"), Instant::now(), Duration::ZERO);

        assert!(!format!("{token:?}").contains("hunter2"));
    }
}
