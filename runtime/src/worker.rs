//! One controller at work: takes keys from its queue, reconciles, and ends the turn.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use futures::FutureExt;
use kube::{Resource, runtime::events::Recorder};
use tokio::task::{JoinError, JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::{
    cause::Cause,
    context::{Context, Run},
    controller::Reconcile,
    definition::{Definition, Finalizer},
    error::{Error, chain},
    finalizer,
    keeper::Keeper,
    memory::{Memory, Remembered},
    object::{NamespacedName, is_deleting},
    outcome::{Failure, Outcome},
    panics::message_of,
    queue::{Turn, Verdict},
    status::Findings,
    watches::Watches,
    workqueue::WorkQueue,
    writer::Writer,
};

/// How long a first reconcile may take before it is announced.
const SLOW: Duration = Duration::from_secs(1);

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
}

/// What an object asks of its controller, if anything.
enum Step {
    CleanUp,
    Reconcile,
}

/// How a run ended: with something to say of the object as it then is, or without.
enum Ended<K> {
    Said(Arc<K>, Result<Outcome, Failure>),
    Silently,
}

impl<C: Reconcile> Worker<C> {
    /// Reconciles until `shutdown`, at most `concurrency` objects at once, then lets the runs under way end.
    pub(crate) async fn run(self: Arc<Self>, concurrency: usize, shutdown: CancellationToken) {
        let mut runs = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(ended) = runs.join_next() => report_lost(ended),
                turn = self.queue.next(), if runs.len() < concurrency => {
                    let span = info_span!("reconcile", controller = C::NAME, object = %turn.key);
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

    async fn take(self: Arc<Self>, turn: Turn) {
        let causes = list(&turn.causes);
        debug!(causes, "reconciling");
        let object = self.watches.of::<C::Kind>().cache().get(&turn.key);
        let (verdict, run) = match object {
            None => {
                self.memory.forget(&turn.key);
                (Verdict::Done, Run::default())
            }
            Some(object) => {
                let handled = AssertUnwindSafe(self.handle(&turn.key, object))
                    .catch_unwind()
                    .await;
                handled.unwrap_or_else(|_| (Verdict::Retry, Run::default()))
            }
        };
        let wrote = run.log.join(", ");
        match verdict {
            Verdict::Done | Verdict::After(_) if !wrote.is_empty() => {
                info!(causes, wrote, "reconciled");
            }
            Verdict::Done | Verdict::After(_) => debug!(causes, "reconciled"),
            Verdict::Retry | Verdict::GiveUp => debug!(causes, wrote, "failed"),
        }
        self.queue.finish(&turn.key, verdict, run.writes, |write| {
            self.watches.has_seen(write)
        });
    }

    async fn handle(&self, key: &NamespacedName, object: Arc<C::Kind>) -> (Verdict, Run) {
        let Some(step) = self.step_for(&object) else {
            return (Verdict::Done, Run::default());
        };
        let mut remembered = self.memory.of(key);
        let children = std::mem::take(&mut remembered.children);
        let ctx = Context::new(
            object.clone(),
            self.writer.clone(),
            self.watches.clone(),
            children,
        );
        let ended = match step {
            Step::CleanUp => self.clean_up(object.clone(), &ctx).await,
            Step::Reconcile => self.reconcile(object.clone(), &ctx).await,
        };
        let mut run = ctx.into_run();
        self.record_events(&object, &mut run);
        let (object, result) = match ended {
            Ok(Ended::Silently) => return (Verdict::Done, run),
            Err(error) if error.is_conflict() => {
                debug!("{}", chain(&error));
                return (Verdict::Retry, run);
            }
            Ok(Ended::Said(object, result)) => (object, result),
            Err(error) => (object, Err(error.into())),
        };
        let verdict = self
            .conclude(&object, &mut run, result, &mut remembered)
            .await;
        self.memory.keep(key, remembered);
        (verdict, run)
    }

    fn step_for(&self, object: &C::Kind) -> Option<Step> {
        let skipped = self.definition.skips(object);
        let held = self
            .definition
            .finalizer
            .as_ref()
            .is_some_and(|finalizer| finalizer::is_on(object, finalizer.name));
        match (is_deleting(object), held, skipped) {
            (true, true, _) => Some(Step::CleanUp),
            (true, false, _) | (false, _, true) => None,
            (false, _, false) => Some(Step::Reconcile),
        }
    }

    /// The finalizer is on before anything is done that it would have to clean up.
    async fn with_finalizer(
        &self,
        object: Arc<C::Kind>,
        ctx: &Context<C>,
    ) -> Result<Arc<C::Kind>, Error> {
        match &self.definition.finalizer {
            Some(Finalizer { name, .. }) if !finalizer::is_on(&*object, name) => {
                let answer = finalizer::add(&self.writer, &*object, name).await?;
                ctx.wrote_object(&answer, "finalizer");
                Ok(Arc::new(answer))
            }
            _ => Ok(object),
        }
    }

    async fn reconcile(
        &self,
        object: Arc<C::Kind>,
        ctx: &Context<C>,
    ) -> Result<Ended<C::Kind>, Error> {
        let object = self.with_finalizer(object, ctx).await?;
        let reconciled = object.clone();
        let mut run = pin!(caught(async move {
            self.controller.reconcile(reconciled, ctx).await
        }));
        if let Ok(result) = tokio::time::timeout(SLOW, &mut run).await {
            return Ok(Ended::Said(object, result));
        }
        match self.keeper.announce(&object).await {
            Ok(Some(answer)) => ctx.wrote_object(&answer, "status"),
            Ok(None) => {}
            Err(error) => warn!("{}", chain(&error)),
        }
        Ok(Ended::Said(object, run.await))
    }

    async fn clean_up(
        &self,
        object: Arc<C::Kind>,
        ctx: &Context<C>,
    ) -> Result<Ended<C::Kind>, Error> {
        let Some(Finalizer { name, cleanup }) = &self.definition.finalizer else {
            return Ok(Ended::Silently);
        };
        if let Err(failure) =
            caught(async { cleanup(&self.controller, object.clone(), ctx).await }).await
        {
            return Ok(Ended::Said(object, Err(failure)));
        }
        if let Some(answer) = finalizer::remove(&self.writer, &*object, name).await? {
            ctx.wrote_object(&answer, "finalizer removed");
        }
        Ok(Ended::Silently)
    }

    /// Writes the status, remembers what was applied, and says when the object is looked at again.
    async fn conclude(
        &self,
        object: &Arc<C::Kind>,
        run: &mut Run,
        result: Result<Outcome, Failure>,
        remembered: &mut Remembered,
    ) -> Verdict {
        let verdict = verdict_on(&result);
        remembered.children = run.take_children(result.is_ok());
        let findings = Findings {
            fields: run.fields.take(),
            statements: std::mem::take(&mut run.statements),
            result,
        };
        let kept = self.keeper.keep(object, findings, remembered).await;
        match kept {
            Ok(written) => {
                if let Some((answer, changed)) = written {
                    run.writes
                        .extend(self.watches.of::<C::Kind>().written(&answer, changed));
                    run.log.push("status".into());
                }
                verdict
            }
            Err(error) => {
                warn!("{}; will be tried again", chain(&error));
                Verdict::Retry
            }
        }
    }

    /// Events are for people: a reconcile neither waits for them nor fails by them.
    fn record_events(&self, object: &C::Kind, run: &mut Run) {
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

fn verdict_on(result: &Result<Outcome, Failure>) -> Verdict {
    match result {
        Ok(Outcome {
            requeue_after: Some(delay),
            ..
        }) => Verdict::After(*delay),
        Ok(_) => Verdict::Done,
        Err(failure) if failure.terminal => {
            error!(
                reason = failure.reason,
                "{}; not tried again before something changes", failure.message
            );
            Verdict::GiveUp
        }
        Err(failure) => {
            warn!(
                reason = failure.reason,
                "{}; will be tried again", failure.message
            );
            Verdict::Retry
        }
    }
}

/// A panic is the failure of this run, not of the operator: also one in the author's conversion of an error.
async fn caught<T, E: Into<Failure>>(
    run: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    let run = async { run.await.map_err(Into::into) };
    AssertUnwindSafe(run)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| {
            let message = format!("the reconcile panicked: {}", message_of(&*panic));
            Err(Failure::retry("Panicked", message))
        })
}

fn report_lost(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        error!(%error, "a run was lost");
    }
}

fn list(causes: &[Cause]) -> String {
    causes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
