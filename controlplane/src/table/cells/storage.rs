//! What keeps data.

use jiff::Timestamp;
use serde_json::Value;

use super::{age, count, is_deleted, items, name, text, text_or};

const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
const DEFAULT_CLASS: [&str; 2] = [
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
];

pub(super) fn volume(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let claim = match &spec["claimRef"] {
        Value::Null => String::new(),
        claim => format!("{}/{}", text(&claim["namespace"]), text(&claim["name"])),
    };
    vec![
        name(object),
        text_or(&spec["capacity"]["storage"], "0").into(),
        access_modes(&spec["accessModes"]).into(),
        text(&spec["persistentVolumeReclaimPolicy"]).into(),
        phase(object).into(),
        claim.into(),
        class_of(object).into(),
        text_or(&spec["volumeAttributesClassName"], "<unset>").into(),
        text(&status["reason"]).into(),
        age(object, now),
        text_or(&spec["volumeMode"], "<unset>").into(),
    ]
}

pub(super) fn claim(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let volume = text(&spec["volumeName"]);
    let (capacity, modes) = match volume {
        "" => ("", String::new()),
        _ => (
            text_or(&status["capacity"]["storage"], "0"),
            access_modes(&status["accessModes"]),
        ),
    };
    vec![
        name(object),
        phase(object).into(),
        volume.into(),
        capacity.into(),
        modes.into(),
        class_of(object).into(),
        text_or(&spec["volumeAttributesClassName"], "<unset>").into(),
        age(object, now),
        text_or(&spec["volumeMode"], "<unset>").into(),
    ]
}

fn phase(object: &Value) -> &str {
    if is_deleted(object) {
        "Terminating"
    } else {
        text(&object["status"]["phase"])
    }
}

fn class_of(object: &Value) -> &str {
    let old = &object["metadata"]["annotations"][OLD_CLASS];
    old.as_str()
        .unwrap_or_else(|| text(&object["spec"]["storageClassName"]))
}

fn access_modes(modes: &Value) -> String {
    let short = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let there = short
        .iter()
        .filter(|(mode, _)| items(modes).iter().any(|one| one == mode));
    there.map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}

pub(super) fn class(object: &Value, now: Timestamp) -> Vec<Value> {
    let annotations = &object["metadata"]["annotations"];
    let default = DEFAULT_CLASS.iter().any(|key| annotations[*key] == "true");
    let name = text(&object["metadata"]["name"]);
    vec![
        if default {
            format!("{name} (default)")
        } else {
            name.to_owned()
        }
        .into(),
        text(&object["provisioner"]).into(),
        text_or(&object["reclaimPolicy"], "Delete").into(),
        text_or(&object["volumeBindingMode"], "Immediate").into(),
        object["allowVolumeExpansion"]
            .as_bool()
            .unwrap_or_default()
            .into(),
        age(object, now),
    ]
}

pub(super) fn config_map(object: &Value, now: Timestamp) -> Vec<Value> {
    let entries = count(&object["data"]) + count(&object["binaryData"]);
    vec![name(object), entries.into(), age(object, now)]
}

pub(super) fn secret(object: &Value, now: Timestamp) -> Vec<Value> {
    let kind = text(&object["type"]);
    vec![
        name(object),
        kind.into(),
        count(&object["data"]).into(),
        age(object, now),
    ]
}
