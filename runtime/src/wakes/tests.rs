use futures::FutureExt;
use k8s_openapi::api::core::v1::{ConfigMap, Node, Secret};
use kube::{ResourceExt, api::ObjectMeta, runtime::watcher::Event};

use super::*;
use crate::{
    Change, Definition,
    cache::Written,
    cause::Cause,
    namespaces::ALL,
    parsed::{Parsed, Read},
    queue::{Queue, Verdict},
    watches::WatchesBuilder,
    workqueue::WorkQueue,
};

/// A controller of `ConfigMap`s, each of which names Secrets.
struct Configs;

impl Controller for Configs {
    type Kind = ConfigMap;
    const NAME: &'static str = "configs";

    fn define(definition: Definition<Self>) -> Definition<Self> {
        definition
            .watches::<Secret>(Wakes::index(secrets_of).when(is_new_or_gone_or_typed))
            .watches::<ConfigMap>(Wakes::index_by(colour, colour))
            .watches::<Node>(Wakes::map(config_of))
    }
}

fn value(object: &ConfigMap, key: &str) -> Option<String> {
    object.data.as_ref()?.get(key).cloned()
}

fn secrets_of(config: &ConfigMap) -> Vec<NamespacedName> {
    let names = value(config, "secrets").unwrap_or_default();
    assert_ne!(names, "panic");
    let beside = |name: &str| NamespacedName {
        namespace: None,
        name: name.into(),
    };
    names.split_whitespace().map(beside).collect()
}

fn colour(config: &ConfigMap) -> Option<String> {
    value(config, "colour")
}

fn config_of(node: &Node) -> Option<NamespacedName> {
    let name = node.labels().get("config")?;
    Some(NamespacedName {
        namespace: Some("default".into()),
        name: name.clone(),
    })
}

fn is_new_or_gone_or_typed(change: &Change<Secret>) -> bool {
    assert!(
        change
            .after()
            .is_none_or(|secret| secret.name_any() != "bad")
    );
    let type_of = |secret: &Secret| secret.type_.clone();
    change.before().map(type_of) != change.after().map(type_of)
}

/// The watches of the controller, and its queue.
struct Stage {
    watches: Watches,
    queue: Arc<WorkQueue>,
    version: u64,
}

impl Stage {
    fn new() -> Self {
        let (mut builder, queue) = (
            WatchesBuilder::default(),
            Arc::new(WorkQueue::new(Queue::default())),
        );
        Definition::<Configs>::of().subscribe(&mut builder, &queue);
        let mut stage = Self {
            watches: builder.build().expect("right predicates"),
            queue,
            version: 0,
        };
        stage.see::<ConfigMap>(Event::InitDone);
        stage.see::<Secret>(Event::InitDone);
        stage.see::<Node>(Event::InitDone);
        stage
    }

    fn see<K: Object>(&mut self, event: Event<Parsed<K>>) -> Vec<String> {
        self.watches.of::<K>().handle(ALL, event, &self.watches);
        self.woken()
    }

    fn apply<K: Object>(&mut self, mut object: K) -> Vec<String> {
        self.version += 1;
        object.meta_mut().resource_version = Some(self.version.to_string());
        self.see(Event::Apply(Parsed::Read(Read::of(object).expect("JSON"))))
    }

    fn delete<K: Object>(&mut self, object: K) -> Vec<String> {
        self.see(Event::Delete(Parsed::Read(Read::of(object).expect("JSON"))))
    }

    /// The names that are called for a run, which then is over.
    fn woken(&self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(turn) = self.queue.next().now_or_never() {
            let causes: Vec<_> = turn.causes.iter().map(Cause::to_string).collect();
            let seen = |_: &Written| true;
            self.queue
                .finish(&turn.key, Verdict::Done, Vec::new(), seen);
            names.push(format!("{}: {}", turn.key.name, causes.join(", ")));
        }
        names
    }
}

fn meta(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.into()),
        namespace: Some("default".into()),
        uid: Some(name.into()),
        ..ObjectMeta::default()
    }
}

fn config(name: &str, secrets: &str, colour: &str) -> ConfigMap {
    let data = [("secrets", secrets), ("colour", colour)];
    let data = data.map(|(key, value)| (key.to_owned(), value.to_owned()));
    ConfigMap {
        metadata: meta(name),
        data: Some(
            data.into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        ),
        ..ConfigMap::default()
    }
}

fn secret(name: &str, type_: &str) -> Secret {
    Secret {
        metadata: meta(name),
        type_: Some(type_.into()),
        ..Secret::default()
    }
}

fn node(config: &str) -> Node {
    let labels = [("config".to_owned(), config.to_owned())];
    Node {
        metadata: ObjectMeta {
            labels: Some(labels.into()),
            ..meta("node")
        },
        ..Node::default()
    }
}

#[test]
fn an_index_wakes_those_who_name_what_has_changed() {
    let mut stage = Stage::new();
    stage.apply(config("one", "a b", ""));
    stage.apply(config("two", "b", ""));
    assert_eq!(
        stage.apply(secret("a", "x")),
        ["one: Secret default/a added"]
    );
    assert_eq!(
        stage.apply(secret("b", "x")),
        ["one: Secret default/b added", "two: Secret default/b added"]
    );
    assert!(stage.apply(secret("c", "x")).is_empty());

    stage.apply(config("one", "c", ""));
    assert_eq!(
        stage.apply(secret("c", "y")),
        ["one: Secret default/c updated"]
    );
    assert!(stage.apply(secret("a", "y")).is_empty());
    assert_eq!(
        stage.delete(secret("c", "y")),
        ["one: Secret default/c deleted"]
    );

    let mut elsewhere = secret("b", "x");
    elsewhere.metadata.namespace = Some("elsewhere".into());
    assert!(stage.apply(elsewhere).is_empty());
}

#[test]
fn a_predicate_sees_the_object_before_and_after() {
    let mut stage = Stage::new();
    stage.apply(config("one", "a", ""));
    stage.apply(secret("a", "x"));
    assert!(stage.apply(secret("a", "x")).is_empty());
    assert_eq!(
        stage.apply(secret("a", "y")),
        ["one: Secret default/a updated"]
    );
}

#[test]
fn objects_of_one_key_wake_each_other_and_not_themselves_twice() {
    let mut stage = Stage::new();
    stage.apply(config("one", "", "red"));
    stage.apply(config("two", "", "blue"));
    let three = stage.apply(config("three", "", "red"));
    assert_eq!(
        three,
        [
            "three: ConfigMap default/three added",
            "one: ConfigMap default/three added"
        ]
    );
    // It concerns those whom it leaves, too.
    let moved = stage.apply(config("three", "", "blue"));
    let causes =
        ["three", "one", "two"].map(|name| format!("{name}: ConfigMap default/three updated"));
    assert_eq!(moved, causes);
    let gone = stage.delete(config("three", "", "blue"));
    assert_eq!(
        gone,
        [
            "three: ConfigMap default/three deleted",
            "two: ConfigMap default/three deleted"
        ]
    );
}

#[test]
fn a_mapper_wakes_those_that_it_names() {
    let mut stage = Stage::new();
    assert_eq!(stage.apply(node("one")), ["one: Node node added"]);
    assert_eq!(
        stage.apply(node("two")),
        ["one: Node node updated", "two: Node node updated"]
    );
}

#[test]
fn what_a_relist_finds_gone_wakes_by_the_index() {
    let mut stage = Stage::new();
    stage.apply(config("one", "a", ""));
    stage.apply(secret("a", "x"));
    assert!(stage.see::<Secret>(Event::Init).is_empty());
    assert_eq!(
        stage.see::<Secret>(Event::InitDone),
        ["one: Secret default/a deleted"]
    );
}

#[test]
fn a_predicate_that_panics_lets_the_change_pass() {
    let mut stage = Stage::new();
    stage.apply(config("one", "bad", ""));
    assert_eq!(
        stage.apply(secret("bad", "x")),
        ["one: Secret default/bad added"]
    );
}

#[test]
fn names_are_seen_from_the_object_that_says_them() {
    let node = |namespace: Option<&str>| NamespacedName {
        namespace: namespace.map(Into::into),
        name: "node".into(),
    };
    let config = config("one", "", "");
    assert_eq!(node(Some("x")).seen_from::<Node, _>(&config), node(None));
    assert_eq!(
        node(None).seen_from::<Secret, _>(&config),
        node(Some("default"))
    );
    assert_eq!(
        node(Some("x")).seen_from::<Secret, _>(&config),
        node(Some("x"))
    );
}

#[test]
fn what_is_watched_may_be_listed() {
    let rules = Definition::<Configs>::of().rules();
    assert!(rules.contains(&crate::Rule::new([""], ["secrets"], ["list", "watch"])));
}

#[test]
fn a_panic_concerns_its_object_alone() {
    let mut stage = Stage::new();
    stage.apply(config("bad", "panic", ""));
    stage.apply(config("good", "a", ""));
    assert_eq!(
        stage.apply(secret("a", "x")),
        ["good: Secret default/a added"]
    );
    stage.apply(config("bad", "a", ""));
    assert_eq!(
        stage.apply(secret("a", "y")),
        [
            "bad: Secret default/a updated",
            "good: Secret default/a updated"
        ]
    );
}
