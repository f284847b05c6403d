//! Create.

use serde_json::Value;

use super::{
    Core,
    object::Object,
    store::Stored,
    write::{Write, fill_system_fields, settle_namespace, wipe_system_fields},
};
use crate::Refusal;

use std::sync::Arc;

/// How often a name is generated until there is no such object, as `maxNameGenerationCreateAttempts`.
const NAMES_TRIED: usize = 8;

impl Core {
    /// Creates an object that a client sent.
    pub(crate) fn create(
        &mut self,
        write: &mut Write<'_>,
        mut object: Object,
    ) -> Result<Arc<Stored>, Refusal> {
        wipe_system_fields(&mut object);
        settle_namespace(&mut object, write.call, write.resource)?;
        write.dedup_owners(&mut object);
        write.track(None, &mut object);
        self.insert(write, object)
    }

    /// Stores an object that is complete but for what the server fills in.
    pub(crate) fn insert(
        &mut self,
        write: &mut Write<'_>,
        object: Object,
    ) -> Result<Arc<Stored>, Refusal> {
        let mut object = object;
        self.admit_create(write, &mut object)?;
        let generates = object.name().is_empty() && !object.generate_name().is_empty();
        let mut tries = if generates { NAMES_TRIED } else { 1 };
        loop {
            tries -= 1;
            let created = self.insert_once(write, object.clone());
            match created {
                Err(refusal) if refusal.reason == "AlreadyExists" && tries > 0 => {}
                created => return created,
            }
        }
    }

    fn insert_once(
        &mut self,
        write: &mut Write<'_>,
        mut object: Object,
    ) -> Result<Arc<Stored>, Refusal> {
        let resource = write.resource.clone();
        let generated = object.name().is_empty();
        fill_system_fields(&mut object, write.now, &mut self.rng);
        let mut errors = Vec::new();
        self.prepare_for_create(write, &mut object, &mut errors)?;
        errors.extend(super::meta::validate(&object, resource.namespaced));
        errors.extend(resource.strategy.validate(&object));
        if !errors.is_empty() {
            return Err(Refusal::invalid(
                &resource.subject_by_kind(object.name()),
                &errors,
            ));
        }
        self.admit_valid(write, None, &object)?;
        let key = object.key();
        if let Some(existing) = self.store.get(&resource.collection, &key) {
            let mut refusal = if generated {
                Refusal::generated_name_exists(&resource.subject(&key.name))
            } else {
                Refusal::already_exists(&resource.subject(&key.name))
            };
            if existing.object.is_being_deleted() {
                refusal.message = format!("object is being deleted: {}", refusal.message);
            }
            return Err(refusal);
        }
        if !matches!(object.resource_version(), "" | "0") {
            return Err(Refusal::unknown(
                "resourceVersion should not be set on objects to be created",
            ));
        }
        if write.options.dry_run {
            return Ok(Stored::unstored(object));
        }
        Ok(self.put(&resource.collection, object))
    }

    fn prepare_for_create(
        &mut self,
        write: &mut Write<'_>,
        object: &mut Object,
        errors: &mut Vec<crate::FieldError>,
    ) -> Result<(), Refusal> {
        let strategy = &write.resource.strategy;
        if let Some(generation) = strategy.first_generation() {
            object.set_meta("generation", generation);
        }
        strategy.prepare_for_create(object);
        self.allocate(write, object)?;
        let field = |name: &str| format!("metadata.{name}");
        let name = object.name();
        if !object.generate_name().is_empty() {
            let prefix = object.generate_name().trim_end_matches('-');
            let wrong = strategy.check_name(if prefix.is_empty() { "a" } else { prefix });
            errors.extend(wrong.into_iter().map(|why| {
                crate::FieldError::new(
                    crate::FieldReason::Invalid,
                    field("generateName"),
                    object.generate_name(),
                    why,
                )
            }));
        }
        if name.is_empty() {
            errors.push(crate::FieldError::new(
                crate::FieldReason::Required,
                field("name"),
                Value::Null,
                "name or generateName is required",
            ));
        } else {
            let wrong = strategy.check_name(name).into_iter();
            errors.extend(wrong.map(|why| {
                crate::FieldError::new(crate::FieldReason::Invalid, field("name"), name, why)
            }));
        }
        Ok(())
    }
}
