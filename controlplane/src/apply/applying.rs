//! Server-side apply.
//!
//! Follows structured-merge-diff's `merge/update.go` (`Apply`) and, of apimachinery's
//! `pkg/util/managedfields/internal`, `versioncheck.go`, `lastappliedmanager.go`, `skipnonapplied.go`, `structuredmerge.go`.

use serde_json::Value;

use super::{
    Target, Writer,
    atom::Type,
    check::check,
    compare::Comparison,
    conflict::Conflicts,
    element::equal,
    entries::{Entries, entries_of, set_entries},
    entry::{Entry, Operation, Owner},
    last_applied::{KUBECTL, renew, still_as_applied},
    merge::merged,
    owned::fields_of,
    problem::Problems,
    prune::prune,
    target::kind_shown,
    track::STRIPPED,
};
use crate::Refusal;

/// Who owns what an object had before managedFields were kept of it.
const BEFORE_FIRST_APPLY: &str = "before-first-apply";

/// Merges a configuration into an object, and says who owns what then; `live` is none where it is to be created, and in
/// the version of the request.
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
    let base = target.base(live, configuration);
    let entries = target.entries_before_apply(&base, writer)?;
    let request = Apply {
        target,
        live: &base,
        configuration,
        writer,
    };
    let applied = match request.carry_out(entries.clone(), force) {
        Err(Failure::Conflicts(conflicts)) if writer.manager == KUBECTL => {
            let Some(allowed) = still_as_applied(target, &base) else {
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
    let mut object = object.unwrap_or_else(|| base.into_owned());
    if writer.manager == KUBECTL {
        renew(&mut object, configuration);
    }
    set_entries(&mut object, entries.written());
    Ok(object)
}

impl Target<'_> {
    /// The live object's entries; where it has none, one of all it is.
    fn entries_before_apply(&self, live: &Value, writer: &Writer<'_>) -> Result<Entries, Refusal> {
        let entries = Entries::read(entries_of(live)).map_err(|message| {
            Refusal::unknown(&format!("failed to decode managed fields: {message}"))
        })?;
        if !entries.0.is_empty() {
            return Ok(entries);
        }
        let updated = self.updated(
            &self.nothing(live),
            live,
            entries,
            writer,
            BEFORE_FIRST_APPLY,
        );
        updated.map_err(|problems| {
            Refusal::unknown(&format!(
                "failed to create manager for existing fields: {problems}"
            ))
        })
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
        let entries = target.reconciled(entries);
        let mut entries =
            entries.map_err(|message| Failure::Refused(Refusal::unknown(&message)))?;
        let merge_failed = |problems| {
            Failure::Refused(Refusal::unknown(&format!(
                "failed to merge config: {problems}"
            )))
        };
        let mut object = merged(of, self.live, self.configuration).map_err(merge_failed)?;
        let fields = fields_of(of, self.configuration).without(target.ignored);
        let last = entries.remove(&owner);
        let time = last.as_ref().and_then(|last| last.time);
        let last = last.filter(|last| !fields.contains(&last.fields));
        entries.0.push(Entry {
            owner: owner.clone(),
            version: version.into(),
            time,
            fields,
        });
        if let Some(last) = last {
            prune(of, &mut object, &entries, &last.fields);
        }
        let changed = !equal(self.live, &object);
        let comparison = if changed {
            Comparison::of(of, self.live, &object)
                .map_err(merge_failed)?
                .without(target.ignored)
        } else {
            Comparison::default()
        };
        let conflicts = entries.conflicts(&comparison, &owner);
        if !force && !conflicts.is_empty() {
            return Err(Failure::Conflicts(conflicts));
        }
        entries.take(&comparison, Some(&owner));
        if let Some(entry) = entries.0.iter_mut().find(|entry| entry.owner == owner) {
            entry.fields.take(&STRIPPED);
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
        Refusal::unknown(&format!(
            "failed to create typed {which} object ({namespace}/{name}; {kind}): {problems}"
        ))
    }
}
