use k8s_openapi::api::core::v1::ConfigMap;
use kube::{ResourceExt, api::ObjectMeta};
use proptest::prelude::*;

use super::*;

fn config_map(name: &str, uid: u64, version: u64) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta {
            name: Some(name.into()),
            namespace: Some("default".into()),
            uid: Some(uid.to_string()),
            resource_version: Some(version.to_string()),
            ..ObjectMeta::default()
        },
        ..ConfigMap::default()
    }
}

fn read(map: ConfigMap) -> Read<ConfigMap> {
    Read::of(map).expect("JSON")
}

fn words(changes: &[Change<ConfigMap>]) -> Vec<String> {
    changes
        .iter()
        .map(|change| match change {
            Change::Added(new) => format!("+{}", new.name_any()),
            Change::Updated { new, .. } => format!("~{}", new.name_any()),
            Change::Deleted(last) => format!("-{}", last.name_any()),
        })
        .collect()
}

fn list(cache: &mut Cache<ConfigMap>, objects: &[ConfigMap]) -> Vec<String> {
    let mut changes = words(&cache.handle(ALL, Event::Init));
    for object in objects {
        changes.extend(words(
            &cache.handle(ALL, Event::InitApply(read(object.clone()))),
        ));
    }
    changes.extend(words(&cache.handle(ALL, Event::InitDone)));
    changes
}

fn written(name: &str, version: u64, relists: u64) -> Written {
    let name = NamespacedName {
        namespace: Some("default".into()),
        name: name.into(),
    };
    Written {
        id: TypeId::of::<ConfigMap>(),
        name,
        version,
        relists,
        is_ours: true,
    }
}

fn relists(cache: &Cache<ConfigMap>) -> u64 {
    let name = NamespacedName::of(&config_map("any", 0, 0));
    cache.relists(&name).expect("its namespace is watched")
}

/// The history that a real API server gave after compaction: `b` was deleted while the watch was down.
#[test]
fn a_relist_reports_what_was_deleted_meanwhile() {
    let mut cache = Cache::default();
    let (a, b, c) = (
        config_map("a", 1, 1),
        config_map("b", 2, 2),
        config_map("c", 3, 3),
    );
    assert_eq!(
        list(&mut cache, &[a.clone(), b, c.clone()]),
        ["+a", "+b", "+c"]
    );
    assert_eq!(list(&mut cache, &[a, c]), ["-b"]);
}

#[test]
fn an_object_made_anew_under_its_name_is_a_deletion_and_an_addition() {
    let mut cache = Cache::default();
    list(&mut cache, &[config_map("a", 1, 1)]);
    assert_eq!(list(&mut cache, &[config_map("a", 2, 5)]), ["-a", "+a"]);
}

#[test]
fn an_older_version_of_the_watch_changes_nothing() {
    let mut cache = Cache::default();
    list(&mut cache, &[config_map("a", 1, 7)]);
    assert_eq!(
        words(&cache.handle(ALL, Event::Apply(read(config_map("a", 1, 6))))),
        [""; 0]
    );
}

#[test]
fn a_restored_server_counts_again() {
    let mut cache = Cache::default();
    list(&mut cache, &[config_map("a", 1, 700)]);
    assert_eq!(list(&mut cache, &[config_map("a", 1, 3)]), ["~a"]);
}

#[test]
fn a_write_is_seen_once_the_watch_has_passed_it() {
    let mut cache = Cache::default();
    list(&mut cache, &[config_map("a", 1, 1)]);
    let write = written("a", 5, relists(&cache));
    assert!(!cache.has_seen(&write));
    cache.handle(ALL, Event::Apply(read(config_map("b", 2, 4))));
    cache.told(ALL);
    assert!(!cache.has_seen(&write));
    cache.handle(ALL, Event::Apply(read(config_map("c", 3, 6))));
    assert!(!cache.has_seen(&write), "its echo may still come");
    assert_eq!(cache.told(ALL), 6);
    assert!(
        cache.has_seen(&write),
        "versions come in order, of whichever object"
    );
}

#[test]
fn a_list_proves_nothing_before_its_end() {
    let mut cache = Cache::default();
    list(&mut cache, &[config_map("b", 1, 1)]);
    let write = written("b", 5, relists(&cache));
    cache.handle(ALL, Event::Init);
    cache.handle(ALL, Event::InitApply(read(config_map("a", 2, 9))));
    cache.told(ALL);
    assert!(!cache.has_seen(&write), "b is yet to be listed");
    cache.handle(ALL, Event::InitApply(read(config_map("b", 1, 5))));
    cache.handle(ALL, Event::InitDone);
    cache.told(ALL);
    assert!(cache.has_seen(&write));
}

#[test]
fn a_write_to_what_a_relist_does_not_name_is_seen() {
    let mut cache = Cache::default();
    list(&mut cache, &[config_map("a", 1, 1)]);
    let write = written("b", 5, relists(&cache));
    list(&mut cache, &[config_map("a", 1, 1)]);
    assert!(cache.has_seen(&write));
}

fn in_namespace(namespace: &str, mut object: ConfigMap) -> ConfigMap {
    object.metadata.namespace = Some(namespace.into());
    object
}

/// Two namespaces, each with a watch of its own that has read its list.
fn of_two_namespaces() -> Cache<ConfigMap> {
    let mut cache = Cache::of(["default".to_owned(), "other".to_owned()]);
    assert!(!cache.is_synced());
    for (namespace, version) in [("default", 1), ("other", 2)] {
        let object = in_namespace(namespace, config_map("a", version, version));
        cache.handle(namespace, Event::Init);
        cache.handle(namespace, Event::InitApply(read(object)));
        assert!(!cache.is_synced());
        cache.handle(namespace, Event::InitDone);
    }
    assert!(cache.is_synced());
    cache
}

#[test]
fn a_watch_proves_the_progress_of_its_own_namespace_alone() {
    let mut cache = of_two_namespaces();
    let write = written("a", 5, relists(&cache));
    let elsewhere = in_namespace("other", config_map("b", 3, 9));
    cache.handle("other", Event::Apply(read(elsewhere)));
    cache.told("other");
    assert!(!cache.has_seen(&write));
    cache.handle("default", Event::Apply(read(config_map("a", 1, 5))));
    cache.told("default");
    assert!(cache.has_seen(&write));
}

#[test]
fn a_list_says_what_is_gone_in_its_own_namespace_alone() {
    let mut cache = of_two_namespaces();
    let write = written("b", 5, relists(&cache));
    cache.handle("other", Event::Init);
    assert_eq!(words(&cache.handle("other", Event::InitDone)), ["-a"]);
    assert_eq!(cache.all().count(), 1);
    assert!(!cache.has_seen(&write), "it was another namespace's list");
    cache.handle("default", Event::Init);
    assert_eq!(words(&cache.handle("default", Event::InitDone)), ["-a"]);
    assert!(cache.has_seen(&write));
}

#[test]
fn nothing_is_waited_for_in_a_namespace_without_a_watch() {
    let cache = of_two_namespaces();
    let mut write = written("a", 5, 0);
    write.name.namespace = Some("third".into());
    assert_eq!(cache.relists(&write.name), None);
    assert!(cache.has_seen(&write));
}

#[derive(Clone, Debug)]
enum Step {
    Write(u8),
    Delete(u8),
    /// The watch breaks: what happens until the next step of this kind is seen by a list alone.
    Break,
    Relist,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..5u8).prop_map(Step::Write),
        3 => (0..5u8).prop_map(Step::Delete),
        1 => Just(Step::Break),
        1 => Just(Step::Relist),
    ];
    proptest::collection::vec(step, 0..60)
}

/// A key that every write changes.
fn version_by_three(object: &ConfigMap) -> Option<u64> {
    Some(resource_version(&object.metadata)? % 3)
}

proptest! {
    /// Whatever happens, and whenever the watch is down: the changes that the cache tells add up to what the server
    /// holds, and so does the cache.
    #[test]
    fn the_changes_add_up_to_what_the_server_holds(steps in steps()) {
        let mut server: BTreeMap<String, ConfigMap> = BTreeMap::new();
        let mut cache = Cache::default();
        cache.add_index(version_by_three);
        let mut told: BTreeSet<String> = BTreeSet::new();
        let mut version = 0;
        let mut watching = false;
        let tell = |changes: Vec<String>, told: &mut BTreeSet<String>| {
            for change in changes {
                let (sign, name) = change.split_at(1);
                match sign {
                    "+" => assert!(told.insert(name.into()), "added twice: {name}"),
                    "~" => assert!(told.contains(name), "changed before it was added: {name}"),
                    _ => assert!(told.remove(name), "deleted, yet never added: {name}"),
                }
            }
        };
        for step in steps.into_iter().chain([Step::Relist]) {
            version += 1;
            match step {
                Step::Write(name) => {
                    let name = name.to_string();
                    let uid = server.get(&name).map_or(version, |old| old.uid().unwrap().parse().unwrap());
                    let object = config_map(&name, uid, version);
                    server.insert(name, object.clone());
                    if watching {
                        tell(words(&cache.handle(ALL, Event::Apply(read(object)))), &mut told);
                    }
                }
                Step::Delete(name) => {
                    if let Some(mut object) = server.remove(&name.to_string()) {
                        object.metadata.resource_version = Some(version.to_string());
                        if watching {
                            tell(words(&cache.handle(ALL, Event::Delete(read(object)))), &mut told);
                        }
                    }
                }
                Step::Break => watching = false,
                Step::Relist => {
                    let objects: Vec<_> = server.values().cloned().collect();
                    tell(list(&mut cache, &objects), &mut told);
                    watching = true;
                }
            }
        }
        prop_assert_eq!(told, server.keys().cloned().collect::<BTreeSet<_>>());
        for key in 0..3 {
            let scanned = cache.all().map(Stored::decode).filter(|object| version_by_three(object) == Some(key));
            let indexed = cache.by(version_by_three, &key);
            prop_assert!(scanned.map(|object| object.name_any()).eq(indexed.map(|stored| stored.decode().name_any())));
        }
        let cached: Vec<ConfigMap> = cache.all().map(|stored| (*stored.decode()).clone()).collect();
        prop_assert_eq!(cached, server.into_values().collect::<Vec<_>>());
    }
}
