//! The core, as many connections use it at a time.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    audit::{AuditLog, Received},
    changes::{Changes, Listener},
};
use crate::{Answer, Core, Settings, Told, Watch, auth::User};

/// The core, its clock, and who waits for changes.
#[derive(Clone)]
pub(crate) struct Shared(Arc<State>);

struct State {
    core: Mutex<Core>,
    clock: Clock,
    audit: Option<AuditLog>,
    changes: Changes,
}

/// The time of day, which goes on with the runtime's clock: where that is paused, this is too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Timestamp,
    since: Instant,
}

impl Clock {
    /// A clock that shows this time now.
    pub(crate) fn beginning_at(began: Timestamp) -> Self {
        Self {
            began,
            since: Instant::now(),
        }
    }

    pub(crate) fn now(self) -> Timestamp {
        let elapsed = jiff::SignedDuration::try_from(self.since.elapsed());
        let now = elapsed
            .ok()
            .and_then(|elapsed| self.began.checked_add(elapsed).ok());
        now.unwrap_or(self.began)
    }
}

impl Shared {
    pub(crate) fn new(
        seed: u64,
        settings: Settings,
        clock: Clock,
        audit: Option<AuditLog>,
    ) -> Self {
        let core = Core::new(seed, settings, clock.now());
        Self(Arc::new(State {
            core: Mutex::new(core),
            clock,
            audit,
            changes: Changes::default(),
        }))
    }

    pub(crate) fn answer(
        &self,
        request: &http::Request<Vec<u8>>,
        certificate: Option<&User>,
    ) -> Answer {
        let now = self.0.clock.now();
        let mut core = self.core();
        let before = core.revision();
        let answer = core.answer(request, certificate, now);
        let has_written = core.revision() != before;
        drop(core);
        if has_written {
            self.0.changes.announce();
        }
        if let (Some(audit), Answer::Reply(reply)) = (&self.0.audit, &answer) {
            let received = Received {
                request,
                certificate,
                at: now,
            };
            audit.add(&received, reply.status, self.0.clock.now());
        }
        answer
    }

    /// Has the controllers do some of what is due, and says when they want to be called next.
    fn work_once(&self, now: Timestamp) -> Option<Timestamp> {
        let mut core = self.core();
        let before = core.revision();
        let next = core.work(now);
        let has_written = core.revision() != before;
        drop(core);
        if has_written {
            self.0.changes.announce();
        }
        next
    }

    /// Has the controllers do what is due, for as long as it is polled.
    pub(crate) async fn work(self) {
        let mut changes = self.changes();
        loop {
            changes.mark_heard();
            let now = self.0.clock.now();
            let next = self.work_once(now);
            match next {
                // What they have just written is no reason to be called again.
                Some(next) if next <= now => tokio::task::yield_now().await,
                Some(next) => {
                    let wait = std::time::Duration::try_from(next.duration_since(now));
                    let woken = tokio::time::timeout(wait.unwrap_or_default(), changes.changed());
                    // Time or a change: in either case there is something to do.
                    let _ = woken.await;
                }
                None => changes.changed().await,
            }
        }
    }

    pub(crate) fn publish_address(&self, address: SocketAddr) {
        self.core().publish_address(address);
    }

    pub(crate) fn publish_root_certificate(&self, pem: &str) {
        self.core().publish_root_certificate(pem);
    }

    pub(crate) fn tell(&self, watch: &mut Watch) -> Told {
        let now = self.0.clock.now();
        self.core().tell_watch(watch, now)
    }

    pub(crate) fn compact(&self) {
        self.core().compact();
    }

    pub(crate) fn lag(&self) {
        self.core().lag();
    }

    pub(crate) fn catch_up(&self) {
        self.core().catch_up();
        self.0.changes.announce();
    }

    /// Tells of each write after now.
    pub(crate) fn changes(&self) -> Listener {
        self.0.changes.listen()
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
