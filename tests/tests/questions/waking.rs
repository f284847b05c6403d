//! Who wakes an object, and how often.

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use myop::{
    Object,
    record::{Cause, Effect, RunRecord, Source},
    testing::{Cluster, Operator, Result},
};
use myop_tests::{Act, Script, manager, scripts};
use serde_json::{Value, json};

use crate::{
    apps::version,
    runs::{causes, followed},
    stage::{Note, NoteController, NoteSpec, create, operator_of, rewrite},
};

fn sources(run: &RunRecord) -> Vec<Source> {
    let source = |cause: &Cause| match cause {
        Cause::Event { source, .. } => Some(*source),
        _ => None,
    };
    run.causes.iter().filter_map(source).collect()
}

async fn make<K: Object>(api: &Api<K>, object: Value) -> Result {
    api.create(&PostParams::default(), &serde_json::from_value(object)?)
        .await?;
    Ok(())
}

#[myop::test]
async fn an_object_is_woken_by_itself_its_children_and_what_it_watches(cluster: Cluster) -> Result {
    let (manager, _) = operator_of::<NoteController>();
    let (manager, mut runs) = followed(manager);
    let operator = cluster.run(manager).await?;
    operator.until_watched::<Note>().await?;
    let notes: Api<Note> = cluster.namespaced("default");
    let spec = NoteSpec {
        text: "hello".into(),
        secret: Some("key".into()),
    };
    let note = notes
        .create(&PostParams::default(), &Note::new("one", spec))
        .await?;
    let run = runs.next().await?;
    assert_eq!(causes(&run), ["Note default/one added"]);
    assert_eq!(sources(&run), [Source::Reconciles]);

    // What comes by one watch comes in order: the first one would have woken it before the second did.
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    for (name, controller) in [("owned", false), ("controlled", true)] {
        let mut owner = note.owner_ref(&()).ok_or("it has a uid")?;
        owner.controller = Some(controller);
        make(
            &config_maps,
            json!({"metadata": {"name": name, "ownerReferences": [owner]}}),
        )
        .await?;
    }
    let run = runs.next().await?;
    assert_eq!(causes(&run), ["ConfigMap default/controlled added"]);
    assert_eq!(sources(&run), [Source::Owns]);

    let secrets: Api<Secret> = cluster.namespaced("default");
    for name in ["other", "key"] {
        make(&secrets, json!({"metadata": {"name": name}})).await?;
    }
    let run = runs.next().await?;
    assert_eq!(causes(&run), ["Secret default/key added"]);
    assert_eq!(sources(&run), [Source::Watches]);
    Ok(())
}

/// Writes ten times on a note, and waits until the operator has been told of all that.
async fn rewrite_ten_times(operator: &Operator, notes: &Api<Note>, first: usize) -> Result {
    for number in first..first + 10 {
        rewrite(notes, "often", &number.to_string()).await?;
    }
    // It comes last by the same watch, and what is in the cache is counted.
    let last = format!("after-{first}");
    create(notes, &last, "I was here").await?;
    operator
        .until_metric(&format!("notes{{name=\"{last}\"}} 1"))
        .await?;
    Ok(())
}

#[myop::test]
async fn ten_updates_are_one_run_with_the_newest_version(cluster: Cluster) -> Result {
    let (manager, gates) = operator_of::<NoteController>();
    let (manager, mut runs) = followed(manager);
    let name = |note: &Note| [note.name_any()];
    let manager = manager.count_objects("notes", "Notes by name.", ["name"], name);
    let operator = cluster.run(manager).await?;
    let notes: Api<Note> = cluster.namespaced("default");

    // Before a run: the sole worker is held by another note.
    gates.close("holder");
    create(&notes, "holder", "").await?;
    gates.until_at("holder").await?;
    create(&notes, "often", "0").await?;
    rewrite_ten_times(&operator, &notes, 1).await?;
    gates.close("often");
    gates.open("holder");
    gates.until_at("often").await?;

    // During that run.
    rewrite_ten_times(&operator, &notes, 11).await?;
    gates.open("often");

    let first = runs.next_of("often").await?;
    assert_eq!(first.causes.len(), 11, "{:?}", causes(&first));
    assert_eq!(what_was_read(&first), Some("10".into()));
    let second = runs.next_of("often").await?;
    assert_eq!(what_was_read(&second), Some("20".into()));
    create(&notes, "end", "").await?;
    let (others, _) = runs.up_to("end").await?;
    assert!(
        others.iter().all(|run| run.object.name != "often"),
        "{others:?}"
    );
    Ok(())
}

/// The text that a run has written into the status of its note.
fn what_was_read(run: &RunRecord) -> Option<Value> {
    let fields = run.writes.iter().flat_map(|write| match &write.effect {
        Effect::Changed(fields) => fields.as_slice(),
        _ => &[],
    });
    let mut read = fields.filter(|field| field.path == ".status.read");
    read.next()?.after.clone()
}

/// The version of the one object that has called for a run.
fn called_by(run: &RunRecord) -> Option<u64> {
    match run.causes.as_slice() {
        [Cause::Event { object, .. }] => object.version,
        _ => None,
    }
}

#[myop::test]
async fn what_others_write_wakes_it_and_its_own_status_does_not(cluster: Cluster) -> Result {
    let (manager, mut runs) = followed(manager());
    let _operator = cluster.run(manager).await?;
    let all: Api<Script> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    scripts::create(&all, "keep", Act::Keep).await?;
    let run = runs.next().await?;
    let written: Vec<_> = run.writes.iter().map(|write| write.kind.as_str()).collect();
    assert_eq!(
        written,
        ["Script", "ConfigMap", "Script"],
        "finalizer, child, status"
    );
    let theirs = Patch::Merge(json!({"status": {"observedGeneration": 7}}));
    let spoiled = all
        .patch_status("keep", &PatchParams::default(), &theirs)
        .await?;
    let run = runs.next().await?;
    assert_eq!(
        called_by(&run),
        version(&spoiled),
        "nothing else has called for it"
    );
    assert_eq!(
        run.writes.len(),
        1,
        "the status is put right: {:?}",
        run.writes
    );

    let theirs = Patch::Merge(json!({"data": {"kept": "no"}}));
    let spoiled = config_maps
        .patch("keep", &PatchParams::default(), &theirs)
        .await?;
    let run = runs.next().await?;
    assert_eq!(
        called_by(&run),
        version(&spoiled),
        "nothing else has called for it"
    );
    assert_eq!(
        run.writes.len(),
        1,
        "the child is put right: {:?}",
        run.writes
    );
    Ok(())
}
