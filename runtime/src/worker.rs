//! One controller at work: takes keys from its queue, reconciles, keeps the status, and ends the turn.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::FutureExt;
use kube::{Resource, runtime::events::Recorder};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::{
    apply::{Memory, hash, without_nulls},
    clock::Clock,
    context::{Context, Run, is_deleting},
    controller::Reconcile,
    definition::Definition,
    error::{Error, Write, chain},
    finalizer,
    object::NamespacedName,
    outcome::{Failure, Outcome},
    queue::{Turn, Verdict},
    status::{Findings, Recorded},
    watches::Watches,
    workqueue::WorkQueue,
    writer::{Writer, is_not_found},
};

pub(crate) struct Worker<C: Reconcile> {
    pub(crate) controller: C,
    pub(crate) definition: Definition<C>,
    pub(crate) writer: Writer,
    pub(crate) watches: Arc<Watches>,
    pub(crate) queue: Arc<WorkQueue>,
    pub(crate) recorder: Recorder,
    pub(crate) clock: Clock,
    pub(crate) memories: Memories,
}

/// What is remembered of each object between its runs.
#[derive(Default)]
pub(crate) struct Memories(Mutex<BTreeMap<NamespacedName, Remembered>>);

#[derive(Default)]
struct Remembered {
    applied: Memory,
    /// The hashes of the status as it went out last, and as it came back.
    status: Option<(u64, u64)>,
}

impl Memories {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<NamespacedName, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a first reconcile may take before it is announced.
const SLOW: Duration = Duration::from_secs(1);

/// What an object asks of its controller.
enum Step {
    Leave,
    Cleanup,
    Reconcile,
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
    }

    async fn take(self: Arc<Self>, turn: Turn) {
        debug!(causes = %list(&turn.causes), "reconciling");
        let object = self.watches.of::<C::Kind>().cache().get(&turn.key);
        let (verdict, run) = match object {
            None => {
                self.memories.lock().remove(&turn.key);
                (Verdict::Done, Run::default())
            }
            Some(object) => self.handle(&turn.key, object).await,
        };
        if run.log.is_empty() {
            debug!(causes = %list(&turn.causes), "reconciled");
        } else {
            info!(causes = %list(&turn.causes), wrote = run.log.join(", "), "reconciled");
        }
        self.queue
            .finish(&turn.key, verdict, run.writes, |id, write| {
                self.watches.has_seen(id, write)
            });
    }

    fn step_for(&self, object: &C::Kind) -> Step {
        let skipped = self.definition.skip.is_some_and(|(key, value)| {
            let labels = object.meta().labels.as_ref();
            labels
                .and_then(|labels| labels.get(key))
                .is_some_and(|found| found == value)
        });
        if is_deleting(object) {
            match self.definition.finalizer {
                Some(name) if finalizer::is_on(object, name) => Step::Cleanup,
                _ => Step::Leave,
            }
        } else if skipped {
            Step::Leave
        } else {
            Step::Reconcile
        }
    }

    async fn handle(&self, key: &NamespacedName, object: Arc<C::Kind>) -> (Verdict, Run) {
        let step = self.step_for(&object);
        if matches!(step, Step::Leave) {
            return (Verdict::Done, Run::default());
        }
        let memory = self
            .memories
            .lock()
            .get(key)
            .map(|known| known.applied.clone())
            .unwrap_or_default();
        let ctx = Context::new(
            object.clone(),
            self.writer.clone(),
            self.watches.clone(),
            memory,
        );
        let (object, result) = match step {
            Step::Cleanup => (object.clone(), self.clean_up(object, &ctx).await),
            _ => self.reconcile(object, &ctx).await,
        };
        let mut run = ctx.into_run();
        self.publish_events(&object, &mut run);
        let verdict = match result {
            Ok(None) => Verdict::Done,
            Ok(Some(outcome)) => self.conclude(key, &object, &mut run, Ok(outcome)).await,
            Err(failure) => self.conclude(key, &object, &mut run, Err(failure)).await,
        };
        (verdict, run)
    }

    /// Adds the finalizer, where there is one, before anything is done that it would have to clean up.
    async fn reconcile(
        &self,
        mut object: Arc<C::Kind>,
        ctx: &Context<C>,
    ) -> (Arc<C::Kind>, Result<Option<Outcome>, Failure>) {
        if let Some(name) = self.definition.finalizer
            && !finalizer::is_on(&*object, name)
        {
            match finalizer::add(&self.writer, &*object, name).await {
                Ok(answer) => object = Arc::new(answer),
                Err(error) => return (object, Err(error.into())),
            }
            ctx.wrote_object(&*object, "finalizer");
        }
        let run = caught(self.controller.reconcile(object.clone(), ctx));
        let result = self.announce_if_slow(&object, ctx, run).await;
        (object, result.map(Some))
    }

    /// An object of which nothing has been said counts as ready in kstatus. So where its first reconcile takes a
    /// while, it is said that one is under way.
    async fn announce_if_slow(
        &self,
        object: &Arc<C::Kind>,
        ctx: &Context<C>,
        run: impl Future<Output = Result<Outcome, Failure>>,
    ) -> Result<Outcome, Failure> {
        let mut run = pin!(run);
        let recorded = self
            .definition
            .status
            .and_then(|status| (status.read)(object).ok());
        let Some(unseen) = recorded.filter(|recorded| recorded.conditions.is_empty()) else {
            return run.await;
        };
        if let Ok(result) = tokio::time::timeout(SLOW, &mut run).await {
            return result;
        }
        let announced = unseen.under_way(object.meta().generation, self.clock.now());
        match self
            .write_status(&NamespacedName::of(&**object), object, &announced)
            .await
        {
            Ok(Some(answer)) => ctx.wrote_object(&answer, "status"),
            Ok(None) => {}
            Err(error) => warn!("{}", chain(&error)),
        }
        run.await
    }

    async fn clean_up(
        &self,
        object: Arc<C::Kind>,
        ctx: &Context<C>,
    ) -> Result<Option<Outcome>, Failure> {
        caught(self.controller.cleanup(object.clone(), ctx)).await?;
        let name = self.definition.finalizer.unwrap_or_default();
        finalizer::remove(&self.writer, &*object, name).await?;
        Ok(None)
    }

    /// Writes the status, remembers what was applied, and says when the object is looked at again.
    async fn conclude(
        &self,
        key: &NamespacedName,
        object: &Arc<C::Kind>,
        run: &mut Run,
        result: Result<Outcome, Failure>,
    ) -> Verdict {
        let verdict = match &result {
            Ok(Outcome {
                requeue_after: Some(delay),
                ..
            }) => Verdict::After(*delay),
            Ok(_) => Verdict::Done,
            Err(failure) if failure.terminal => Verdict::GiveUp,
            Err(_) => Verdict::Retry,
        };
        match &result {
            Err(failure) if failure.terminal => {
                error!(
                    reason = failure.reason,
                    "{}; not tried again before something changes", failure.message
                );
            }
            Err(failure) => warn!(
                reason = failure.reason,
                "{}; will be tried again", failure.message
            ),
            Ok(_) => {}
        }
        self.remember(key, run, result.is_ok());
        let findings = Findings {
            fields: run.fields.take(),
            statements: std::mem::take(&mut run.statements),
            result,
        };
        match self.keep_status(key, object, run, findings).await {
            Ok(()) => verdict,
            Err(error) => {
                warn!("{}; will be tried again", chain(&error));
                Verdict::Retry
            }
        }
    }

    /// After a success what was not applied again is no child any more.
    fn remember(&self, key: &NamespacedName, run: &mut Run, succeeded: bool) {
        let mut applied = std::mem::take(&mut run.touched);
        if !succeeded {
            for (child, before) in std::mem::take(&mut run.memory) {
                applied.entry(child).or_insert(before);
            }
        }
        self.memories.lock().entry(key.clone()).or_default().applied = applied;
    }

    async fn keep_status(
        &self,
        key: &NamespacedName,
        object: &Arc<C::Kind>,
        run: &mut Run,
        findings: Findings,
    ) -> Result<(), Error> {
        let Some(status) = self.definition.status else {
            return Ok(());
        };
        let serialize = |source| Error::serialize::<C::Kind>(key, source);
        let recorded = (status.read)(object).map_err(serialize)?;
        let next = recorded.after(findings, object.meta().generation, self.clock.now());
        let hashes = |answer: &Recorded| (hash(&next.to_json()), hash(&answer.to_json()));
        let remembered = self.memories.lock().get(key).and_then(|known| known.status);
        if next == recorded || remembered == Some(hashes(&recorded)) {
            return Ok(());
        }
        let Some(answer) = self.write_status(key, object, &next).await? else {
            return Ok(());
        };
        let written = (status.read)(&answer).map_err(serialize)?;
        self.memories.lock().entry(key.clone()).or_default().status = Some(hashes(&written));
        run.log.push("status".into());
        run.writes
            .extend(self.watches.of::<C::Kind>().written(&answer));
        Ok(())
    }

    /// An object that is gone needs no status.
    async fn write_status(
        &self,
        key: &NamespacedName,
        object: &C::Kind,
        status: &Recorded,
    ) -> Result<Option<C::Kind>, Error> {
        let wanted: Value = json!({
            "apiVersion": C::Kind::api_version(&()),
            "kind": C::Kind::kind(&()),
            "metadata": { "name": key.name, "namespace": key.namespace, "uid": object.meta().uid },
            "status": status.to_json(),
        });
        match self.writer.apply_status(key, &without_nulls(wanted)).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(source) => Err(Error::write::<C::Kind>(Write::Status, key, source)),
        }
    }

    /// Events are for people: a reconcile neither waits for them nor fails by them.
    fn publish_events(&self, object: &C::Kind, run: &mut Run) {
        let events = std::mem::take(&mut run.events);
        if events.is_empty() {
            return;
        }
        let (recorder, reference) = (self.recorder.clone(), object.object_ref(&()));
        tokio::spawn(async move {
            for event in events {
                if let Err(error) = recorder.publish(&event, &reference).await {
                    warn!(reason = event.reason, error = %chain(&error), "cannot record an event");
                }
            }
        });
    }
}

/// A panic is the failure of this run, not of the operator.
async fn caught<T, E: Into<Failure>>(
    run: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match AssertUnwindSafe(run).catch_unwind().await {
        Ok(result) => result.map_err(Into::into),
        Err(panic) => Err(Failure::retry(
            "Panicked",
            format!("the reconcile panicked: {}", message_of(&*panic)),
        )),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

fn report_lost(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        error!(%error, "a run was lost");
    }
}

fn list(causes: &[crate::cause::Cause]) -> String {
    causes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
