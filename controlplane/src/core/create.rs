//! Create.

use super::{
    Core,
    builtin::Ground,
    call::Verb,
    etcd,
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
        write.dedup_owners(&mut object, "");
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
        let mut ground = Ground {
            store: &self.store,
            rng: &mut self.rng,
        };
        resource.strategy.allocate(&mut ground, &mut object, None)?;
        if let Some(generation) = resource.strategy.first_generation() {
            object.set_meta("generation", generation);
        }
        resource.strategy.prepare_for_create(&mut object);
        let checked = resource.strategy.check_create(&resource, &object);
        if !checked.errors.is_empty() {
            // Of a kind that is not the resource's own, the message names that.
            let mut subject = resource.subject_by_kind(object.name());
            subject.resource = object.kind().into();
            return Err(Refusal::invalid(&subject, &checked.errors));
        }
        write.warnings.add(checked.warnings);
        resource.strategy.settle(&mut object);
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
        let version = object.resource_version().parse::<u64>();
        // An update or an apply that finds nothing does not mind.
        if write.call.verb == Verb::Create && version.is_ok_and(|version| version != 0) {
            return Err(Refusal::unknown(
                "resourceVersion should not be set on objects to be created",
            ));
        }
        if write.options.dry_run {
            return Ok(Stored::unstored(object));
        }
        etcd::fit(&resource, &mut object)?;
        Ok(self.put(&resource.collection, object))
    }
}
