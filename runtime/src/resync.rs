//! Every object is looked at now and then, whether or not something happened: what a watch does not show, a state outside
//! of the cluster for example, is then put right, too.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use crate::{cause::Cause, object::Object, rng::Rng, watches::Watches, workqueue::WorkQueue};

/// As in controller-runtime (`SyncPeriod`).
pub(crate) const SYNC_PERIOD: Duration = Duration::from_secs(10 * 60 * 60);

/// How often all objects are looked at.
#[derive(Clone, Debug)]
pub(crate) struct Resync {
    pub(crate) period: Duration,
    pub(crate) rng: Rng,
}

impl Resync {
    /// Calls for a run of every object of kind `K` after each period, for ever.
    pub(crate) async fn repeat<K: Object>(self, watches: Arc<Watches>, queue: Arc<WorkQueue>) {
        loop {
            sleep(self.next()).await;
            for name in watches.of::<K>().names() {
                queue.add(&name, Cause::Resync);
            }
        }
    }

    /// 0.9 to 1.1 periods, so that operators that were started together part ways.
    fn next(&self) -> Duration {
        self.rng.jittered(self.period.mul_f64(0.9), 0.2 / 0.9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_tenth_shorter_or_longer() {
        let resync = |period| Resync {
            period,
            rng: Rng::seeded(7),
        };
        let hour = resync(Duration::from_secs(3600));
        let periods: Vec<_> = (0..1000).map(|_| hour.next().as_secs_f64()).collect();
        let within = |range: std::ops::Range<f64>| periods.iter().any(|at| range.contains(at));
        assert!(periods.iter().all(|at| (3240.0..3960.0).contains(at)));
        assert!(within(3240.0..3300.0) && within(3900.0..3960.0));
        assert!(
            resync(Duration::MAX).next() > SYNC_PERIOD * 1_000_000,
            "never"
        );
    }
}
