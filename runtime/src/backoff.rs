//! How long to wait after the n-th failure in a row.

use std::time::Duration;

/// A delay that doubles with every failure, up to a cap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    cap: Duration,
}

impl Backoff {
    /// For a failed reconcile: 5 ms doubling to 1000 s, the defaults of controller-runtime's rate limiter
    /// (`workqueue.DefaultTypedItemBasedRateLimiter`).
    pub(crate) const RECONCILE: Self = Self {
        first: Duration::from_millis(5),
        cap: Duration::from_secs(1000),
    };

    /// For a broken watch: 800 ms doubling, as client-go's reflector waits, but to 10 s where that goes to 30 s: whoever
    /// has just mended the server is waiting.
    pub(crate) const WATCH: Self = Self {
        first: Duration::from_millis(800),
        cap: Duration::from_secs(10),
    };

    /// The delay after `failures` failures in a row, counted from 1.
    pub(crate) fn after(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1);
        2u32.checked_pow(doublings)
            .and_then(|factor| self.first.checked_mul(factor))
            .map_or(self.cap, |delay| delay.min(self.cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reconcile_backs_off_from_5_ms_to_1000_s() {
        let millis: Vec<u128> = [1, 2, 3, 10, 18, 19, 33, u32::MAX]
            .map(|failures| Backoff::RECONCILE.after(failures).as_millis())
            .into();
        assert_eq!(
            millis,
            [5, 10, 20, 2_560, 655_360, 1_000_000, 1_000_000, 1_000_000]
        );
    }
}
