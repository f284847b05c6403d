//! The time of day, passed in so that whole runs can be replayed.

use std::sync::Arc;

use k8s_openapi::jiff::Timestamp;

/// Tells the time of day that goes into conditions.
///
/// Delays and deadlines do not come from here but from tokio, whose time a test can pause.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    /// A clock that shows what `now` returns.
    ///
    /// ```
    /// use k8s_openapi::jiff::Timestamp;
    ///
    /// let stopped = myop::Clock::new(|| Timestamp::UNIX_EPOCH);
    /// assert_eq!(stopped.now(), Timestamp::UNIX_EPOCH);
    /// ```
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time, in whole seconds as Kubernetes writes it.
    pub fn now(&self) -> Timestamp {
        let now = self.exact();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// The time as exact as the clock is.
    pub(crate) fn exact(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
