//! CustomResourceDefinitions: their names are accepted, they are served, and when they go their objects go with them, as
//! `pkg/controller` of k8s.io/apiextensions-apiserver does it.

use serde_json::{Value, json};

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
};
use crate::{
    core::object::{Key, Object},
    crd::definition,
};

pub(crate) const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// What a change makes necessary.
pub(crate) fn tasks(change: &Change, desk: &Desk<'_>) -> Vec<Task> {
    if &*change.collection == DEFINITIONS {
        // A name that is free now may be one that another waits for.
        let all = desk.objects(DEFINITIONS, None);
        return all
            .iter()
            .map(|one| Task::Definition(one.object.name().into()))
            .collect();
    }
    let is_gone = change.after.is_none();
    let is_custom = change.collection.contains('.')
        && desk
            .get(DEFINITIONS, &Key::new("", &change.collection))
            .is_some();
    if is_gone && is_custom {
        return vec![Task::Definition(change.collection.to_string())];
    }
    Vec::new()
}

pub(crate) fn settle(name: &str, desk: &mut Desk<'_>) -> Outcome {
    let Some(found) = desk.get(DEFINITIONS, &Key::new("", name)) else {
        return Ok(Again::No);
    };
    let definition = &found.object;
    if definition.is_being_deleted() {
        return clean_up(definition, desk);
    }
    let others = desk.objects(DEFINITIONS, None);
    let others = others.iter().map(|one| one.object.value());
    let told = definition::names_accepted(definition.value(), others, desk.now)
        .or_else(|| definition::approval_told(definition.value(), desk.now))
        .or_else(|| definition::established(definition.value(), desk.now));
    if let Some(status) = told {
        tell(definition, status, desk)?;
    }
    Ok(Again::No)
}

fn clean_up(definition: &Object, desk: &mut Desk<'_>) -> Outcome {
    if !definition.has_finalizer(CLEANUP) {
        return Ok(Again::No);
    }
    let status = definition::terminating(definition.value(), desk.now);
    if status != definition.value()["status"] {
        tell(definition, status, desk)?;
        return Ok(Again::No);
    }
    let name = definition.name();
    let options = json!({"apiVersion": "v1", "kind": "DeleteOptions"});
    for object in desk.objects(name, None) {
        if !object.object.is_being_deleted() {
            desk.delete(Who::ApiServer, name, &object.object.key(), &options)?;
        }
    }
    if desk.objects(name, None).is_empty() {
        let mut without = definition.clone();
        let kept = definition.finalizers().filter(|one| *one != CLEANUP);
        without.set_finalizers(kept.map(Into::into).collect());
        desk.update(Who::ApiServer, DEFINITIONS, "", &without)?;
    }
    Ok(Again::No)
}

fn tell(definition: &Object, status: Value, desk: &mut Desk<'_>) -> Result<(), crate::Refusal> {
    let mut told = definition.clone();
    told.fields_mut().insert("status".into(), status);
    desk.update(Who::ApiServer, DEFINITIONS, "status", &told)?;
    Ok(())
}
