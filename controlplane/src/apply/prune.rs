//! What is removed from an object because its manager applies it no longer (structured-merge-diff's `merge/update.go`).

use serde_json::Value;

use super::{
    FieldSet,
    atom::Type,
    entries::Entries,
    owned::{fields_of, with_named},
    remove::remove,
};

/// Removes what its manager applied the last time and no longer does, but what others own.
pub(super) fn prune(of: Type<'_>, object: &mut Value, entries: &Entries, last: &FieldSet) {
    if last.is_empty() {
        return;
    }
    let last = with_named(last, of);
    let all = with_named(&fields_of(of, object), of);
    let without = |fields: &FieldSet| {
        let mut pruned = object.clone();
        remove(of, &mut pruned, fields);
        with_named(&fields_of(of, &pruned), of)
    };
    let owned = entries.0.iter().fold(FieldSet::default(), |owned, entry| {
        owned.union(&entry.fields)
    });
    let kept = without(&last).union(&with_named(&owned, of));
    let left = without(&all.clone().difference(&kept));
    remove(of, object, &all.difference(&left).intersection(&last));
}
