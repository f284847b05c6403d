//! One run of a controller for one object: what it asks for, the author's code, the status, and how it ended.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use futures::{FutureExt, future::join};
use kube::Resource;
use tokio::time::{Instant, timeout};
use tracing::warn;

use crate::{
    context::{Context, Run},
    controller::Reconcile,
    definition::Finalizer,
    diff::FieldChange,
    error::{Error, Write, chain},
    finalizer,
    memory::Remembered,
    object::{NamespacedName, is_deleting},
    outcome::{Failure, Outcome},
    panics::message_of,
    queue::Turn,
    record::{Effect, RunEnd},
    status::Findings,
    worker::Worker,
};

/// How long a first reconcile may take before it is announced.
const SLOW: Duration = Duration::from_secs(1);

/// What an object asks of its controller, if anything.
enum Step {
    CleanUp,
    Reconcile,
}

/// What the author's code made of it.
enum Ended<K> {
    /// Something to say of the object as it then is.
    Said(Arc<K>, Ran<Outcome>),
    /// Nothing is left to say it of.
    CleanedUp,
}

/// How the author's code ended.
enum Ran<T> {
    Returned(Result<T, Failure>),
    Panicked(String),
    TimedOut(Duration),
}

impl<C: Reconcile> Worker<C> {
    /// Does what the object asks for.
    pub(crate) async fn handle(&self, turn: &Turn, object: Arc<C::Kind>) -> (RunEnd, Run) {
        let Some(step) = self.step_for(&object) else {
            return (RunEnd::Idle, Run::default());
        };
        let mut remembered = self.memory.of(&turn.key);
        if let Some(is_ready) = self.keeper.says_ready(&object) {
            let generation = object.meta().generation;
            remembered
                .progress
                .sees(generation, is_ready, turn.called_at);
        }
        let children = std::mem::take(&mut remembered.children);
        let children = children.into_iter().collect();
        let ctx = Context::new(
            object.clone(),
            self.writer.clone(),
            self.watches.clone(),
            children,
            self.followers.are_there(),
        );
        let ended = match step {
            Step::CleanUp => self.clean_up(object.clone(), &ctx).await,
            Step::Reconcile => self.reconcile(object.clone(), &ctx).await,
        };
        let mut run = ctx.into_run();
        self.record_events(&object, &mut run);
        let (object, ran) = match ended {
            Ok(Ended::CleanedUp) => return (RunEnd::Done, run),
            // Its deletion is yet to be seen, and calls for the run that can do something.
            Ok(Ended::Said(_, Ran::Returned(_))) if run.is_leaving => return (RunEnd::Idle, run),
            Err(error) if error.is_conflict() => return (RunEnd::Conflict, run),
            Ok(Ended::Said(object, ran)) => (object, ran),
            Err(error) => (object, Ran::Returned(Err(error.into()))),
        };
        let end = self.conclude(&object, &mut run, ran, &mut remembered).await;
        run.flapping = remembered.flapping.ran(Instant::now(), &run.writes);
        self.memory.keep(&turn.key, remembered);
        (end, run)
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
                let added = FieldChange::of_finalizer(name, true);
                ctx.wrote_object(&answer, Write::Finalizers, vec![added]);
                Ok(answer)
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
        let reconcile = async move { self.controller.reconcile(reconciled, ctx).await };
        let mut run = pin!(ran(reconcile, self.definition.reconcile_timeout));
        if let Ok(ran) = timeout(SLOW, &mut run).await {
            return Ok(Ended::Said(object, ran));
        }
        let (announced, ran) = join(self.keeper.announce(&object), run).await;
        match announced {
            Ok(Some(kept)) => ctx.wrote_object(&kept.object, Write::Status, kept.changes),
            Ok(None) => {}
            Err(error) => warn!("{}", chain(&error)),
        }
        Ok(Ended::Said(object, ran))
    }

    async fn clean_up(
        &self,
        object: Arc<C::Kind>,
        ctx: &Context<C>,
    ) -> Result<Ended<C::Kind>, Error> {
        let Some(Finalizer { name, cleanup }) = &self.definition.finalizer else {
            return Ok(Ended::CleanedUp);
        };
        let clean_up = async { cleanup(&self.controller, object.clone(), ctx).await };
        match ran(clean_up, self.definition.reconcile_timeout).await {
            Ran::Returned(Ok(())) => {}
            Ran::Returned(Err(failure)) => {
                return Ok(Ended::Said(object, Ran::Returned(Err(failure))));
            }
            Ran::Panicked(words) => return Ok(Ended::Said(object, Ran::Panicked(words))),
            Ran::TimedOut(limit) => return Ok(Ended::Said(object, Ran::TimedOut(limit))),
        }
        if let Some(answer) = finalizer::remove(&self.writer, &*object, name).await? {
            let removed = FieldChange::of_finalizer(name, false);
            ctx.wrote_object(&answer, Write::Finalizers, vec![removed]);
        }
        Ok(Ended::CleanedUp)
    }

    /// Writes the status, and remembers what was applied.
    async fn conclude(
        &self,
        object: &Arc<C::Kind>,
        run: &mut Run,
        ran: Ran<Outcome>,
        remembered: &mut Remembered,
    ) -> RunEnd {
        let end = ran.end();
        let result = ran.into_result();
        if result.as_ref().is_ok_and(|outcome| outcome.ready)
            && let Some(took) = remembered.progress.is_ready(Instant::now())
        {
            self.metrics.ready_after(took);
        }
        remembered.children = run.take_children(result.is_ok()).into_iter().collect();
        let findings = Findings {
            fields: run.fields.take(),
            statements: std::mem::take(&mut run.statements),
            result,
        };
        match self.keeper.keep(object, findings, remembered).await {
            Ok(None) => end,
            Ok(Some(kept)) => {
                let watch = self.watches.of::<C::Kind>();
                run.unseen.extend(watch.written(&kept.object, kept.is_ours));
                let name = NamespacedName::of(&*kept.object);
                run.wrote::<C::Kind>(Write::Status, &name, Effect::Changed(kept.changes));
                end
            }
            Err(error) => RunEnd::Failed {
                reason: "StatusNotWritten".into(),
                message: chain(&error),
            },
        }
    }
}

impl Ran<Outcome> {
    fn end(&self) -> RunEnd {
        match self {
            Self::Returned(Ok(outcome)) => outcome
                .requeue_after
                .map_or(RunEnd::Done, RunEnd::RequeueAfter),
            Self::Returned(Err(failure)) => {
                let (reason, message) = (failure.reason.clone(), failure.message.clone());
                if failure.terminal {
                    RunEnd::Terminal { reason, message }
                } else {
                    RunEnd::Failed { reason, message }
                }
            }
            Self::Panicked(message) => RunEnd::Panicked {
                message: message.clone(),
            },
            Self::TimedOut(_) => RunEnd::TimedOut,
        }
    }

    fn into_result(self) -> Result<Outcome, Failure> {
        match self {
            Self::Returned(result) => result,
            Self::Panicked(words) => {
                let message = format!("the reconcile panicked: {words}");
                Err(Failure::retry("Panicked", message))
            }
            Self::TimedOut(limit) => {
                let message = format!("the reconcile did not end within {limit:?}");
                Err(Failure::retry("TimedOut", message))
            }
        }
    }
}

/// A panic is the failure of this run, not of the operator: also one in the author's conversion of an error.
async fn ran<T, E: Into<Failure>>(
    code: impl Future<Output = Result<T, E>>,
    limit: Option<Duration>,
) -> Ran<T> {
    let code = async { code.await.map_err(Into::into) };
    let caught = AssertUnwindSafe(code).catch_unwind();
    let ended = match limit {
        None => caught.await,
        Some(limit) => match timeout(limit, caught).await {
            Ok(ended) => ended,
            Err(_) => return Ran::TimedOut(limit),
        },
    };
    match ended {
        Ok(result) => Ran::Returned(result),
        Err(panic) => Ran::Panicked(message_of(&*panic).to_owned()),
    }
}
