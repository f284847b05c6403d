//! What a failure does to its object, and what it does not do to others.

use std::{sync::Arc, time::Duration};

use kube::Api;
use myop::{
    Context, Controller, Failure, Outcome, Reconcile,
    record::RunEnd,
    testing::{Cluster, Result},
};

use crate::{
    runs::{causes, followed},
    stage::{Gates, Note, NoteController, create, in_queue, operator_of, read, rewrite, tear},
};

#[myop::test]
async fn a_success_ends_the_backoff(cluster: Cluster) -> Result {
    let (manager, _) = operator_of::<NoteController>();
    let (manager, mut runs) = followed(manager);
    let _operator = cluster.run(manager).await?;
    let notes: Api<Note> = cluster.namespaced("default");
    create(&notes, "one", "good").await?;
    assert_eq!(runs.next().await?.end, RunEnd::Done);
    tear(&notes, "one", Some("a little")).await?;
    for attempt in 1..=5 {
        let run = runs.next().await?;
        assert_eq!(run.attempt, attempt);
        assert!(run.end.is_failure(), "{run:?}");
    }
    tear(&notes, "one", None).await?;
    while runs.next().await?.end.is_failure() {}
    tear(&notes, "one", Some("again")).await?;
    let (first, second) = (runs.next().await?, runs.next().await?);
    assert_eq!(causes(&first), ["Note default/one updated"]);
    assert_eq!(causes(&second), ["retry"]);
    assert_eq!((first.attempt, second.attempt), (1, 2));
    Ok(())
}

/// Waits for an hour after a failure.
#[derive(Controller)]
#[controller(reconciles = Note, backoff = |_| Duration::from_secs(3600))]
struct PatientController {
    gates: Arc<Gates>,
}

impl Reconcile for PatientController {
    type Error = Failure;

    async fn reconcile(&self, note: Arc<Note>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        read(&self.gates, &note, ctx).await
    }
}

#[myop::test]
async fn an_update_does_not_wait_for_the_backoff(cluster: Cluster) -> Result {
    let (manager, _) = operator_of::<PatientController>();
    let (manager, mut runs) = followed(manager);
    let _operator = cluster.run(manager).await?;
    let notes: Api<Note> = cluster.namespaced("default");
    create(&notes, "one", "bad").await?;
    assert!(runs.next().await?.end.is_failure());

    rewrite(&notes, "one", "bad again").await?;
    let run = runs.next().await?;
    assert_eq!(causes(&run), ["Note default/one updated"]);
    assert_eq!(run.attempt, 1, "another generation failed before");
    assert!(run.end.is_failure());

    rewrite(&notes, "one", "good").await?;
    let run = runs.next().await?;
    assert_eq!((run.attempt, run.end), (1, RunEnd::Done));
    Ok(())
}

#[myop::test]
async fn a_run_that_hangs_holds_up_a_sole_worker(cluster: Cluster) -> Result {
    let (manager, gates) = operator_of::<NoteController>();
    let (manager, mut runs) = followed(manager);
    let operator = cluster.run(manager).await?;
    let notes: Api<Note> = cluster.namespaced("default");
    gates.close("hangs");
    create(&notes, "hangs", "").await?;
    gates.until_at("hangs").await?;
    create(&notes, "waits", "").await?;
    operator.until_metric(&in_queue(1)).await?;
    assert!(runs.so_far().is_empty());

    gates.open("hangs");
    assert_eq!(runs.next().await?.object.name, "hangs");
    assert_eq!(runs.next().await?.object.name, "waits");
    Ok(())
}

/// Waits for no run for longer than half a second.
#[derive(Controller)]
#[controller(reconciles = Note, reconcile_timeout = Duration::from_millis(500))]
struct ImpatientController {
    gates: Arc<Gates>,
}

impl Reconcile for ImpatientController {
    type Error = Failure;

    async fn reconcile(&self, note: Arc<Note>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        read(&self.gates, &note, ctx).await
    }
}

#[myop::test]
async fn a_timeout_ends_a_run_that_hangs(cluster: Cluster) -> Result {
    let (manager, gates) = operator_of::<ImpatientController>();
    let (manager, mut runs) = followed(manager);
    let _operator = cluster.run(manager).await?;
    let notes: Api<Note> = cluster.namespaced("default");
    gates.close("hangs");
    create(&notes, "hangs", "").await?;
    gates.until_at("hangs").await?;
    create(&notes, "waits", "").await?;

    let run = runs.next().await?;
    assert_eq!((&*run.object.name, run.end), ("hangs", RunEnd::TimedOut));
    let (_, run) = runs.up_to("waits").await?;
    assert_eq!(run.end, RunEnd::Done);
    gates.open("hangs");
    let read = |note: Option<&Note>| note?.status.as_ref()?.read.clone();
    cluster
        .until(&notes, "hangs", |note| read(note).is_some())
        .await?;
    Ok(())
}
