//! CustomResourceDefinitions: their defaults, what is wrong with them, and their status.
//!
//! Source: apiextensions-apiserver `pkg/apis/apiextensions/validation`, `pkg/apis/apiextensions/v1/defaults.go` and
//! `pkg/registry/customresourcedefinition/strategy.go`. Paths are those of its internal type, to which the fields that all
//! versions have in common belong: `spec.validation`, `spec.subresources`, ….

mod costs;
mod defaults;
mod schemas;
mod shown;
mod spec;
mod status;
mod structure;

pub use status::{approval_told, before_delete, established, names_accepted, terminating};

use serde_json::{Map, Value, json};

use super::{
    compiled::Checked,
    formats::Format,
    object_meta::{self, NameRule},
    path::Path,
};
use crate::{FieldError, FieldReason, go};

/// Fills in what a definition leaves out: names and the conversion.
pub fn fill(definition: &mut Value) {
    let spec = &mut definition["spec"];
    let kind = text(&spec["names"]["kind"]).to_owned();
    if let Some(names) = spec["names"].as_object_mut() {
        if names.get("singular").is_none_or(is_empty) && !kind.is_empty() {
            names.insert("singular".into(), kind.to_lowercase().into());
        }
        if names.get("listKind").is_none_or(is_empty) && !kind.is_empty() {
            names.insert("listKind".into(), format!("{kind}List").into());
        }
    }
    if let Some(spec) = spec.as_object_mut() {
        spec.entry("conversion")
            .or_insert_with(|| json!({"strategy": "None"}));
    }
}

/// A new definition has no status but its stored version, and is of generation 1.
pub fn before_create(definition: &mut Value) {
    definition["metadata"]["generation"] = 1.into();
    definition["status"] = json!({"acceptedNames": {"kind": "", "plural": ""}, "conditions": null, "storedVersions": null});
    add_stored_version(definition);
}

/// An update leaves the status as it was, but for a new stored version; a change of the spec makes a new generation.
pub fn before_update(new: &mut Value, old: &Value) {
    new["status"] = old["status"].clone();
    let generation = old["metadata"]["generation"].as_i64().unwrap_or_default();
    new["metadata"]["generation"] = (generation + i64::from(new["spec"] != old["spec"])).into();
    add_stored_version(new);
}

/// An update of the status leaves all else as it was.
pub fn before_status_update(new: &mut Value, old: &Value) {
    let status = new["status"].take();
    let managers = new["metadata"].get("managedFields").cloned();
    *new = old.clone();
    new["status"] = status;
    if let Some(managers) = managers {
        new["metadata"]["managedFields"] = managers;
    }
}

fn add_stored_version(definition: &mut Value) {
    let storage = versions(&definition["spec"])
        .iter()
        .find(|version| version["storage"] == true);
    let Some(name) = storage.map(|version| version["name"].clone()) else {
        return;
    };
    match definition["status"]["storedVersions"].as_array_mut() {
        Some(stored) if stored.contains(&name) => {}
        Some(stored) => stored.push(name),
        None => definition["status"]["storedVersions"] = json!([name]),
    }
}

/// What is wrong with a definition to be created.
pub fn check_create(definition: &Value) -> Checked {
    let spec = &definition["spec"];
    let required = format!(
        "{}.{}",
        text(&spec["names"]["plural"]),
        text(&spec["group"])
    );
    let place = Path::Text("metadata");
    let mut errors = object_meta::check(
        &definition["metadata"],
        false,
        NameRule::Exactly(&required),
        &place,
    );
    spec::check(spec, &mut errors);
    check_rest(definition, None, &mut errors);
    let warnings = if errors.is_empty() {
        unknown_formats(spec)
    } else {
        Vec::new()
    };
    Checked {
        errors,
        warnings: warnings.iter().map(|format| warning(format)).collect(),
    }
}

/// What is wrong with a definition to be updated.
pub fn check_update(new: &Value, old: &Value) -> Checked {
    let place = Path::Text("metadata");
    let mut errors = object_meta::check_update(&new["metadata"], &old["metadata"], &place);
    let (spec, was) = (&new["spec"], &old["spec"]);
    spec::check(spec, &mut errors);
    let mut immutable = |path: &str, new: &Value, old: &Value| {
        if new != old {
            errors.push(FieldError::new(
                FieldReason::Invalid,
                path,
                new.clone(),
                "field is immutable",
            ));
        }
    };
    if status::condition_is_true(old, "Established") {
        immutable("spec.scope", &spec["scope"], &was["scope"]);
        immutable(
            "spec.names.kind",
            &spec["names"]["kind"],
            &was["names"]["kind"],
        );
    }
    immutable("spec.group", &spec["group"], &was["group"]);
    immutable(
        "spec.names.plural",
        &spec["names"]["plural"],
        &was["names"]["plural"],
    );
    check_rest(new, Some(old), &mut errors);
    let known = unknown_formats(was);
    let added = unknown_formats(spec)
        .into_iter()
        .filter(|format| !known.contains(format));
    let warnings = if errors.is_empty() {
        added.map(|format| warning(&format)).collect()
    } else {
        Vec::new()
    };
    Checked { errors, warnings }
}

/// What is wrong with a definition whose status is to be updated.
pub fn check_status_update(new: &Value, old: &Value) -> Vec<FieldError> {
    let place = Path::Text("metadata");
    let mut errors = object_meta::check_update(&new["metadata"], &old["metadata"], &place);
    spec::check_names(
        &new["status"]["acceptedNames"],
        "status.acceptedNames",
        &mut errors,
    );
    errors
}

fn check_rest(definition: &Value, old: Option<&Value>, errors: &mut Vec<FieldError>) {
    spec::check_names(
        &definition["status"]["acceptedNames"],
        "status.acceptedNames",
        errors,
    );
    check_stored_versions(definition, errors);
    check_approval(definition, old, errors);
    let preserves = |definition: &Value| definition["spec"]["preserveUnknownFields"] == true;
    if preserves(definition) && !old.is_some_and(preserves) {
        let detail = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema \
                      instead";
        errors.push(FieldError::new(
            FieldReason::Invalid,
            "spec.preserveUnknownFields",
            true,
            detail,
        ));
    }
}

fn check_stored_versions(definition: &Value, errors: &mut Vec<FieldError>) {
    let path = "status.storedVersions";
    let stored = list(&definition["status"]["storedVersions"]);
    let shown = &definition["status"]["storedVersions"];
    if stored.is_empty() {
        let detail = "must have at least one stored version";
        errors.push(FieldError::new(
            FieldReason::Invalid,
            path,
            shown.clone(),
            detail,
        ));
        return;
    }
    let versions = versions(&definition["spec"]);
    for version in versions.iter().filter(|version| version["storage"] == true) {
        if !stored.contains(&version["name"]) {
            let detail = format!("must have the storage version {}", text(&version["name"]));
            errors.push(FieldError::new(
                FieldReason::Invalid,
                path,
                shown.clone(),
                detail,
            ));
        }
    }
    for (index, name) in stored.iter().enumerate() {
        if !versions.iter().any(|version| version["name"] == *name) {
            let v = text(name);
            let detail = format!(
                "missing from spec.versions; {v} was previously a storage version, and must remain in spec.versions \
                 until a storage migration ensures no data remains persisted in {v} and removes {v} from \
                 status.storedVersions"
            );
            errors.push(FieldError::new(
                FieldReason::Invalid,
                format!("{path}[{index}]"),
                v,
                detail,
            ));
        }
    }
}

const APPROVAL: &str = "api-approved.kubernetes.io";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Approval {
    Missing,
    Bypassed,
    Approved,
    Invalid,
}

fn approval(definition: &Value) -> Approval {
    let annotation = text(&definition["metadata"]["annotations"][APPROVAL]);
    let host = annotation
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.is_empty());
    if annotation.is_empty() {
        Approval::Missing
    } else if annotation.starts_with("unapproved") {
        Approval::Bypassed
    } else if host && Format::Uri.accepts(annotation) {
        Approval::Approved
    } else {
        Approval::Invalid
    }
}

/// Groups of Kubernetes itself need an approval.
fn is_protected(definition: &Value) -> bool {
    let group = text(&definition["spec"]["group"]);
    let within = |domain: &str| group == domain || group.ends_with(&format!(".{domain}"));
    within("k8s.io") || within("kubernetes.io")
}

fn check_approval(definition: &Value, old: Option<&Value>, errors: &mut Vec<FieldError>) {
    let approval_now = approval(definition);
    if !is_protected(definition) || old.map(approval) == Some(approval_now) {
        return;
    }
    let path = format!("metadata.annotations[{APPROVAL}]");
    let see = "see https://github.com/kubernetes/enhancements/pull/1111";
    let must = format!(
        "protected groups must have approval annotation {}",
        go::quoted(APPROVAL)
    );
    match approval_now {
        Approval::Missing => {
            errors.push(FieldError::new(
                FieldReason::Required,
                path,
                "",
                format!("{must}, {see}"),
            ));
        }
        Approval::Invalid => {
            let detail =
                format!("{must} with either a URL or a reason starting with \"unapproved\", {see}");
            let value = definition["metadata"]["annotations"][APPROVAL].clone();
            errors.push(FieldError::new(FieldReason::Invalid, path, value, detail));
        }
        Approval::Approved | Approval::Bypassed => {}
    }
}

/// The formats of texts that nothing checks.
fn unknown_formats(spec: &Value) -> Vec<String> {
    let mut formats = Vec::new();
    for version in versions(spec) {
        collect_formats(&version["schema"]["openAPIV3Schema"], &mut formats);
        if schemas_are_alike(spec) {
            break;
        }
    }
    formats
}

fn collect_formats(schema: &Value, formats: &mut Vec<String>) {
    let format = text(&schema["format"]);
    if !format.is_empty() && schema["type"] == "string" && Format::of(format).is_none() {
        formats.push(format.to_owned());
    }
    for_each_below(schema, &mut |below| collect_formats(below, formats));
}

fn warning(format: &str) -> String {
    format!("unrecognized format {}", go::quoted(format))
}

/// Visits the schemas in a schema.
fn for_each_below(schema: &Value, visit: &mut impl FnMut(&Value)) {
    for key in ["items", "additionalProperties", "not"] {
        if let Some(below) = schema.get(key).filter(|below| below.is_object()) {
            visit(below);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        list(&schema[key]).iter().for_each(&mut *visit);
    }
    for (_, below) in fields(&schema["properties"]) {
        visit(below);
    }
}

/// Whether all versions have one schema: then errors are in `spec.validation`.
fn schemas_are_alike(spec: &Value) -> bool {
    alike(spec, "schema")
}

fn alike(spec: &Value, key: &str) -> bool {
    let versions = versions(spec);
    versions
        .windows(2)
        .all(|two| two[0].get(key) == two[1].get(key))
}

fn versions(spec: &Value) -> &[Value] {
    list(&spec["versions"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn is_empty(value: &Value) -> bool {
    text(value).is_empty()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
