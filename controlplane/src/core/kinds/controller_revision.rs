//! ControllerRevisions, as `pkg/registry/apps/controllerrevision` in Kubernetes has them.
//!
//! Kubernetes compares their data byte by byte, here it is compared as what it says.

use serde_json::Value;

use super::{
    super::{
        builtin::{Builtin, PLAIN},
        object::Object,
    },
    rules,
};
use crate::{FieldError, go};

pub(super) const KIND: Builtin = Builtin {
    plural: "controllerrevisions",
    group: "apps",
    validate,
    validate_update: |new, old, _| {
        let mut errors = revision(new);
        let (new, old) = (&new.value()["data"], &old.value()["data"]);
        if new != old {
            let error = FieldError::invalid("data", "", "field is immutable");
            errors.push(error.showing(go::json(new)));
        }
        errors
    },
    ..PLAIN
};

fn revision(revision: &Object) -> Vec<FieldError> {
    let error = rules::nonnegative(&revision.value()["revision"], "revision");
    error.into_iter().collect()
}

fn validate(new: &Object) -> Vec<FieldError> {
    let mut errors = revision(new);
    match &new.value()["data"] {
        Value::Object(_) => {}
        Value::Null => errors.push(FieldError::required("data", "data is mandatory")),
        _ => errors.push(FieldError::required(
            "data",
            "data must be a valid JSON object",
        )),
    }
    errors
}
