//! How writes change who owns what.
//!
//! Follows structured-merge-diff's `merge/update.go` and the managers of apimachinery's
//! `pkg/util/managedfields/internal`, each of which is a step here.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    FieldSet,
    atom::Type,
    check::check,
    compare::Comparison,
    conflict::Conflicts,
    element::equal,
    entry::{Entries, Entry, Operation, Owner},
    last_applied::{KUBECTL, renew, still_as_applied},
    merge::merged,
    owned::{fields_of, with_named},
    problem::Problems,
    reconcile::reconciled,
    remove::remove,
    zero::zero,
};
use crate::{Refusal, Schema};

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The type of the object.
    pub schema: &'a Schema,
    /// `apps/v1`: the version that the request is made in.
    pub api_version: &'a str,
    /// `Deployment`.
    pub kind: &'a str,
    /// All versions of the kind that are served; what is owned in others is forgotten.
    pub versions: &'a [&'a str],
    /// Whether objects are Go structs in the real server: these have fields that nobody set.
    pub built_in: bool,
    /// What the endpoint does not change: see [`ignored`](super::ignored), [`ignored_of_custom`](super::ignored_of_custom).
    pub ignored: &'a FieldSet,
}

/// Who writes, through which endpoint, when.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The manager's name: see [`manager_name`].
    pub manager: &'a str,
    /// `status`, `scale`, …; empty for the resource itself.
    pub subresource: &'a str,
    /// The time of day.
    pub now: Timestamp,
}

/// The most entries of those who update.
const MOST_UPDATERS: usize = 10;

/// Who owns what an object had before managedFields were kept of it.
const BEFORE_FIRST_APPLY: &str = "before-first-apply";

/// What nobody owns (`stripmeta.go`).
static STRIPPED: LazyLock<FieldSet> = LazyLock::new(|| {
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

/// The name of who writes without apply: `fieldManager`, or what the user agent begins with (`handlers/create.go`).
pub fn manager_name(field_manager: &str, user_agent: &str) -> String {
    if !field_manager.is_empty() {
        return field_manager.into();
    }
    let mut name = String::new();
    let letters = user_agent.split('/').next().unwrap_or_default().chars();
    for letter in letters.filter(|letter| !letter.is_control()) {
        if name.len() + letter.len_utf8() > 128 {
            break;
        }
        name.push(letter);
    }
    name
}

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
    let base = live.map_or_else(|| Base::New(target.nothing()), Base::Live);
    let updated = target.updated(base.value(), new, entries, writer, writer.manager);
    set_entries(new, updated.ok().and_then(Entries::written));
}

/// Merges a configuration into an object, and says who owns what then; `live` is none where it is to be created.
///
/// What comes back is to be decoded and defaulted as any object is, its name and namespace are to be checked, and so on.
/// Where nothing changed but who owns what, it is the live object.
///
/// # Errors
///
/// 400 for what is no configuration of this kind, 500 (as the real server has it) where it isn't of its type, 409 where
/// others own what it changes, unless it is forced.
pub fn apply(
    target: &Target<'_>,
    live: Option<&Value>,
    configuration: &Value,
    writer: &Writer<'_>,
    force: bool,
) -> Result<Value, Refusal> {
    target.check_kind(configuration)?;
    let base = live.map_or_else(|| Base::New(target.nothing()), Base::Live);
    let entries = target.entries_before_apply(base.value(), writer)?;
    let request = Apply {
        target,
        live: base.value(),
        configuration,
        writer,
    };
    let applied = match request.carry_out(entries.clone(), force) {
        Err(Failure::Conflicts(conflicts)) if writer.manager == KUBECTL => {
            let Some(allowed) = still_as_applied(target, base.value()) else {
                return Err(conflicts.refusal());
            };
            let left = conflicts.but(&allowed);
            if !left.is_empty() {
                return Err(left.refusal());
            }
            request.carry_out(entries, true)
        }
        other => other,
    };
    let (object, entries) = applied.map_err(Failure::refusal)?;
    let mut object = object.unwrap_or_else(|| base.value().clone());
    if writer.manager == KUBECTL {
        renew(&mut object, configuration);
    }
    set_entries(&mut object, entries.written());
    Ok(object)
}

/// What a write begins with.
enum Base<'a> {
    Live(&'a Value),
    New(Value),
}

impl Base<'_> {
    fn value(&self) -> &Value {
        match self {
            Self::Live(value) => value,
            Self::New(value) => value,
        }
    }
}

fn entries_of(object: &Value) -> Option<&Value> {
    object
        .get("metadata")?
        .get("managedFields")
        .filter(|entries| entries.is_array())
}

fn set_entries(object: &mut Value, entries: Option<Value>) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    match entries {
        Some(entries) => metadata.insert("managedFields".into(), entries),
        None => metadata.remove("managedFields"),
    };
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
    /// What is there before an object is.
    fn nothing(&self) -> Value {
        if self.built_in {
            zero(self.schema)
        } else {
            Value::Object(serde_json::Map::new())
        }
    }

    fn check_kind(&self, configuration: &Value) -> Result<(), Refusal> {
        let text = |name: &str| configuration[name].as_str().unwrap_or_default();
        let (mut version, kind) = (text("apiVersion"), text("kind"));
        if version.matches('/').count() > 1 {
            version = "";
        }
        if version != self.api_version || kind != self.kind {
            let kind = kind_shown(version, kind);
            return Err(Refusal::bad_request(format!("invalid object type: {kind}")));
        }
        Ok(())
    }

    fn knows(&self, version: &str) -> bool {
        version == self.api_version || self.versions.contains(&version)
    }

    /// The live object's entries; where it has none, one of all it is.
    fn entries_before_apply(&self, live: &Value, writer: &Writer<'_>) -> Result<Entries, Refusal> {
        let entries = Entries::read(entries_of(live))
            .map_err(|message| unnamed(format!("failed to decode managed fields: {message}")))?;
        if !entries.0.is_empty() {
            return Ok(entries);
        }
        let updated = self.updated(&self.nothing(), live, entries, writer, BEFORE_FIRST_APPLY);
        updated.map_err(|problems| {
            unnamed(format!(
                "failed to create manager for existing fields: {problems}"
            ))
        })
    }

    /// The entries after `manager` made `new` of `live`.
    fn updated(
        &self,
        live: &Value,
        new: &Value,
        entries: Entries,
        writer: &Writer<'_>,
        manager: &str,
    ) -> Result<Entries, Problems> {
        let of = Type::of(self.schema);
        check(of, new, true)?;
        check(of, live, true)?;
        let mut entries = self.reconciled(entries);
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

    /// Without entries of versions that are no more, and by the schema of now.
    fn reconciled(&self, entries: Entries) -> Entries {
        let of = Type::of(self.schema);
        let entries = entries
            .0
            .into_iter()
            .filter(|entry| self.knows(&entry.version));
        let entries = entries.map(|entry| Entry {
            fields: reconciled(of, &entry.fields),
            ..entry
        });
        Entries(entries.collect())
    }
}

impl Entries {
    /// Takes from all, but one, what has changed or is gone.
    fn take(&mut self, comparison: &Comparison, but: Option<&Owner>) {
        let lost = comparison.changed().union(&comparison.removed);
        for entry in &mut self.0 {
            if but != Some(&entry.owner) {
                entry.fields = entry.fields.difference(&lost);
            }
        }
        self.0.retain(|entry| !entry.fields.is_empty());
    }

    /// Gives fields to an owner, beside those it has.
    fn give(&mut self, owner: Owner, version: &str, now: Timestamp, mut fields: FieldSet) {
        if let Some(before) = self.remove(&owner) {
            fields = fields.union(&before.fields);
        }
        self.0.push(Entry {
            owner,
            version: version.into(),
            time: Some(now),
            fields,
        });
    }

    /// Whose fields, but one's, have changed.
    fn conflicts(&self, comparison: &Comparison, but: &Owner) -> Conflicts {
        let changed = comparison.changed();
        let mut conflicts = Conflicts::default();
        for entry in self.0.iter().filter(|entry| entry.owner != *but) {
            let fields = entry.fields.intersection(&changed);
            if !fields.is_empty() {
                conflicts.add(&entry.owner, fields);
            }
        }
        conflicts
    }
}

/// One apply.
struct Apply<'a> {
    target: &'a Target<'a>,
    live: &'a Value,
    configuration: &'a Value,
    writer: &'a Writer<'a>,
}

/// Why it was not carried out.
enum Failure {
    Refused(Refusal),
    Conflicts(Conflicts),
}

impl Failure {
    fn refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Conflicts(conflicts) => conflicts.refusal(),
        }
    }
}

impl Apply<'_> {
    /// The object, if it is another then, and its entries.
    fn carry_out(
        &self,
        entries: Entries,
        force: bool,
    ) -> Result<(Option<Value>, Entries), Failure> {
        self.check().map_err(Failure::Refused)?;
        let (target, of) = (self.target, Type::of(self.target.schema));
        let version = target.api_version;
        let owner = Owner::new(
            self.writer.manager,
            Operation::Apply,
            version,
            self.writer.subresource,
        );
        let mut entries = target.reconciled(entries);
        let merge_failed =
            |problems| Failure::Refused(unnamed(format!("failed to merge config: {problems}")));
        let mut object = merged(of, self.live, self.configuration).map_err(merge_failed)?;
        let last = entries.remove(&owner);
        let fields = fields_of(of, self.configuration).without(target.ignored);
        let time = last.as_ref().and_then(|last| last.time);
        entries.0.push(Entry {
            owner: owner.clone(),
            version: version.into(),
            time,
            fields,
        });
        if let Some(last) = last {
            prune(of, &mut object, &entries, &last.fields);
        }
        let comparison = Comparison::of(of, self.live, &object).map_err(merge_failed)?;
        let comparison = comparison.without(target.ignored);
        let conflicts = entries.conflicts(&comparison, &owner);
        if !force && !conflicts.is_empty() {
            return Err(Failure::Conflicts(conflicts));
        }
        entries.take(&comparison, Some(&owner));
        let changed = !equal(self.live, &object);
        if let Some(entry) = entries.0.iter_mut().find(|entry| entry.owner == owner) {
            entry.fields = entry.fields.difference(&STRIPPED);
            if changed {
                entry.time = Some(self.writer.now);
            }
        }
        entries.0.retain(|entry| !entry.fields.is_empty());
        Ok((changed.then_some(object), entries))
    }

    /// That the configuration and the live object are of their type.
    fn check(&self) -> Result<(), Refusal> {
        if entries_of(self.configuration).is_some() {
            return Err(Refusal::bad_request("metadata.managedFields must be nil"));
        }
        let of = Type::of(self.target.schema);
        check(of, self.configuration, false)
            .map_err(|problems| self.untyped("patch", self.configuration, &problems))?;
        check(of, self.live, true).map_err(|problems| self.untyped("live", self.live, &problems))
    }

    fn untyped(&self, which: &str, object: &Value, problems: &Problems) -> Refusal {
        let text = |name: &str| object["metadata"][name].as_str().unwrap_or_default();
        let kind = kind_shown(self.target.api_version, self.target.kind);
        let (namespace, name) = (text("namespace"), text("name"));
        unnamed(format!(
            "failed to create typed {which} object ({namespace}/{name}; {kind}): {problems}"
        ))
    }
}

/// Removes what its manager applied the last time and no longer does, but what others own.
fn prune(of: Type<'_>, object: &mut Value, entries: &Entries, last: &FieldSet) {
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
    let left = without(&all.difference(&kept));
    remove(of, object, &all.difference(&left).intersection(&last));
}

/// `apps/v1, Kind=Deployment`, as Go writes a GroupVersionKind.
fn kind_shown(api_version: &str, kind: &str) -> String {
    if api_version.contains('/') {
        format!("{api_version}, Kind={kind}")
    } else {
        format!("/{api_version}, Kind={kind}")
    }
}

/// 500 without a reason: an error that the real server has no name for.
fn unnamed(message: String) -> Refusal {
    Refusal {
        code: 500,
        reason: "",
        message,
        details: None,
        next: String::new(),
    }
}
