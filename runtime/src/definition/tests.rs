use futures::FutureExt;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::runtime::watcher::Event;
use serde_json::{Value, json};

use super::*;
use crate::{
    ManagerError,
    error::chain,
    namespaces::ALL,
    parsed::{Parsed, Read},
    predicate::{generation_changed, matches_labels},
    queue::Verdict,
};

/// A controller that only wants to hear of new generations.
struct Configs;

impl Controller for Configs {
    type Kind = ConfigMap;
    const NAME: &'static str = "configs";

    fn define(definition: Definition<Self>) -> Definition<Self> {
        definition
            .when(generation_changed)
            .owns(Owned::<Secret>::by_any_owner().when(matches_labels("app")))
            .skip_label("reconciler", "ignore")
    }
}

fn object<K: Object>(metadata: &Value) -> K {
    serde_json::from_value(json!({ "metadata": metadata })).expect("an object")
}

/// The keys that the changes wake, as each object comes in turn.
fn woken<K: Object>(objects: &[Value]) -> Vec<Vec<String>> {
    let (mut builder, queue) = (
        WatchesBuilder::default(),
        Arc::new(WorkQueue::new(Queue::default())),
    );
    Definition::<Configs>::of().subscribe(&mut builder, &queue);
    let watches = builder.build().expect("right selectors");
    let see = |metadata: &Value| {
        let event = Event::Apply(Parsed::Read(Read::of(object::<K>(metadata)).expect("JSON")));
        watches.of::<K>().handle(ALL, event, &watches);
        let mut keys = Vec::new();
        while let Some(turn) = queue.next().now_or_never() {
            queue.finish(&turn.key, Verdict::Done, Vec::new(), |_| true);
            keys.push(turn.key.name);
        }
        keys
    };
    objects.iter().map(see).collect()
}

#[test]
fn what_does_not_pass_the_predicate_wakes_nobody() {
    let of = |version: &str, generation: i64| json!({"name": "a", "uid": "a", "resourceVersion": version, "generation": generation});
    let woken = woken::<ConfigMap>(&[of("1", 1), of("2", 1), of("3", 2)]);
    assert_eq!(woken, [vec!["a"], vec![], vec!["a"]]);
}

/// The server counts no generation of a ConfigMap, and none for a label.
#[test]
fn a_deletion_and_the_label_to_skip_wake_whatever_the_predicate_says() {
    let of = |version: &str, more: Value| {
        let mut metadata = json!({"name": "a", "uid": "a", "resourceVersion": version});
        let fields = metadata.as_object_mut().expect("fields");
        fields.extend(more.as_object().cloned().unwrap_or_default());
        metadata
    };
    let woken = woken::<ConfigMap>(&[
        of("1", json!({"labels": {"reconciler": "ignore"}})),
        of(
            "2",
            json!({"labels": {"reconciler": "ignore", "app": "shop"}}),
        ),
        of("3", json!({"labels": {"app": "shop"}})),
        of("4", json!({"deletionTimestamp": "2026-01-01T00:00:00Z"})),
    ]);
    assert_eq!(woken, [vec!["a"], vec![], vec!["a"], vec!["a"]]);
}

#[test]
fn every_owner_of_the_kind_can_be_woken() {
    let owner = |kind: &str, name: &str, controller: bool| json!({"apiVersion": "v1", "kind": kind, "name": name, "uid": name, "controller": controller});
    let of = |version: &str, labels: Value| {
        let owners = [
            owner("ConfigMap", "a", true),
            owner("ConfigMap", "b", false),
            owner("Pod", "c", false),
        ];
        json!({"name": "s", "namespace": "default", "uid": "s", "resourceVersion": version,
            "labels": labels, "ownerReferences": owners})
    };
    let woken = woken::<Secret>(&[of("1", json!({})), of("2", json!({"app": "shop"}))]);
    assert_eq!(woken, [vec![], vec!["a", "b"]]);
}

struct Wrong;

impl Controller for Wrong {
    type Kind = ConfigMap;
    const NAME: &'static str = "wrong";

    fn define(definition: Definition<Self>) -> Definition<Self> {
        definition.owns(Owned::<Secret>::by_controller().when(matches_labels("app in")))
    }
}

#[test]
fn an_operator_with_a_wrong_selector_says_so_in_one_sentence() {
    let mut builder = WatchesBuilder::default();
    Definition::<Wrong>::of().subscribe(&mut builder, &Arc::new(WorkQueue::new(Queue::default())));
    let refused = builder.build().err().expect("a wrong selector");
    assert!(matches!(refused, ManagerError::Predicate { .. }));
    assert_eq!(
        chain(&refused),
        "the controller `wrong` cannot tell which changes matter: `app in` is not a label selector: \
         `app in` is not the key of a label"
    );
}
