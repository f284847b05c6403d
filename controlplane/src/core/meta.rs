//! What `metadata` may hold, as `api/validation/objectmeta.go` of k8s.io/apimachinery checks it.

use serde_json::Value;

use super::{
    field::Field,
    names::{Complaints, label_value, qualified},
    object::Object,
    resource::Strategy,
};
use crate::{FieldError, FieldReason, types};

/// All annotations of an object together, in bytes.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// What is wrong with the name of a new object, and with what it was generated from.
pub(crate) fn check_names<S: Strategy + ?Sized>(strategy: &S, object: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let base = object.generate_name();
    if !base.is_empty() {
        // The generated part follows.
        let prefix = base.strip_suffix('-').unwrap_or(base);
        errors.extend(invalid("generateName", base, strategy.check_name(prefix)));
    }
    if object.name().is_empty() {
        errors.push(FieldError::new(
            FieldReason::Required,
            "metadata.name",
            Value::Null,
            "name or generateName is required",
        ));
    } else {
        errors.extend(invalid(
            "name",
            object.name(),
            strategy.check_name(object.name()),
        ));
    }
    errors
}

/// What is wrong with the name and the metadata of an object in a namespace.
pub(crate) fn names_and_metadata(object: &Object, name: fn(&str) -> Complaints) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !object.name().is_empty() {
        errors.extend(invalid("name", object.name(), name(object.name())));
    }
    errors.extend(validate(object, true));
    errors
}

/// What is wrong with the metadata of an object, but for its name.
pub(crate) fn validate(object: &Object, namespaced: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if namespaced {
        let namespace = object.namespace();
        let wrong = super::names::dns_label(namespace);
        errors.extend(invalid("namespace", namespace, wrong));
    } else if !object.namespace().is_empty() {
        errors.push(FieldError::new(
            FieldReason::Forbidden,
            "metadata.namespace",
            "",
            "not allowed on this type",
        ));
    }
    errors.extend(labels(object));
    errors.extend(annotations(&annotations_of(object)));
    errors.extend(owners(object));
    errors.extend(finalizers(object));
    errors
}

/// What is wrong with a change of metadata.
pub(crate) fn validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    const FIXED: [&str; 6] = [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ];
    let mut errors = Vec::new();
    errors.extend(new_finalizers(new, old));
    for field in FIXED {
        let value = new.meta().get(field);
        if value != old.meta().get(field) {
            errors.push(FieldError::new(
                FieldReason::Invalid,
                format!("metadata.{field}"),
                value.cloned().unwrap_or_default(),
                "field is immutable",
            ));
        }
    }
    errors.extend(labels(new));
    errors.extend(annotations(&annotations_of(new)));
    errors.extend(owners(new));
    errors
}

/// An object that is being deleted is let go by all who hold it, and taken hold of by nobody.
fn new_finalizers(new: &Object, old: &Object) -> Option<FieldError> {
    let added: Vec<_> = new
        .finalizers()
        .filter(|one| !old.has_finalizer(one))
        .map(|one| format!("{one:?}"))
        .collect();
    let is_wrong = old.is_being_deleted() && !added.is_empty();
    is_wrong.then(|| {
        FieldError::forbidden(
            "metadata.finalizers",
            format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                added.join(", ")
            ),
        )
    })
}

fn invalid(field: &str, value: &str, complaints: Complaints) -> Vec<FieldError> {
    let error = |why| {
        FieldError::new(
            FieldReason::Invalid,
            format!("metadata.{field}"),
            value,
            why,
        )
    };
    complaints.into_iter().map(error).collect()
}

fn labels(object: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (name, value) in object.labels() {
        errors.extend(invalid("labels", name, qualified(name)));
        errors.extend(invalid("labels", value, label_value(value)));
    }
    errors
}

fn annotations_of(object: &Object) -> Field<'_> {
    Field::of(object, "metadata").at("annotations")
}

/// What is wrong with annotations, of an object or of a template.
pub(super) fn annotations(annotations: &Field<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut size = 0;
    for (name, value) in annotations.texts() {
        // Upper case is allowed here, for the sake of old annotations.
        let complaints = qualified(&name.to_lowercase()).into_iter();
        errors.extend(complaints.map(|why| annotations.error(FieldReason::Invalid, name, why)));
        size += name.len() + value.len();
    }
    if size > ANNOTATIONS_LIMIT {
        errors.push(annotations.too_long(ANNOTATIONS_LIMIT));
    }
    errors
}

fn owners(object: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut controller: Option<String> = None;
    let field = |name: &str| format!("ownerReferences.{name}");
    for (index, owner) in object.owners().enumerate() {
        let parts = [
            ("apiVersion", owner.api_version, "version must not be empty"),
            ("kind", owner.kind, "must not be empty"),
            ("name", owner.name, "must not be empty"),
            ("uid", owner.uid, "must not be empty"),
        ];
        for (name, value, why) in parts {
            if value.is_empty() {
                errors.extend(invalid(&field(name), value, vec![why.into()]));
            }
        }
        if owner.api_version == "v1" && owner.kind == "Event" {
            let error = FieldError::invalid(
                "metadata.ownerReferences",
                owner.name,
                "/v1, Kind=Event is disallowed from being an owner",
            );
            let reference = &object.value()["metadata"]["ownerReferences"][index];
            errors.push(error.showing(types::internal("meta.v1.OwnerReference", reference)));
        }
        if owner.controller {
            let this = format!("{}/{}", owner.kind, owner.name);
            match &controller {
                None => controller = Some(this),
                Some(first) => errors.push(FieldError::new(
                    FieldReason::Invalid,
                    "metadata.ownerReferences",
                    "",
                    format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
                    ),
                ).showing(types::internal("[]meta.v1.OwnerReference", &object.value()["metadata"]["ownerReferences"]))),
            }
        }
    }
    errors
}

fn finalizers(object: &Object) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for finalizer in object.finalizers() {
        errors.extend(invalid("finalizers", finalizer, qualified(finalizer)));
    }
    if object.has_finalizer("orphan") && object.has_finalizer("foregroundDeletion") {
        let value: Vec<Value> = object.finalizers().map(Into::into).collect();
        errors.push(FieldError::new(
            FieldReason::Invalid,
            "metadata.finalizers",
            value,
            "finalizer orphan and foregroundDeletion cannot be both set",
        ));
    }
    errors
}
