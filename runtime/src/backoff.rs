//! How long to wait after the n-th failure in a row.

use std::{sync::Arc, time::Duration};

use crate::panics::unless_it_panics;

/// A delay by the number of failures in a row, counted from 1.
pub(crate) type Delay = Arc<dyn Fn(u32) -> Duration + Send + Sync>;

/// A delay that begins with `first` and doubles with every failure in a row, up to `cap`.
///
/// It is what `backoff = ...` in a `#[controller(...)]` may say; any other function of the number of failures, counted
/// from 1, is as good. A controller that says nothing waits for 5 ms, doubling up to 1000 s, as in controller-runtime.
///
/// ```
/// use std::time::Duration;
///
/// let backoff = myop::exponential(Duration::from_secs(1), Duration::from_secs(60));
/// assert_eq!(backoff(1), Duration::from_secs(1));
/// assert_eq!(backoff(4), Duration::from_secs(8));
/// assert_eq!(backoff(9), Duration::from_secs(60));
/// ```
pub fn exponential(
    first: Duration,
    cap: Duration,
) -> impl Fn(u32) -> Duration + Send + Sync + 'static {
    move |failures| {
        let doublings = failures.saturating_sub(1);
        2u32.checked_pow(doublings)
            .and_then(|factor| first.checked_mul(factor))
            .map_or(cap, |delay| delay.min(cap))
    }
}

/// For a failed reconcile: the default of controller-runtime's rate limiter
/// (`workqueue.DefaultTypedItemBasedRateLimiter`).
pub(crate) fn after_reconcile(failures: u32) -> Duration {
    exponential(Duration::from_millis(5), Duration::from_secs(1000))(failures)
}

/// For a broken watch: as client-go's reflector waits, but to 10 s where that goes to 30 s: whoever has just mended the
/// server is waiting.
pub(crate) fn after_watch(failures: u32) -> Duration {
    exponential(Duration::from_millis(800), Duration::from_secs(10))(failures)
}

/// The author's delay, or the default where that panics.
pub(crate) fn delay_after(delay: &Delay, failures: u32) -> Duration {
    let call = || format!("the backoff after {failures} failures");
    unless_it_panics(call, || delay(failures)).unwrap_or_else(|| after_reconcile(failures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reconcile_backs_off_from_5_ms_to_1000_s() {
        let millis: Vec<u128> = [1, 2, 3, 10, 18, 19, 33, u32::MAX]
            .map(|failures| after_reconcile(failures).as_millis())
            .into();
        assert_eq!(
            millis,
            [5, 10, 20, 2_560, 655_360, 1_000_000, 1_000_000, 1_000_000]
        );
    }

    #[test]
    fn an_author_s_backoff_that_panics_is_the_default() {
        let broken: Delay = Arc::new(|failures| Duration::from_secs(10 / u64::from(failures - 1)));
        assert_eq!(delay_after(&broken, 1), Duration::from_millis(5));
        assert_eq!(delay_after(&broken, 3), Duration::from_secs(5));
    }
}
