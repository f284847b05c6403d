//! How often and how fast objects are reconciled, and in which order.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kube::Api;
use myop::{
    Context, Controller, Failure, Outcome, Reconcile, order,
    predicate::generation_changed,
    testing::{Cluster, Result},
};

use crate::{
    runs::{causes, followed},
    stage::{Gates, Note, NoteController, create, in_queue, operator_of, read},
};

#[myop::test]
async fn an_object_at_rest_is_reconciled_once_a_sync_period(cluster: Cluster) -> Result {
    const PERIOD: Duration = Duration::from_millis(500);
    let (manager, _) = operator_of::<NoteController>();
    let (manager, mut runs) = followed(manager.sync_period(PERIOD));
    let _operator = cluster.run(manager).await?;
    create(&cluster.namespaced("default"), "one", "hello").await?;
    while causes(&runs.next().await?) != ["resync"] {}
    let start = Instant::now();
    for _ in 0..4 {
        let run = runs.next().await?;
        assert_eq!(causes(&run), ["resync"]);
        assert_eq!(run.writes, []);
    }
    // The run from which the time counts may have come late by some of that.
    let least = PERIOD.mul_f64(0.9) * 3;
    assert!(start.elapsed() > least, "{:?}", start.elapsed());
    Ok(())
}

/// Reads notes when they are new, and when their text changes.
#[derive(Controller)]
#[controller(reconciles(Note, when = generation_changed))]
struct SelectiveController {
    gates: Arc<Gates>,
}

impl Reconcile for SelectiveController {
    type Error = Failure;

    async fn reconcile(&self, note: Arc<Note>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        read(&self.gates, &note, ctx).await
    }
}

#[myop::test]
async fn what_was_there_is_found_and_a_resync_is_no_event(cluster: Cluster) -> Result {
    let notes: Api<Note> = cluster.namespaced("default");
    let (manager, _) = operator_of::<SelectiveController>();
    let operator = cluster.run(manager).await?;
    create(&notes, "old", "hello").await?;
    cluster.until_ready(&notes, "old").await?;
    operator.stop().await?;

    let (manager, _) = operator_of::<SelectiveController>();
    let (manager, mut runs) = followed(manager.sync_period(Duration::from_secs(2)));
    let _operator = cluster.run(manager).await?;
    assert_eq!(causes(&runs.next().await?), ["Note default/old found"]);
    create(&notes, "new", "hello").await?;
    let new = runs.next_of("new").await?;
    assert_eq!(causes(&new), ["Note default/new added"]);
    assert_eq!(causes(&runs.next().await?), ["resync"]);
    Ok(())
}

#[myop::test]
async fn no_more_objects_are_reconciled_at_once_than_there_are_workers(cluster: Cluster) -> Result {
    let (manager, gates) = operator_of::<NoteController>();
    let (manager, mut runs) = followed(manager.max_concurrent_reconciles(2));
    let operator = cluster.run(manager).await?;
    let notes = ["a", "b", "c", "d", "e"];
    for note in notes {
        gates.close(note);
    }
    let api = cluster.namespaced("default");
    // It may be there already when the operator begins to watch, which has less haste then.
    create(&api, notes[0], "hello").await?;
    gates.until_at(notes[0]).await?;
    for note in &notes[1..] {
        create(&api, note, "hello").await?;
    }
    operator.until_metric(&in_queue(3)).await?;
    let active = r#"controller_runtime_active_workers{controller="note"} 2"#;
    operator.until_metric(active).await?;

    for note in notes {
        gates.open(note);
    }
    for _ in notes {
        runs.next().await?;
    }
    Ok(())
}

/// Reads notes by their names.
#[derive(Controller)]
#[controller(reconciles = Note, queue = order::ByName)]
struct OrderlyController {
    gates: Arc<Gates>,
}

impl Reconcile for OrderlyController {
    type Error = Failure;

    async fn reconcile(&self, note: Arc<Note>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        read(&self.gates, &note, ctx).await
    }
}

#[myop::test]
async fn a_queue_by_name_is_worked_off_by_name(cluster: Cluster) -> Result {
    let (manager, gates) = operator_of::<OrderlyController>();
    let (manager, mut runs) = followed(manager);
    let operator = cluster.run(manager).await?;
    let notes: Api<Note> = cluster.namespaced("default");
    gates.close("zero");
    create(&notes, "zero", "").await?;
    gates.until_at("zero").await?;
    for name in ["c", "a-2", "b", "a-10"] {
        create(&notes, name, "").await?;
    }
    operator.until_metric(&in_queue(4)).await?;
    gates.open("zero");
    for name in ["zero", "a-10", "a-2", "b", "c"] {
        assert_eq!(runs.next().await?.object.name, name);
    }
    Ok(())
}
