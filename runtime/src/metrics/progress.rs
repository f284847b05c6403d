//! How long a generation of an object takes to be ready.

use std::time::Duration;

use tokio::time::Instant;

/// How far an object is on the way to being ready as its newest generation asks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    generation: Option<i64>,
    /// Since when the generation is on its way; none once it was ready.
    since: Option<Instant>,
}

impl Progress {
    /// A run on this generation, called for at `since`, finds the object ready or not.
    ///
    /// One that was ready before this process began was not made ready by it.
    pub(crate) fn sees(&mut self, generation: Option<i64>, is_ready: bool, since: Instant) {
        if self.generation != generation {
            self.generation = generation;
            self.since = (!is_ready).then_some(since);
        }
    }

    /// The object is ready. Returns how long that took, once for each generation.
    pub(crate) fn is_ready(&mut self, now: Instant) -> Option<Duration> {
        let since = self.since.take()?;
        Some(now.saturating_duration_since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_generation_is_timed_once_from_when_it_is_first_seen() {
        let began = Instant::now();
        let at = |second| began + Duration::from_secs(second);
        let mut progress = Progress::default();

        progress.sees(Some(1), false, at(0));
        progress.sees(Some(1), false, at(2));
        assert_eq!(progress.is_ready(at(5)), Some(Duration::from_secs(5)));
        progress.sees(Some(1), false, at(6));
        assert_eq!(progress.is_ready(at(7)), None, "ready again, not anew");

        progress.sees(Some(2), false, at(8));
        assert_eq!(progress.is_ready(at(9)), Some(Duration::from_secs(1)));
    }

    #[test]
    fn what_a_restart_finds_ready_was_not_made_ready_by_it() {
        let now = Instant::now();
        let mut progress = Progress::default();
        progress.sees(Some(3), true, now);
        assert_eq!(progress.is_ready(now), None);
    }
}
