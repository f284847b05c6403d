//! PersistentVolumes, as `pkg/registry/core/persistentvolume` in Kubernetes has them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        builtin::{Builtin, Metadata, PLAIN, metadata, metadata_update},
        field::{Errors, Field},
        names,
        object::{Object, seconds},
        resource::Part,
    },
    claim::{self, CLASS},
    difference, pod_spec, volume_source,
};
use crate::{
    FieldError,
    types::{Quantity, internal},
};

pub(super) const KIND: Builtin = Builtin {
    plural: "persistentvolumes",
    status: true,
    returns_deleted: true,
    begin,
    date_status,
    validate,
    validate_update,
    metadata: Metadata::Told,
    warnings: |volume, _| warnings(volume),
    ..PLAIN
};

/// By which a volume stays as long as a claim has it (the admission plugin `StorageObjectInUseProtection`).
const PROTECTION: &str = "kubernetes.io/pv-protection";
const MOUNT_OPTIONS: &str = "volume.beta.kubernetes.io/mount-options";
const CHANGED: &str = "lastPhaseTransitionTime";

fn begin(volume: &mut Object) {
    let now = volume.meta().get("creationTimestamp").cloned();
    volume
        .fields_mut()
        .insert("status".into(), json!({"phase": "Pending", CHANGED: now}));
    if !volume.has_finalizer(PROTECTION) {
        let mut finalizers: Vec<String> = volume.finalizers().map(Into::into).collect();
        finalizers.push(PROTECTION.into());
        volume.set_finalizers(finalizers);
    }
}

/// The time of a change of phase is that of the writer, or now.
fn date_status(new: &mut Object, old: &Object, now: Timestamp) {
    let of = |volume: &Object| volume.value()["status"][CHANGED].clone();
    let (given, before) = (of(new), of(old));
    let is_same_phase = new.text("/status/phase") == old.text("/status/phase");
    let dated = match (is_same_phase, &given) {
        (true, Value::Null) => before,
        (false, _) if given.is_null() || given == before => seconds(now).into(),
        _ => return,
    };
    let status = new.value_mut()["status"].as_object_mut();
    if let Some(status) = status.filter(|_| !dated.is_null()) {
        status.insert(CHANGED.into(), dated);
    }
}

fn validate(volume: &Object) -> Errors {
    let mut errors = validate_spec(volume, true);
    errors.extend(mount_options(volume));
    errors
}

fn validate_spec(volume: &Object, checks_values: bool) -> Errors {
    let spec = Field::of(volume, "spec");
    let modes = spec.at("accessModes");
    let mut errors = Errors::new();
    errors.extend(modes.need());
    errors.extend(claim::access_modes(&modes));
    errors.extend(capacity(&spec.at("capacity")));
    let policy = spec.at("persistentVolumeReclaimPolicy");
    if !policy.is_empty() {
        errors.extend(policy.one_of(&["Delete", "Recycle", "Retain"]));
    }
    let affinity = spec.at("nodeAffinity");
    if affinity.is_set() {
        let required = affinity.at("required");
        if required.is_set() {
            errors.extend(pod_spec::node_selector(&required, checks_values));
        } else {
            errors.push(required.required("must specify required node constraints"));
        }
    }
    errors.extend(volume_source::validate(&spec, volume.name()));
    let class = spec.at("storageClassName");
    if !class.is_empty() {
        errors.extend(class.complaints(names::dns_subdomain));
    }
    let mode = spec.at("volumeMode");
    if mode.is_set() {
        errors.extend(mode.one_of(&["Block", "Filesystem"]));
    }
    errors.extend(attributes_class(&spec));
    errors
}

fn capacity(capacity: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    if capacity.is_empty() {
        errors.push(capacity.required(""));
    }
    let keys: Vec<&str> = capacity.keys().collect();
    if keys != ["storage"] {
        errors.push(FieldError::not_supported(
            capacity.path(),
            capacity.value().clone(),
            &["storage"],
        ));
    }
    for (_, amount) in capacity.entries() {
        let Ok(quantity) = Quantity::parse(amount.text()) else {
            continue;
        };
        if quantity.rounded_up() < 0 {
            let why = "must be a valid resource quantity";
            errors.push(FieldError::invalid(
                amount.path(),
                quantity.rounded_up(),
                why,
            ));
        }
        if quantity.is_zero() || quantity.is_negative() {
            errors.push(amount.invalid("must be greater than zero"));
        }
    }
    errors
}

fn attributes_class(spec: &Field<'_>) -> Errors {
    let class = spec.at("volumeAttributesClassName");
    let mut errors = Errors::new();
    if !class.is_set() {
        return errors;
    }
    if class.is_empty() {
        errors.push(class.required("an empty string is disallowed"));
    } else {
        errors.extend(class.complaints(names::dns_subdomain));
    }
    if !spec.at("csi").is_set() {
        let why = "has to be specified when using volumeAttributesClassName";
        errors.push(spec.at("csi").required(why));
    }
    errors
}

/// Some sources take no options of their mounts.
fn mount_options(volume: &Object) -> Option<FieldError> {
    let annotations = Field::of(volume, "metadata").at("annotations");
    let spec = Field::of(volume, "spec");
    let takes_them = volume_source::WITH_MOUNT_OPTIONS
        .iter()
        .any(|source| spec.at(source).is_set());
    (!takes_them && annotations.key(MOUNT_OPTIONS).is_set()).then(|| {
        let path = format!("{}.{MOUNT_OPTIONS}", annotations.path());
        FieldError::forbidden(path, "may not specify mount options for this volume type")
    })
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Errors {
    if part == Part::Status {
        return metadata_update(new, old);
    }
    let affinity = |volume: &Object| volume.value()["spec"]["nodeAffinity"].clone();
    let (now, before) = (affinity(new), affinity(old));
    let required = Field::new("", &before).at("required");
    // Values that were wrong before may be wrong.
    let checks_values = !required.is_set() || pod_spec::node_selector(&required, true).is_empty();
    let all = || {
        let mut errors = metadata(new, false);
        errors.extend(validate_spec(new, checks_values));
        errors
    };
    let mut errors = all();
    errors.extend(mount_options(new));
    errors.extend(all());
    errors.extend(volume_source::changed(new, old).map(|(before, now)| {
        let diff = difference::of("core.PersistentVolumeSource", &before, &now);
        FieldError::forbidden(
            "spec.persistentvolumesource",
            format!("spec.persistentvolumesource is immutable after creation\n{diff}"),
        )
    }));
    let (spec, spec_before) = (Field::of(new, "spec"), Field::of(old, "spec"));
    let mode = spec.at("volumeMode").named("volumeMode");
    errors.extend(mode.immutable(&spec_before.at("volumeMode")));
    if !before.is_null() && now != before {
        let why = "field is immutable, except for updating from beta label to GA";
        let shown = if now.is_null() {
            "null".into()
        } else {
            internal("core.VolumeNodeAffinity", &now)
        };
        errors.push(FieldError::invalid("nodeAffinity", "", why).showing(shown));
    }
    let class = spec.at("volumeAttributesClassName");
    if spec_before.at("volumeAttributesClassName").is_set() && !class.is_set() {
        errors.push(class.forbidden("update from non-nil value to nil is forbidden"));
    }
    errors
}

fn warnings(volume: &Object) -> Vec<String> {
    const OLD: [(&str, &str, &str); 6] = [
        ("cephfs", "cephfs", "v1.28, non-functional in v1.31+"),
        (
            "photonPersistentDisk",
            "photonPersistentDisk",
            "v1.11, non-functional in v1.16+",
        ),
        ("scaleIO", "scaleIO", "v1.16, non-functional in v1.22+"),
        ("storageos", "storageOS", "v1.22, non-functional in v1.25+"),
        ("glusterfs", "glusterfs", "v1.25, non-functional in v1.26+"),
        ("rbd", "rbd", "v1.28, non-functional in v1.31+"),
    ];
    let annotations = Field::of(volume, "metadata").at("annotations");
    let spec = Field::of(volume, "spec");
    let mut warnings = Vec::new();
    for (key, since) in [
        (CLASS, "v1.8; use \"storageClassName\""),
        (MOUNT_OPTIONS, "v1.31; use \"mountOptions\""),
    ] {
        let annotation = annotations.key(key);
        if annotation.is_set() {
            let path = annotation.path();
            warnings.push(format!(
                "{path}: deprecated since {since} attribute instead"
            ));
        }
    }
    let policy = spec.at("persistentVolumeReclaimPolicy");
    if policy.text() == "Recycle" {
        let path = policy.path();
        warnings.push(format!("{path}: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."));
    }
    let required = spec.at("nodeAffinity").at("required");
    warnings.extend(pod_spec::warnings_of_node_selector(&required));
    let old = OLD.iter().filter(|(name, ..)| spec.at(name).is_set());
    warnings.extend(
        old.map(|(_, shown, since)| format!("{}: deprecated in {since}", spec.at(shown).path())),
    );
    warnings
}
