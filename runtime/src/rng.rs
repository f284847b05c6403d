//! Randomness, passed in so that whole runs can be replayed.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A source of random numbers, good for names and delays and not for secrets. Its clones share it.
#[derive(Clone)]
pub struct Rng(Arc<Mutex<fastrand::Rng>>);

impl Rng {
    /// One that no other process shares: the system has chosen its seed.
    pub fn system() -> Self {
        Self::seeded(RandomState::new().hash_one(0))
    }

    /// One that always yields the same numbers.
    ///
    /// ```
    /// let manager = myop::Manager::new("shop", Vec::new()).rng(myop::Rng::seeded(7));
    /// ```
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// A name that nobody else has.
    pub(crate) fn unique(&self) -> String {
        format!("{:032x}", self.numbers().u128(..))
    }

    /// A time between `least` and `least` times `1 + factor`, as client-go's `wait.Jitter`.
    pub(crate) fn jittered(&self, least: Duration, factor: f64) -> Duration {
        least.saturating_add(least.mul_f64(factor * self.numbers().f64()))
    }

    fn numbers(&self) -> MutexGuard<'_, fastrand::Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rng")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_everything_and_the_system_s_differ() {
        let names = |rng: Rng| (rng.unique(), rng.unique());
        assert_eq!(names(Rng::seeded(7)), names(Rng::seeded(7)));
        assert_ne!(names(Rng::system()), names(Rng::system()));
        let (one, other) = names(Rng::seeded(7));
        assert_ne!(one, other);
    }

    #[test]
    fn jitter_only_adds() {
        let (rng, second) = (Rng::seeded(7), Duration::from_secs(1));
        let delays: Vec<_> = (0..100).map(|_| rng.jittered(second, 1.2)).collect();
        assert!(
            delays
                .iter()
                .all(|delay| *delay >= second && *delay < Duration::from_millis(2200)),
            "{delays:?}"
        );
        assert!(delays.iter().any(|delay| *delay > second * 2));
    }
}
