//! What is wrong with metadata that was read.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    FieldError, FieldReason,
    crd::{names, path::Path},
    go,
};

/// Which names an object may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameRule<'a> {
    /// This one: a definition is named after its plural and group.
    Exactly(&'a str),
    /// `example.com`.
    Subdomain,
    /// What may stand between the slashes of a URL.
    PathSegment,
}

impl NameRule<'_> {
    fn errors(self, name: &str, is_prefix: bool) -> Vec<String> {
        match self {
            // What follows a prefix makes a dash at its end right.
            Self::Subdomain if is_prefix && name.ends_with('-') => {
                names::subdomain(&format!("{}a", &name[..name.len() - 1]))
            }
            Self::Subdomain => names::subdomain(name),
            Self::Exactly(required) => {
                let mut errors = names::subdomain(name);
                if name != required {
                    errors.push("must be spec.names.plural+\".\"+spec.group".into());
                }
                errors
            }
            Self::PathSegment if is_prefix && matches!(name, "." | "..") => Vec::new(),
            Self::PathSegment => names::path_segment(name),
        }
    }
}

/// What is wrong with the metadata of an object to be created.
pub(crate) fn check(
    metadata: &Value,
    namespaced: bool,
    names: NameRule<'_>,
    path: &Path<'_>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let prefix = text(metadata, "generateName");
    if !prefix.is_empty() {
        invalid_each(
            &mut errors,
            &path.field("generateName"),
            prefix,
            names.errors(prefix, true),
        );
    }
    let name = text(metadata, "name");
    if name.is_empty() {
        let field = path.field("name").text();
        errors.push(FieldError::new(
            FieldReason::Required,
            field,
            "",
            "name or generateName is required",
        ));
    } else {
        invalid_each(
            &mut errors,
            &path.field("name"),
            name,
            names.errors(name, false),
        );
    }
    check_namespace(text(metadata, "namespace"), namespaced, path, &mut errors);
    if metadata["generation"]
        .as_i64()
        .is_some_and(|generation| generation < 0)
    {
        let field = path.field("generation").text();
        let detail = "must be greater than or equal to 0";
        errors.push(FieldError::new(
            FieldReason::Invalid,
            field,
            metadata["generation"].clone(),
            detail,
        ));
    }
    check_labels(metadata, path, &mut errors);
    check_owners(metadata, path, &mut errors);
    check_finalizers(metadata, path, &mut errors);
    check_managers(metadata, path, &mut errors);
    errors
}

/// What is wrong with the metadata of an object to be updated.
pub(crate) fn check_update(new: &Value, old: &Value, path: &Path<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if old.get("deletionTimestamp").is_some() {
        check_no_new_finalizers(new, old, path, &mut errors);
    }
    if text(new, "resourceVersion").is_empty() {
        let field = path.field("resourceVersion").text();
        errors.push(FieldError::new(
            FieldReason::Invalid,
            field,
            "",
            "must be specified for an update",
        ));
    }
    if new["generation"].as_i64() < old["generation"].as_i64() {
        let field = path.field("generation").text();
        let generation = new["generation"].as_i64().unwrap_or_default();
        errors.push(FieldError::new(
            FieldReason::Invalid,
            field,
            generation,
            "must not be decremented",
        ));
    }
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        if new.get(name) != old.get(name) {
            let field = path.field(name).text();
            let empty = if matches!(name, "name" | "namespace" | "uid") {
                "".into()
            } else {
                Value::Null
            };
            let value = new.get(name).cloned().unwrap_or(empty);
            errors.push(FieldError::new(
                FieldReason::Invalid,
                field,
                value,
                "field is immutable",
            ));
        }
    }
    check_labels(new, path, &mut errors);
    check_owners(new, path, &mut errors);
    check_managers(new, path, &mut errors);
    errors
}

fn text<'a>(metadata: &'a Value, name: &str) -> &'a str {
    metadata
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn fields<'a>(metadata: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    metadata
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn items<'a>(metadata: &'a Value, name: &str) -> &'a [Value] {
    metadata
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn invalid_each(errors: &mut Vec<FieldError>, path: &Path<'_>, value: &str, whys: Vec<String>) {
    for why in whys {
        errors.push(FieldError::new(
            FieldReason::Invalid,
            path.text(),
            value,
            why,
        ));
    }
}

fn check_namespace(
    namespace: &str,
    namespaced: bool,
    path: &Path<'_>,
    errors: &mut Vec<FieldError>,
) {
    let place = path.field("namespace");
    match (namespaced, namespace) {
        (true, "") => errors.push(FieldError::new(FieldReason::Required, place.text(), "", "")),
        (true, namespace) => invalid_each(errors, &place, namespace, names::label(namespace)),
        (false, "") => {}
        (false, _) => {
            let detail = "not allowed on this type";
            errors.push(FieldError::new(
                FieldReason::Forbidden,
                place.text(),
                "",
                detail,
            ));
        }
    }
}

fn check_labels(metadata: &Value, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    let place = path.field("labels");
    for (key, value) in fields(metadata, "labels") {
        invalid_each(errors, &place, key, names::qualified(key));
        let value = value.as_str().unwrap_or_default();
        invalid_each(errors, &place, value, names::label_value(value));
    }
    let place = path.field("annotations");
    let mut size = 0;
    for (key, value) in fields(metadata, "annotations") {
        invalid_each(errors, &place, key, names::qualified(&key.to_lowercase()));
        size += key.len() + value.as_str().unwrap_or_default().len();
    }
    if size > 256 * 1024 {
        let detail = "may not be more than 262144 bytes";
        errors.push(FieldError::new(
            FieldReason::TooLong,
            place.text(),
            "",
            detail,
        ));
    }
}

fn check_owners(metadata: &Value, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    let place = path.field("ownerReferences");
    let owners = items(metadata, "ownerReferences");
    let mut controller: Option<String> = None;
    for owner in owners {
        check_owner(owner, &place, errors);
        if owner["controller"] == true {
            let named = format!("{}/{}", text(owner, "kind"), text(owner, "name"));
            if let Some(first) = &controller {
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in references for {first} and \
                     {named}"
                );
                let shown: Vec<String> = owners.iter().map(shown_owner).collect();
                errors.push(
                    FieldError::new(FieldReason::Invalid, place.text(), "", detail)
                        .showing(format!("[{}]", shown.join(","))),
                );
            } else {
                controller = Some(named);
            }
        }
    }
}

fn check_owner(owner: &Value, place: &Path<'_>, errors: &mut Vec<FieldError>) {
    let mut invalid = |name: &str, why: &str| {
        let field = place.field(name).text();
        errors.push(FieldError::new(
            FieldReason::Invalid,
            field,
            text(owner, name),
            why,
        ));
    };
    let version = text(owner, "apiVersion");
    if version.is_empty() || version.matches('/').count() > 1 || version.ends_with('/') {
        invalid("apiVersion", "version must not be empty");
    }
    for name in ["kind", "name", "uid"] {
        if text(owner, name).is_empty() {
            invalid(name, "must not be empty");
        }
    }
    if version == "v1" && text(owner, "kind") == "Event" {
        let detail = "/v1, Kind=Event is disallowed from being an owner";
        errors.push(
            FieldError::new(FieldReason::Invalid, place.text(), "", detail)
                .showing(shown_owner(owner)),
        );
    }
}

/// As Go writes an `OwnerReference`.
fn shown_owner(owner: &Value) -> String {
    let mut shown = String::from("{");
    for name in [
        "apiVersion",
        "kind",
        "name",
        "uid",
        "controller",
        "blockOwnerDeletion",
    ] {
        if let Some(value) = owner.get(name) {
            let comma = if shown.len() > 1 { "," } else { "" };
            write!(shown, "{comma}\"{name}\":{}", go::json(value))
                .expect("writing to a text cannot fail");
        }
    }
    shown + "}"
}

fn check_finalizers(metadata: &Value, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    let place = path.field("finalizers");
    let finalizers = items(metadata, "finalizers");
    for finalizer in finalizers.iter().filter_map(Value::as_str) {
        invalid_each(errors, &place, finalizer, names::qualified(finalizer));
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.push(FieldError::new(
            FieldReason::Invalid,
            place.text(),
            finalizers.to_vec(),
            detail,
        ));
    }
}

fn check_no_new_finalizers(
    new: &Value,
    old: &Value,
    path: &Path<'_>,
    errors: &mut Vec<FieldError>,
) {
    let known = items(old, "finalizers");
    let mut added: Vec<&str> = items(new, "finalizers")
        .iter()
        .filter(|finalizer| !known.contains(finalizer))
        .filter_map(Value::as_str)
        .collect();
    added.sort_unstable();
    added.dedup();
    if !added.is_empty() {
        let shown: Vec<String> = added
            .iter()
            .map(|finalizer| go::quoted(finalizer))
            .collect();
        let detail = format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
            shown.join(", ")
        );
        let field = path.field("finalizers").text();
        errors.push(FieldError::new(FieldReason::Forbidden, field, "", detail));
    }
}

fn check_managers(metadata: &Value, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    let place = path.field("managedFields");
    for (index, entry) in items(metadata, "managedFields").iter().enumerate() {
        let place = place.index(index);
        let mut invalid = |name: &str, why: &str| {
            let field = place.field(name).text();
            errors.push(FieldError::new(
                FieldReason::Invalid,
                field,
                text(entry, name),
                why,
            ));
        };
        if !matches!(text(entry, "operation"), "Apply" | "Update") {
            invalid("operation", "must be `Apply` or `Update`");
        }
        if !matches!(text(entry, "fieldsType"), "" | "FieldsV1") {
            invalid("fieldsType", "must be `FieldsV1`");
        }
        for (name, most) in [("manager", 128), ("subresource", 256)] {
            if text(entry, name).len() > most {
                let detail = format!("may not be more than {most} bytes");
                let field = place.field(name).text();
                errors.push(FieldError::new(FieldReason::TooLong, field, "", detail));
            }
        }
    }
}

/// Warnings about finalizers that are new in an object and not named after a domain.
///
/// Source: apiextensions-apiserver `pkg/registry/customresource/validator.go`.
pub(crate) fn finalizer_warnings(new: &Value, old: Option<&Value>) -> Vec<String> {
    let known = old.map_or(&[][..], |old| items(old, "finalizers"));
    let mut added: Vec<&str> = items(new, "finalizers")
        .iter()
        .filter(|finalizer| !known.contains(finalizer))
        .filter_map(Value::as_str)
        .collect();
    added.sort_unstable();
    added.dedup();
    added.into_iter().flat_map(warnings_about).collect()
}

fn warnings_about(finalizer: &str) -> Vec<String> {
    let shown = go::quoted(finalizer);
    let mut warnings = names::qualified(finalizer);
    if !finalizer.contains('/')
        && !matches!(finalizer, "orphan" | "foregroundDeletion" | "kubernetes")
    {
        let path = if finalizer.contains('.') {
            " including a path (/)"
        } else {
            ""
        };
        warnings.push(format!(
            "prefer a domain-qualified finalizer name{path} to avoid accidental conflicts with other finalizer writers"
        ));
    }
    let warnings = warnings.into_iter();
    warnings
        .map(|warning| format!("metadata.finalizers: {shown}: {warning}"))
        .collect()
}
