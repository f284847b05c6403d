//! Writes that are no apply.
//!
//! Follows structured-merge-diff's `merge/update.go` (`Update`) and, of apimachinery's
//! `pkg/util/managedfields/internal`, `fieldmanager.go`, `skipnonapplied.go`, `managedfieldsupdater.go`.

use std::sync::LazyLock;

use serde_json::Value;

use super::{
    FieldSet, Target, Writer,
    atom::Type,
    check::check,
    compare::Comparison,
    entries::{Entries, entries_of, set_entries},
    entry::{Operation, Owner},
    problem::Problems,
};

/// The most entries of those who update.
const MOST_UPDATERS: usize = 10;

/// What nobody owns (`stripmeta.go`).
pub(super) static STRIPPED: LazyLock<FieldSet> = LazyLock::new(|| {
    FieldSet::of(&[
        "apiVersion",
        "kind",
        "metadata",
        "metadata.name",
        "metadata.namespace",
        "metadata.creationTimestamp",
        "metadata.selfLink",
        "metadata.uid",
        "metadata.clusterName",
        "metadata.generation",
        "metadata.managedFields",
        "metadata.resourceVersion",
    ])
});

/// Sets the managedFields of an object that is created, updated or patched; `live` is none at a create.
///
/// What the client sent as managedFields counts only for the resource itself, and only if it can be read; an empty list,
/// and a list of one empty entry, reset them.
pub fn track(target: &Target<'_>, live: Option<&Value>, new: &mut Value, writer: &Writer<'_>) {
    let entries = entries_at_hand(live, new, writer);
    set_entries(new, None);
    if entries.0.is_empty() && live.is_some() {
        return;
    }
    let base = target.base(live, new);
    let updated = target.updated(&base, new, entries, writer, writer.manager);
    set_entries(new, updated.ok().and_then(Entries::written));
}

/// The entries that a client sent, or else those of the live object (`fieldmanager.go`, `decodeLiveOrNew`).
fn entries_at_hand(live: Option<&Value>, new: &Value, writer: &Writer<'_>) -> Entries {
    let sent = entries_of(new).filter(|_| writer.subresource.is_empty());
    if sent.is_some_and(is_reset) {
        return Entries::default();
    }
    match Entries::read(sent) {
        Ok(entries) if !entries.0.is_empty() => entries,
        _ => Entries::read(live.and_then(entries_of)).unwrap_or_default(),
    }
}

fn is_reset(sent: &Value) -> bool {
    match sent.as_array().map(Vec::as_slice) {
        Some([]) => true,
        Some([Value::Object(entry)]) => entry.is_empty(),
        _ => false,
    }
}

impl Target<'_> {
    /// The entries after `manager` made `new` of `live`.
    pub(super) fn updated(
        &self,
        live: &Value,
        new: &Value,
        entries: Entries,
        writer: &Writer<'_>,
        manager: &str,
    ) -> Result<Entries, Problems> {
        let of = Type::of(self.schema);
        check(of, new, true)?;
        let mut entries = self.reconciled(entries).map_err(Problems::of)?;
        for (version, schema) in self.others {
            if entries.0.iter().any(|entry| entry.version == *version) {
                check(Type::of(schema), live, true)?;
                check(Type::of(schema), new, true)?;
            }
        }
        let comparison = Comparison::of(of, live, new)?.without(self.ignored);
        entries.take(&comparison, None);
        let fields = comparison.changed().difference(&STRIPPED);
        if !fields.is_empty() {
            let manager = if manager.is_empty() {
                "unknown"
            } else {
                manager
            };
            let owner = Owner::new(
                manager,
                Operation::Update,
                self.api_version,
                writer.subresource,
            );
            entries.give(owner, self.api_version, writer.now, fields);
        }
        entries.cap(MOST_UPDATERS);
        Ok(entries)
    }
}
