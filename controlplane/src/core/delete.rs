//! Delete and deletecollection.

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{
    Asked, Core,
    answer::Reply,
    call::Call,
    decode,
    object::{Key, Object, seconds},
    query::{Query, of_dry_run, refuse, supported},
    resource::Resource,
    store::Stored,
    view::View,
};
use crate::{FieldError, FieldReason, Refusal, types};

use std::sync::Arc;

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// `DeleteOptions` of `meta/v1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeleteOptions {
    pub(crate) grace_period_seconds: Option<i64>,
    pub(crate) uid: Option<String>,
    pub(crate) resource_version: Option<String>,
    pub(crate) propagation: Option<Propagation>,
    pub(crate) dry_run: bool,
    /// `orphanDependents: false`, the old word for what is answered with 202.
    orphan_dependents: Option<bool>,
}

/// What becomes of the objects that an object owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Propagation {
    Orphan,
    Background,
    Foreground,
}

impl DeleteOptions {
    /// Whether it is said what becomes of what the object owns.
    pub(crate) fn speaks_of_dependents(&self) -> bool {
        self.propagation.is_some()
    }

    /// From the body, or from the parameters where there is none.
    pub(crate) fn of(asked: &Asked<'_>) -> Result<Self, Refusal> {
        let value = if asked.body.is_empty() {
            from_query(asked.query)?
        } else {
            let media = decode::media(asked.headers)?;
            types::delete_options(asked.body, media).map_err(Refusal::bad_request)?
        };
        Self::read(&value)
    }

    pub(crate) fn read(value: &Value) -> Result<Self, Refusal> {
        let mut errors = Vec::new();
        let policy = value["propagationPolicy"].as_str();
        let orphan_dependents = value["orphanDependents"].as_bool();
        if orphan_dependents.is_some() && policy.is_some() {
            errors.push(FieldError::new(
                FieldReason::Invalid,
                "propagationPolicy",
                policy,
                "orphanDependents and deletionPropagation cannot be both set",
            ));
        }
        let propagation = match policy {
            None => orphan_dependents.map(|orphan| {
                if orphan {
                    Propagation::Orphan
                } else {
                    Propagation::Background
                }
            }),
            Some("Orphan") => Some(Propagation::Orphan),
            Some("Background") => Some(Propagation::Background),
            Some("Foreground") => Some(Propagation::Foreground),
            Some(other) => {
                errors.push(FieldError::new(
                    FieldReason::NotSupported,
                    "propagationPolicy",
                    other,
                    supported(&["Foreground", "Background", "Orphan", "nil"]),
                ));
                None
            }
        };
        let dry_run: Vec<_> = value["dryRun"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        errors.extend(of_dry_run(&dry_run));
        refuse("DeleteOptions", &errors)?;
        let text = |name: &str| value["preconditions"][name].as_str().map(Into::into);
        Ok(Self {
            grace_period_seconds: value["gracePeriodSeconds"].as_i64(),
            uid: text("uid"),
            resource_version: text("resourceVersion"),
            propagation,
            dry_run: !dry_run.is_empty(),
            orphan_dependents,
        })
    }
}

fn from_query(query: &Query) -> Result<Value, Refusal> {
    let mut value = json!({});
    if let Some(seconds) = query.number("gracePeriodSeconds")? {
        value["gracePeriodSeconds"] = seconds.into();
    }
    if let Some(orphan) = query.flag("orphanDependents") {
        value["orphanDependents"] = orphan.into();
    }
    if let Some(policy) = query.all("propagationPolicy").next() {
        value["propagationPolicy"] = policy.into();
    }
    value["dryRun"] = query.all("dryRun").collect::<Vec<_>>().into();
    Ok(value)
}

/// What became of an object that was to be deleted.
pub(crate) enum Deleted {
    /// It is gone.
    Gone(Arc<Stored>),
    /// It is marked, and waits for its finalizers or its grace period.
    Marked(Arc<Stored>),
}

impl Core {
    pub(crate) fn delete(
        &mut self,
        call: &Call,
        resource: &Resource,
        options: &DeleteOptions,
        view: View,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let deleted = self.delete_object(
            resource,
            &Key::new(&call.namespace, &call.name),
            options,
            now,
        )?;
        let (Deleted::Gone(stored) | Deleted::Marked(stored)) = &deleted;
        let is_marked = matches!(deleted, Deleted::Marked(_));
        let status = if is_marked && options.orphan_dependents == Some(false) {
            202
        } else {
            200
        };
        if is_marked || resource.strategy.returns_deleted() {
            return view.reply(status, resource, &resource.present(stored));
        }
        let mut details = json!({
            "name": stored.object.name(), "kind": resource.plural, "uid": stored.object.uid(),
        });
        if !resource.group.is_empty() {
            details["group"] = resource.group.as_str().into();
        }
        view.document(status, &success(&details))
    }

    /// Deletes the object, or marks it where something is to be done before.
    pub(crate) fn delete_object(
        &mut self,
        resource: &Resource,
        key: &Key,
        options: &DeleteOptions,
        now: Timestamp,
    ) -> Result<Deleted, Refusal> {
        let stored = self.find(resource, &key.namespace, &key.name)?;
        Self::admit_delete(resource, key)?;
        check_preconditions(resource, &stored.object, options)?;
        let mut object = stored.object.clone();
        let grace = grace(resource, &object, options);
        if object.is_being_deleted() && grace == Grace::Pending {
            return Ok(Deleted::Marked(stored));
        }
        set_deletion_finalizers(&mut object, options, resource);
        let terminate = resource.strategy.terminate();
        let waits = match grace {
            _ if resource.strategy.is_held(&stored.object) && object.is_being_deleted() => {
                return Ok(Deleted::Marked(stored));
            }
            _ if let Some(terminate) = terminate.filter(|_| !object.is_being_deleted()) => {
                terminate(&mut object, now);
                true
            }
            Grace::Seconds(seconds) => {
                mark(&mut object, now, seconds);
                seconds > 0 || object.finalizers().next().is_some()
            }
            _ if object.finalizers().next().is_some() => mark(&mut object, now, 0),
            _ => false,
        };
        if waits {
            if super::store::same(&object, &stored.object) {
                return Ok(Deleted::Marked(stored));
            }
            if options.dry_run {
                return Ok(Deleted::Marked(Stored::unstored(object)));
            }
            if !resource.is_custom {
                resource.strategy.settle(&mut object);
            }
            let marked = self.put(&resource.collection, object);
            return Ok(Deleted::Marked(marked));
        }
        if options.dry_run {
            return Ok(Deleted::Gone(Stored::unstored(object)));
        }
        if grace == Grace::Seconds(0) {
            // Whoever waits for its node is told first that it goes.
            self.put(&resource.collection, object);
        }
        let gone = self.remove(&resource.collection, key);
        Ok(Deleted::Gone(gone.unwrap_or(stored)))
    }

    pub(crate) fn delete_collection(
        &mut self,
        call: &Call,
        resource: &Arc<Resource>,
        query: &Query,
        options: &DeleteOptions,
        view: View,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let (selected, meta) = self.selected(call, resource, query)?;
        for one in &selected {
            self.delete_object(resource, &one.object.key(), options, now)?;
        }
        view.reply_list(resource, &selected, &meta)
    }
}

fn grace(resource: &Resource, object: &Object, options: &DeleteOptions) -> Grace {
    let asked = options
        .grace_period_seconds
        .map(|seconds| if seconds < 0 { 1 } else { seconds });
    let Some(seconds) = resource.strategy.grace_period_seconds(object, asked) else {
        return Grace::None;
    };
    if !object.is_being_deleted() {
        return Grace::Seconds(seconds);
    }
    let pending = object
        .meta()
        .get("deletionGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    match asked {
        _ if pending == 0 => Grace::None,
        Some(asked) if asked < pending => Grace::Seconds(asked),
        _ => Grace::Pending,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grace {
    /// Nobody is waited for.
    None,
    /// Somebody is waited for.
    Seconds(i64),
    /// Somebody is waited for already.
    Pending,
}

/// Marks an object as being deleted, and says that it is.
fn mark(object: &mut Object, now: Timestamp, seconds: i64) -> bool {
    if !object.is_being_deleted() && object.generation() > 0 {
        let next = object.generation() + 1;
        object.set_meta("generation", next);
    }
    let then = began(object).unwrap_or(now);
    let then = then.saturating_add(seconds.seconds()).unwrap_or(then);
    object.set_meta("deletionTimestamp", self::seconds(then));
    object.set_meta("deletionGracePeriodSeconds", seconds);
    true
}

/// When the deletion of an object was asked for first.
fn began(object: &Object) -> Option<Timestamp> {
    let ends: Timestamp = object.text("/metadata/deletionTimestamp").parse().ok()?;
    let grace = object.value()["metadata"]["deletionGracePeriodSeconds"].as_i64();
    ends.checked_sub(grace.unwrap_or_default().seconds()).ok()
}

pub(crate) fn check_preconditions(
    resource: &Resource,
    object: &Object,
    options: &DeleteOptions,
) -> Result<(), Refusal> {
    let subject = resource.subject_by_kind(object.name());
    if let Some(uid) = &options.uid
        && uid != object.uid()
    {
        let why = format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have been deleted and then recreated",
            object.uid()
        );
        return Err(Refusal::conflict(&subject, &why));
    }
    if let Some(version) = &options.resource_version
        && version != object.resource_version()
    {
        let why = format!(
            "the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({}). The object might have been modified",
            object.resource_version()
        );
        return Err(Refusal::conflict(&subject, &why));
    }
    Ok(())
}

/// The finalizers by which garbage collection knows what to do with what the object owns
/// (`deletionFinalizersForGarbageCollection` of apiserver).
fn set_deletion_finalizers(object: &mut Object, options: &DeleteOptions, resource: &Resource) {
    let policy = if resource.strategy.is_garbage_collected() {
        let by_default = resource.strategy.orphans().map(|_| Propagation::Orphan);
        let said = options.propagation.or_else(|| of_finalizers(object));
        said.or(by_default)
    } else {
        None
    };
    let kept = object
        .finalizers()
        .filter(|one| !matches!(*one, ORPHAN | FOREGROUND));
    let mut finalizers: Vec<String> = kept.map(Into::into).collect();
    match policy {
        Some(Propagation::Orphan) => finalizers.push(ORPHAN.into()),
        Some(Propagation::Foreground) => finalizers.push(FOREGROUND.into()),
        _ => {}
    }
    let mut before: Vec<_> = object.finalizers().collect();
    let mut after: Vec<_> = finalizers.iter().map(String::as_str).collect();
    before.sort_unstable();
    after.sort_unstable();
    if before != after {
        object.set_finalizers(finalizers);
    }
}

fn of_finalizers(object: &Object) -> Option<Propagation> {
    object.finalizers().find_map(|one| match one {
        ORPHAN => Some(Propagation::Orphan),
        FOREGROUND => Some(Propagation::Foreground),
        _ => None,
    })
}

fn success(details: &Value) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
    })
}
