//! PersistentVolumeClaims, as `pkg/registry/core/persistentvolumeclaim` in Kubernetes has them.

use serde_json::{Value, json};

use super::{
    super::{
        builtin::{Builtin, PLAIN, metadata},
        field::{Errors, Field},
        names,
        object::Object,
        resource::Part,
    },
    difference, label_selector,
};
use crate::{FieldError, types::Quantity};

pub(super) const KIND: Builtin = Builtin {
    plural: "persistentvolumeclaims",
    status: true,
    returns_deleted: true,
    begin,
    keep,
    validate,
    validate_update,
    warnings,
    ..PLAIN
};

/// By which a claim stays as long as a Pod uses it (the admission plugin `StorageObjectInUseProtection`).
const PROTECTION: &str = "kubernetes.io/pvc-protection";
const MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];
/// The class, before there was a field for it.
pub(crate) const CLASS: &str = "volume.beta.kubernetes.io/storage-class";

fn begin(claim: &mut Object) {
    claim
        .fields_mut()
        .insert("status".into(), json!({"phase": "Pending"}));
    if !claim.has_finalizer(PROTECTION) {
        let mut finalizers: Vec<String> = claim.finalizers().map(Into::into).collect();
        finalizers.push(PROTECTION.into());
        claim.set_finalizers(finalizers);
    }
    agree(claim, true);
}

fn keep(new: &mut Object, old: &Object, part: Part) {
    if part != Part::Status {
        let has_source = ["dataSource", "dataSourceRef"]
            .iter()
            .any(|name| !old.value()["spec"][*name].is_null());
        agree(new, !has_source);
    }
}

/// One source in two forms: what one says the other says, too. What the older form never took is dropped.
fn agree(claim: &mut Object, drops: bool) {
    let Some(spec) = claim.value_mut()["spec"].as_object_mut() else {
        return;
    };
    let older = spec.get("dataSource").cloned().unwrap_or_default();
    let newer = spec.get("dataSourceRef").cloned().unwrap_or_default();
    let is_known = match (
        older["apiGroup"].as_str().unwrap_or_default(),
        older["kind"].as_str(),
    ) {
        ("", Some("PersistentVolumeClaim")) => true,
        (group, Some("VolumeSnapshot")) => group == "snapshot.storage.k8s.io",
        _ => false,
    };
    if newer.is_null() {
        if drops && !is_known {
            spec.remove("dataSource");
        } else if !older.is_null() {
            spec.insert("dataSourceRef".into(), older);
        }
    } else if older.is_null() && newer["namespace"].as_str().unwrap_or_default().is_empty() {
        let mut older = newer;
        older
            .as_object_mut()
            .map(|fields| fields.remove("namespace"));
        spec.insert("dataSource".into(), older);
    }
}

fn validate(claim: &Object) -> Errors {
    validate_spec(&Field::of(claim, "spec"))
}

/// What is wrong with the spec of a claim, or of a template of claims.
pub(super) fn validate_spec(spec: &Field<'_>) -> Errors {
    let modes = spec.at("accessModes");
    let mut errors = Errors::new();
    if modes.is_empty() {
        errors.push(modes.required("at least 1 access mode is required"));
    }
    let selector = spec.at("selector");
    errors.extend(label_selector::validate(selector.value(), selector.path()));
    errors.extend(access_modes(&modes));
    errors.extend(storage(spec));
    let class = |name| Some(spec.at(name)).filter(|class| !class.is_empty());
    let of_class = |class: Field<'_>| class.complaints(names::dns_subdomain);
    errors.extend(class("storageClassName").into_iter().flat_map(of_class));
    let mode = spec.at("volumeMode");
    if mode.is_set() {
        errors.extend(mode.one_of(&["Block", "Filesystem"]));
    }
    errors.extend(sources(spec));
    let attributes = class("volumeAttributesClassName");
    errors.extend(attributes.into_iter().flat_map(of_class));
    errors
}

/// What is wrong with the modes that a claim or a volume names.
pub(super) fn access_modes(modes: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for mode in modes.items() {
        errors.extend(mode.named(modes.path()).one_of(&MODES));
    }
    let is_there = |mode: &str| modes.items().any(|one| one.text() == mode);
    let others = MODES[..3].iter().any(|mode| is_there(mode));
    if is_there("ReadWriteOncePod") && others {
        errors.push(modes.forbidden("may not use ReadWriteOncePod with other access modes"));
    }
    errors
}

fn storage(spec: &Field<'_>) -> Option<FieldError> {
    let resources = spec.at("resources");
    let asked = resources.at("requests").at("storage");
    let named = asked.named(resources.key("storage").path());
    let Ok(amount) = Quantity::parse(asked.text()) else {
        return Some(named.required(""));
    };
    if amount.is_zero() || amount.is_negative() {
        return Some(named.invalid("must be greater than zero"));
    }
    None
}

fn sources(spec: &Field<'_>) -> Errors {
    let (older, newer) = (spec.at("dataSource"), spec.at("dataSourceRef"));
    let mut errors = Errors::new();
    for source in [&older, &newer]
        .into_iter()
        .filter(|source| source.is_set())
    {
        errors.extend(source.at("name").need());
        errors.extend(source.at("kind").need());
        let group = source.at("apiGroup");
        if !group.is_empty() {
            errors.extend(group.complaints(names::dns_subdomain));
        } else if source.at("kind").text() != "PersistentVolumeClaim" {
            errors.push(FieldError::invalid(
                source.path(),
                source.at("kind").text(),
                "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
            ));
        }
        if !source.at("namespace").is_empty() {
            errors.extend(source.at("namespace").complaints(names::dns_label));
        }
    }
    // Kubernetes shows the path itself as what is wrong.
    let about = |why: &str| FieldError::invalid(spec.path(), "", why).showing("{}");
    let same = |name| older.at(name).value() == newer.at(name).value();
    if older.is_set() && !newer.at("namespace").is_empty() {
        errors.push(about(
            "may not be specified when dataSourceRef.namespace is specified",
        ));
    } else if older.is_set()
        && newer.is_set()
        && !["apiGroup", "kind", "name"].into_iter().all(same)
    {
        errors.push(about("must match dataSourceRef"));
    }
    errors
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Errors {
    if part == Part::Status {
        return Errors::new();
    }
    let mut errors = metadata(new, true);
    errors.extend(validate(new));
    let annotation = |claim: &Object| claim.value()["metadata"]["annotations"][CLASS].clone();
    let (mut spec, mut before) = (new.value()["spec"].clone(), old.value()["spec"].clone());
    if before["volumeName"].as_str().unwrap_or_default().is_empty() {
        before["volumeName"] = spec["volumeName"].clone();
    }
    if annotation(new) != annotation(old) {
        let shown = annotation(new).as_str().unwrap_or_default().to_owned();
        let path = format!("metadata.annotations[{CLASS}]");
        errors.push(FieldError::invalid(path, shown, "field is immutable"));
    }
    let class = &spec["storageClassName"];
    if before["storageClassName"].is_null()
        && class.is_string()
        && (annotation(old).is_null() || annotation(old) == *class)
    {
        before["storageClassName"] = class.clone();
    }
    if new.text("/status/phase") == "Bound" {
        spec["resources"]["requests"]["storage"] =
            before["resources"]["requests"]["storage"].clone();
        spec["volumeAttributesClassName"] = before["volumeAttributesClassName"].clone();
    }
    if without_nulls(&spec) != without_nulls(&before) {
        let diff = difference::of("core.PersistentVolumeClaimSpec", &before, &spec);
        errors.push(FieldError::forbidden(
            "spec",
            format!(
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{diff}"
            ),
        ));
    }
    errors.extend(shrunk(new, old));
    let mode = Field::of(new, "spec").at("volumeMode").named("volumeMode");
    errors.extend(mode.immutable(&Field::of(old, "spec").at("volumeMode")));
    errors
}

/// A claim may ask for less than before, where that was never given.
fn shrunk(new: &Object, old: &Object) -> Option<FieldError> {
    let amount = |claim: &Object, pointer: &str| Quantity::parse(claim.text(pointer)).ok();
    let asked = "/spec/resources/requests/storage";
    let (now, before) = (amount(new, asked)?, amount(old, asked)?);
    let given = amount(old, "/status/capacity/storage");
    let is_less = before.is_more_than(&now);
    let was_given = given.is_some_and(|given| !now.is_more_than(&given));
    (is_less && was_given).then(|| {
        FieldError::forbidden(
            "spec.resources.requests.storage",
            "field can not be less than status.capacity",
        )
    })
}

fn without_nulls(spec: &Value) -> Value {
    let mut spec = spec.clone();
    if let Some(fields) = spec.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    spec
}

fn warnings(claim: &Object, _: Option<&Object>) -> Vec<String> {
    let mut warnings = Vec::new();
    if !claim.value()["metadata"]["annotations"][CLASS].is_null() {
        warnings.push(format!(
            "metadata.annotations[{CLASS}]: deprecated since v1.8; use \"storageClassName\" attribute instead"
        ));
    }
    warnings.extend(warnings_of_spec(&Field::of(claim, "spec")));
    warnings
}

/// What the writer of a claim, or of a template of claims, is to be told of its spec.
pub(super) fn warnings_of_spec(spec: &Field<'_>) -> Vec<String> {
    let parts = ["requests", "limits"].into_iter();
    let fractional = parts.filter_map(|part| {
        let amount = spec.at("resources").at(part).key("storage");
        let is_whole = Quantity::parse(amount.text()).map_or(true, |amount| amount.is_whole());
        (!is_whole).then(|| {
            format!(
                "{}: fractional byte value {:?} is invalid, must be an integer",
                amount.path(),
                amount.text()
            )
        })
    });
    fractional.collect()
}
