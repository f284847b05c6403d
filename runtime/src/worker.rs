//! One controller at work: takes keys from its queue, reconciles, and ends the turn.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};

use futures::FutureExt;
use kube::Resource;
use tokio::{
    task::{JoinError, JoinSet},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::{
    cache::Written,
    cause::{Cause, ObjectVersion, Source, Verb},
    context::Run,
    controller::Reconcile,
    definition::Definition,
    error::chain,
    keeper::Keeper,
    memory::Memory,
    metrics::ControllerMetrics,
    object::NamespacedName,
    panics::message_of,
    queue::{Turn, Verdict},
    record::{Followers, RunEnd, RunRecord},
    recorder::Recorder,
    resync::Resync,
    stored::Stored,
    watches::Watches,
    workqueue::WorkQueue,
    writer::Writer,
};

pub(crate) struct Worker<C: Reconcile> {
    pub(crate) controller: C,
    pub(crate) definition: Definition<C>,
    pub(crate) writer: Writer,
    pub(crate) watches: Arc<Watches>,
    pub(crate) queue: Arc<WorkQueue>,
    pub(crate) keeper: Keeper<C::Kind>,
    pub(crate) memory: Memory,
    pub(crate) recorder: Recorder,
    pub(crate) recording: TaskTracker,
    pub(crate) followers: Followers,
    pub(crate) metrics: ControllerMetrics,
    pub(crate) resync: Resync,
}

impl<C: Reconcile> Worker<C> {
    /// Reconciles until `shutdown`, at most `concurrency` objects at once, then lets the runs under way end.
    pub(crate) async fn run(self: Arc<Self>, concurrency: usize, shutdown: CancellationToken) {
        self.metrics.runs_at_most(concurrency);
        if self.queue.open() {
            self.call_for_all();
        }
        let resync = self.resync.clone();
        let mut resync = pin!(resync.repeat::<C::Kind>(self.watches.clone(), self.queue.clone()));
        let mut runs = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                () = &mut resync => {}
                Some(ended) = runs.join_next() => report_lost(ended),
                turn = self.queue.next(), if runs.len() < concurrency => {
                    let span = info_span!(
                        "reconcile",
                        controller = C::NAME,
                        object = %turn.key,
                        attempt = turn.attempt,
                        causes = list(&turn.causes),
                    );
                    runs.spawn(self.clone().take(turn).instrument(span));
                }
            }
        }
        while let Some(ended) = runs.join_next().await {
            report_lost(ended);
        }
        self.recording.close();
        self.recording.wait().await;
    }

    /// What came while nobody listened is in the cache.
    fn call_for_all(&self) {
        for object in self.watches.of::<C::Kind>().all() {
            let found = Cause::Event {
                source: Source::Reconciles,
                verb: Verb::Found,
                object: ObjectVersion::of(&*object),
            };
            self.queue.add(&NamespacedName::of(&*object), found);
        }
    }

    async fn take(self: Arc<Self>, turn: Turn) {
        let began = Instant::now();
        let object = self.watches.of::<C::Kind>().get(&turn.key);
        let (end, run) = match object {
            None => {
                self.memory.forget(&turn.key);
                (RunEnd::Idle, Run::default())
            }
            Some(stored) => self.handle_safely(&turn, &stored).await,
        };
        let record = RunRecord {
            controller: C::NAME,
            object: turn.key,
            attempt: turn.attempt,
            causes: turn.causes,
            waited: turn.waited,
            took: began.elapsed(),
            reads: run.reads.unwrap_or_default(),
            writes: run.writes,
            flapping: run.flapping,
            end,
        };
        log(&record);
        self.followers.tell(&record);
        let verdict = verdict_on(&record.end);
        let is_seen = |write: &Written| self.watches.has_seen(write);
        self.metrics.ran(&record, self.keeper.clock.now(), || {
            let (key, unseen) = (&record.object, run.unseen);
            self.queue.finish(key, verdict, unseen, is_seen);
        });
    }

    /// A panic of the runtime's own is the failure of one run, too.
    async fn handle_safely(&self, turn: &Turn, stored: &Stored<C::Kind>) -> (RunEnd, Run) {
        let handled =
            AssertUnwindSafe(async { self.handle(turn, stored.decode()).await }).catch_unwind();
        handled.await.unwrap_or_else(|panic| {
            let message = message_of(&*panic).to_owned();
            (RunEnd::Panicked { message }, Run::default())
        })
    }

    /// Events are for people: a reconcile neither waits for them nor fails by them.
    pub(crate) fn record_events(&self, object: &C::Kind, run: &mut Run) {
        let events = std::mem::take(&mut run.events);
        if events.is_empty() {
            return;
        }
        let (recorder, reference) = (self.recorder.clone(), object.object_ref(&()));
        self.recording.spawn(async move {
            for event in events {
                if let Err(error) = recorder.publish(&event, &reference).await {
                    warn!(
                        reason = event.reason,
                        error = chain(&error),
                        "cannot record an event"
                    );
                }
            }
        });
    }
}

fn verdict_on(end: &RunEnd) -> Verdict {
    match end {
        RunEnd::Idle | RunEnd::Done => Verdict::Done,
        RunEnd::RequeueAfter(delay) => Verdict::After(*delay),
        RunEnd::Conflict | RunEnd::Failed { .. } | RunEnd::TimedOut | RunEnd::Panicked { .. } => {
            Verdict::Retry
        }
        RunEnd::Terminal { .. } => Verdict::GiveUp,
    }
}

fn log(run: &RunRecord) {
    if let Some(fields) = &run.flapping {
        warn!(
            "written again and again: {fields}; somebody else sets it otherwise, or the reconcile never says the same twice"
        );
    }
    let wrote = list(&run.writes);
    match &run.end {
        RunEnd::Done | RunEnd::RequeueAfter(_) if !wrote.is_empty() => info!(wrote, "reconciled"),
        RunEnd::Idle | RunEnd::Done | RunEnd::RequeueAfter(_) => debug!("reconciled"),
        RunEnd::Conflict => debug!(wrote, "somebody else wrote first; will be tried again"),
        RunEnd::Failed { reason, message } => {
            warn!(reason, wrote, "{message}; will be tried again");
        }
        RunEnd::TimedOut => warn!(wrote, "timed out; will be tried again"),
        RunEnd::Panicked { message } => {
            error!(
                wrote,
                "the reconcile panicked: {message}; will be tried again"
            );
        }
        RunEnd::Terminal { reason, message } => {
            let then = "not tried again before something changes";
            error!(reason, wrote, "{message}; {then}");
        }
    }
}

fn report_lost(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        error!(%error, "a run was lost");
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    let words: Vec<_> = items.iter().map(ToString::to_string).collect();
    words.join(", ")
}
