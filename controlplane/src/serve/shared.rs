//! The core, as many connections use it at a time.

use std::{
    any::Any,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    audit::{AuditLog, Received},
    changes::{Changes, Listener},
};
use crate::{Answer, Core, Reply, Settings, Told, Watch, auth::User};

/// The core, its clock, and who waits for changes.
#[derive(Clone)]
pub(crate) struct Shared(Arc<State>);

struct State {
    core: Mutex<Core>,
    clock: Clock,
    audit: Option<AuditLog>,
    changes: Changes,
    /// Why nothing is answered any more.
    ended: OnceLock<String>,
}

/// As `WithPanicRecovery` of apiserver has it.
const PANICKED: &str = "This request caused apiserver to panic. Look in the logs for details.\n";

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
            ended: OnceLock::new(),
        }))
    }

    pub(crate) fn answer(
        &self,
        request: &http::Request<Vec<u8>>,
        certificate: Option<&User>,
    ) -> Answer {
        let now = self.0.clock.now();
        let answer = self.answer_by(|core| core.answer(request, certificate, now));
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

    /// Who panics at a request has said why, and the next request is answered again.
    fn answer_by(&self, answer: impl FnOnce(&mut Core) -> Answer) -> Answer {
        if let Some(why) = self.0.ended.get() {
            return Answer::Reply(Reply::text(500, why));
        }
        let answer = self.change(answer);
        answer.unwrap_or_else(|_| Answer::Reply(Reply::text(500, PANICKED)))
    }

    /// Has controllers do some of what is due, and says when they want to be called next. Without them it would be half
    /// a server: where one panics, nothing is answered any more but that.
    fn work_by(&self, work: impl FnOnce(&mut Core) -> Option<Timestamp>) -> Option<Timestamp> {
        match self.change(work) {
            Ok(next) => next,
            Err(panic) => {
                let why = message(&*panic);
                let why = format!("the control plane has ended: a controller panicked: {why}\n");
                // The first one counts.
                let _ = self.0.ended.set(why);
                self.0.changes.announce();
                None
            }
        }
    }

    /// Lets the core do something that may write.
    fn change<T>(&self, work: impl FnOnce(&mut Core) -> T) -> thread::Result<T> {
        let mut core = self.core();
        let before = core.revision();
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut core)));
        let has_written = core.revision() != before;
        drop(core);
        if has_written {
            self.0.changes.announce();
        }
        done
    }

    /// Has the controllers do what is due, for as long as it is polled.
    pub(crate) async fn work(self) {
        let mut changes = self.changes();
        while self.0.ended.get().is_none() {
            changes.mark_heard();
            let now = self.0.clock.now();
            let next = self.work_by(|core| core.work(now));
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
        if self.0.ended.get().is_some() {
            return Told::End;
        }
        let told = self.change(|core| core.tell_watch(watch, now));
        told.unwrap_or(Told::End)
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

    /// What panics is caught before it could poison anything.
    fn core(&self) -> MutexGuard<'_, Core> {
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref().map(String::as_str))
        .unwrap_or("it did not say why")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> Shared {
        let clock = Clock::beginning_at(Timestamp::UNIX_EPOCH);
        Shared::new(1, Settings::default(), clock, None)
    }

    fn status(answer: Answer) -> (u16, String) {
        match answer {
            Answer::Reply(reply) => (
                reply.status,
                String::from_utf8_lossy(&reply.body).into_owned(),
            ),
            Answer::Watch(_) => (200, String::new()),
        }
    }

    fn get(shared: &Shared) -> (u16, String) {
        let request = http::Request::get("/api/v1/namespaces/default");
        let request = request.body(Vec::new()).expect("it is one");
        status(shared.answer(&request, Some(&crate::in_process::administrator())))
    }

    #[test]
    fn a_request_that_panics_is_answered_and_so_is_the_next_one() {
        let shared = shared();
        let answer = shared.answer_by(|_| panic!("of a test"));
        assert_eq!(status(answer), (500, PANICKED.to_owned()));
        assert_eq!(get(&shared).0, 200);
    }

    #[tokio::test]
    async fn where_a_controller_panics_nothing_is_answered_but_that() {
        let shared = shared();
        assert_eq!(shared.work_by(|_| panic!("of a {}", "test")), None);
        let ended = "the control plane has ended: a controller panicked: of a test\n";
        assert_eq!(get(&shared), (500, ended.to_owned()));
        shared.work().await;
    }
}
