use k8s_openapi::api::core::v1::Secret;
use serde_json::json;

use super::*;

fn secret(version: u64, generation: i64, labels: &[(&str, &str)]) -> Secret {
    let labels: std::collections::BTreeMap<_, _> = labels.iter().copied().collect();
    let metadata =
        json!({"resourceVersion": version.to_string(), "generation": generation, "labels": labels});
    serde_json::from_value(json!({ "metadata": metadata })).expect("a Secret")
}

fn update(old: Secret, new: Secret) -> Change<Secret> {
    let (old, new) = (old.into(), new.into());
    Change::Updated { old, new }
}

fn passes(change: &Change<Secret>, predicate: impl Predicate<Secret>) -> bool {
    When::default().and(predicate).matters(change)
}

#[test]
fn an_update_passes_where_the_part_has_changed() {
    let status = update(secret(1, 1, &[]), secret(2, 1, &[]));
    assert!(!passes(&status, generation_changed));
    assert!(passes(&status, resource_version_changed));
    assert!(!passes(&status, labels_changed));
    assert!(!passes(&status, annotations_changed));

    let spec = update(secret(1, 1, &[]), secret(2, 2, &[]));
    assert!(passes(&spec, generation_changed));
    let labels = update(secret(1, 1, &[]), secret(2, 1, &[("app", "shop")]));
    assert!(passes(&labels, labels_changed));
    assert!(!passes(&labels, annotations_changed));
}

#[test]
fn what_is_not_set_is_as_what_is_empty() {
    let empty = update(Secret::default(), secret(2, 0, &[]));
    assert!(!passes(&empty, generation_changed));
    assert!(!passes(&empty, labels_changed));
}

#[test]
fn what_comes_or_goes_has_changed() {
    let object = Arc::new(secret(1, 1, &[]));
    for change in [Change::Added(object.clone()), Change::Deleted(object)] {
        assert!(passes(&change, generation_changed));
        assert!(passes(&change, resource_version_changed));
        assert!(passes(&change, labels_changed));
        assert!(passes(&change, annotations_changed));
    }
}

#[test]
fn labels_are_those_after_the_change() {
    let (shop, bank) = (
        secret(1, 1, &[("app", "shop")]),
        secret(2, 1, &[("app", "bank")]),
    );
    let moves = update(shop.clone(), bank);
    assert!(!passes(&moves, matches_labels("app=shop")));
    assert!(passes(&moves, matches_labels("app=bank")));
    assert!(passes(
        &moves,
        matches_labels("app=shop").or(labels_changed)
    ));
    assert!(passes(
        &Change::Deleted(shop.into()),
        matches_labels("app=shop")
    ));
}

#[test]
fn predicates_are_combined() {
    let is_new = |change: &Change<Secret>| change.before().is_none();
    let added = Change::Added(secret(1, 1, &[("app", "shop")]).into());
    assert!(passes(&added, is_new.and(generation_changed)));
    assert!(!passes(&added, is_new.and(not(generation_changed))));
    assert!(passes(&added, not(is_new).or(labels_changed)));
    assert!(!passes(
        &added,
        matches_labels("app").and(matches_labels("!app"))
    ));
    let both = When::default().and(is_new).and(not(is_new));
    assert!(!both.matters(&added));
}

#[test]
fn a_wrong_selector_is_found_wherever_it_is() {
    let wrong = || matches_labels::<Secret>("app in");
    let reason = "`app in` is not a label selector: `app in` is not the key of a label";
    let found = |when: When<Secret>| when.check().map_err(|wrong| wrong.to_string());
    for when in [
        When::default().and(wrong()),
        When::default().and(generation_changed.or(wrong())),
        When::default().and(wrong().and(generation_changed)),
        When::default().and(not(wrong())),
        When::default().and(generation_changed).and(wrong()),
    ] {
        assert_eq!(found(when), Err(reason.to_owned()));
    }
    assert_eq!(found(When::default().and(matches_labels("app"))), Ok(()));
}
