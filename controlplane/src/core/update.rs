//! Update, and what a patch has in common with it: from what there is to what there is to be.

use std::sync::Arc;

use super::{
    Core,
    builtin::Ground,
    etcd,
    object::{Key, Object},
    resource::Part,
    store::{Stored, same},
    write::{Write, settle_namespace},
};
use crate::Refusal;

/// What a write left behind.
pub(crate) struct Written {
    pub(crate) stored: Arc<Stored>,
    /// Whether it was not there before.
    pub(crate) created: bool,
}

/// From what there is (none where there is nothing) to what there is to be, `managedFields` included.
pub(crate) type Change<'c> =
    dyn FnMut(&mut Write<'_>, Option<&Object>) -> Result<Object, Refusal> + 'c;

const STALE: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

impl Core {
    /// Puts an object that a client sent in the place of another.
    pub(crate) fn update(
        &mut self,
        write: &mut Write<'_>,
        mut object: Object,
    ) -> Result<Written, Refusal> {
        settle_namespace(&mut object, write.call, write.resource)?;
        check_name(&object, write)?;
        write.dedup_owners(&mut object, "");
        let may_create = write.resource.strategy.allows_create_on_update();
        self.change(write, may_create, &mut |write, old| {
            let mut new = object.clone();
            check_uid(&new, old, write)?;
            write.track(old, &mut new);
            Ok(new)
        })
    }

    /// Changes an object, or creates it where there is none and that is allowed.
    pub(crate) fn change(
        &mut self,
        write: &mut Write<'_>,
        may_create: bool,
        change: &mut Change<'_>,
    ) -> Result<Written, Refusal> {
        let resource = write.resource.clone();
        let namespace = if resource.namespaced {
            write.call.namespace.as_str()
        } else {
            ""
        };
        let key = Key::new(namespace, &write.call.name);
        let Some(old) = self.stored(&resource, &key) else {
            if !may_create || write.part != Part::Main {
                return Err(Refusal::not_found(&resource.subject(&key.name)));
            }
            let new = change(write, None)?;
            self.authorize_create(write)?;
            let stored = self.insert(write, new)?;
            return Ok(Written {
                stored,
                created: true,
            });
        };
        let new = change(write, Some(&old.object))?;
        let stored = self.replace(write, &old, new)?;
        Ok(Written {
            stored,
            created: false,
        })
    }

    fn replace(
        &mut self,
        write: &mut Write<'_>,
        old: &Arc<Stored>,
        mut new: Object,
    ) -> Result<Arc<Stored>, Refusal> {
        let resource = write.resource.clone();
        self.admit_update(write, &old.object, &mut new)?;
        check_resource_version(write, old, &mut new)?;
        if write.part == Part::Main {
            let mut ground = Ground {
                store: &self.store,
                rng: &mut self.rng,
            };
            let strategy = &resource.strategy;
            strategy.allocate(&mut ground, &mut new, Some(&old.object))?;
        }
        prepare(&mut new, &old.object, write);
        // What all kinds are asked comes first, and a kind may say it again: so does the real server.
        let mut errors = super::meta::validate(&new, resource.namespaced);
        errors.extend(super::meta::validate_update(&new, &old.object));
        let strategy = &resource.strategy;
        let checked = strategy.check_update(&resource, &new, &old.object, write.part);
        errors.extend(checked.errors);
        if !errors.is_empty() {
            let subject = resource.subject_by_kind(new.name());
            return Err(Refusal::invalid(&subject, &errors));
        }
        write.warnings.add(checked.warnings);
        resource.strategy.settle(&mut new);
        crate::apply::keep_times(old.object.value(), new.value_mut());
        self.admit_valid(write, Some(&old.object), &new)?;
        if is_to_go(&new, &old.object) && !resource.strategy.is_held(&new) {
            if !write.options.dry_run {
                self.remove(&resource.collection, &old.object.key());
            }
            return Ok(Stored::unstored(new));
        }
        let stored = self.store.get(&resource.collection, &old.object.key());
        let kept = stored.map(|stored| resource.refresh(stored));
        if kept.is_some_and(|kept| same(&new, &kept.object)) {
            return Ok(old.clone());
        }
        if write.options.dry_run {
            return Ok(Stored::unstored(new));
        }
        etcd::fit(&resource, &mut new)?;
        Ok(self.put(&resource.collection, new))
    }
}

pub(crate) fn check_name(object: &Object, write: &Write<'_>) -> Result<(), Refusal> {
    let on_url = &write.call.name;
    if object.name().is_empty() {
        return Err(Refusal::bad_request(format!(
            "the name of the object ({on_url} based on URL) was undeterminable: name must be provided"
        )));
    }
    if object.name() != on_url {
        return Err(Refusal::bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({on_url})",
            object.name()
        )));
    }
    Ok(())
}

/// A patch may have changed what it must not.
pub(crate) fn check_patched(
    object: &mut Object,
    old: Option<&Object>,
    write: &Write<'_>,
) -> Result<(), Refusal> {
    if old.is_none() && !object.uid().is_empty() {
        let why = format!(
            "uid mismatch: the provided object specified uid {}, and no existing object was found",
            object.uid()
        );
        return Err(Refusal::conflict(
            &write.resource.subject(&write.call.name),
            &why,
        ));
    }
    settle_namespace(object, write.call, write.resource)?;
    check_name(object, write)
}

pub(crate) fn check_uid(
    new: &Object,
    old: Option<&Object>,
    write: &Write<'_>,
) -> Result<(), Refusal> {
    let Some(old) = old else { return Ok(()) };
    if new.uid().is_empty() || new.uid() == old.uid() {
        return Ok(());
    }
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {}, UID in object meta: {}",
        write.resource.storage_key(old),
        new.uid(),
        old.uid()
    );
    Err(Refusal::conflict(&write.resource.subject(old.name()), &why))
}

fn check_resource_version(
    write: &Write<'_>,
    old: &Stored,
    new: &mut Object,
) -> Result<(), Refusal> {
    let resource = write.resource;
    match new.resource_version() {
        "" | "0" if resource.strategy.allows_unconditional_update() => {
            new.take_meta("resourceVersion", &old.object);
            Ok(())
        }
        "" | "0" => {
            let error = crate::FieldError::new(
                crate::FieldReason::Invalid,
                "metadata.resourceVersion",
                0,
                "must be specified for an update",
            );
            Err(Refusal::invalid(
                &resource.subject(old.object.name()),
                &[error],
            ))
        }
        text => match text.parse::<u64>() {
            Err(_) => Err(Refusal::unknown(&format!(
                "strconv.ParseUint: parsing {text:?}: invalid syntax"
            ))),
            Ok(version) if version != old.revision => Err(Refusal::conflict(
                &resource.subject(old.object.name()),
                STALE,
            )),
            Ok(_) => Ok(()),
        },
    }
}

/// What `rest.BeforeUpdate` does before it validates.
fn prepare(new: &mut Object, old: &Object, write: &Write<'_>) {
    let strategy = &write.resource.strategy;
    new.take_meta("generation", old);
    strategy.prepare_for_update(new, old, write.part);
    if write.part == Part::Status {
        strategy.date_status(new, old, write.now);
    }
    if strategy.first_generation().is_some()
        && !matches!(write.part, Part::Status | Part::Finalize)
        && strategy.is_new_generation(new, old)
    {
        new.set_meta("generation", old.generation() + 1);
    }
    if new.uid().is_empty() {
        new.take_meta("uid", old);
    }
    new.take_meta("creationTimestamp", old);
    if old.is_being_deleted() {
        new.take_meta("deletionTimestamp", old);
        if !new.meta().contains_key("deletionGracePeriodSeconds") {
            new.take_meta("deletionGracePeriodSeconds", old);
        }
    }
}

/// Whether the last finalizer of an object that is being deleted is gone.
fn is_to_go(new: &Object, old: &Object) -> bool {
    let grace = old
        .meta()
        .get("deletionGracePeriodSeconds")
        .and_then(serde_json::Value::as_i64);
    old.is_being_deleted() && new.finalizers().next().is_none() && grace.unwrap_or_default() == 0
}
