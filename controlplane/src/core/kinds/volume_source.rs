//! What a PersistentVolume is made of.

use serde_json::Value;

use super::{
    super::{
        field::{Errors, Field},
        names,
        object::Object,
    },
    pod_spec::{self, names::no_backsteps},
};

/// In the order in which Kubernetes looks; all but the first are refused beside another.
const SOURCES: [&str; 22] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

pub(super) const WITH_MOUNT_OPTIONS: [&str; 13] = [
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "cinder",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "photonPersistentDisk",
];

/// What is wrong with the source of a volume of this name.
pub(super) fn validate(spec: &Field<'_>, volume: &str) -> Errors {
    let given = SOURCES.iter().filter(|name| spec.at(name).is_set());
    let mut errors = Errors::new();
    let mut is_first = true;
    for name in given {
        let source = spec.at(name);
        if is_first || *name == "flexVolume" {
            errors.extend(of_kind(name, &source, spec, volume));
        } else {
            let shown = if *name == "cephfs" { "cephFS" } else { name };
            let why = "may not specify more than 1 volume type";
            errors.push(spec.at(shown).forbidden(why));
        }
        is_first = false;
    }
    if is_first {
        errors.push(spec.required("must specify a volume type"));
    }
    let policy = spec.at("persistentVolumeReclaimPolicy");
    if policy.text() == "Recycle" && is_root(spec.at("hostPath").at("path").text()) {
        errors.push(policy.forbidden("may not be 'recycle' for a hostPath mount of '/'"));
    }
    errors
}

/// Whether a path comes down to `/`.
fn is_root(path: &str) -> bool {
    let mut depth = 0_usize;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth = depth.saturating_sub(1),
            _ => depth += 1,
        }
    }
    path.starts_with('/') && depth == 0
}

fn of_kind(name: &str, source: &Field<'_>, spec: &Field<'_>, volume: &str) -> Errors {
    let secret = source.at("secretRef");
    match name {
        "local" => local(source, spec),
        "csi" => csi(source),
        "iscsi" => iscsi(source, volume),
        "glusterfs" => glusterfs(source),
        "azureFile" => {
            let mut errors = pod_spec::shared_source(name, source);
            let namespace = source.at("secretNamespace");
            errors.extend(namespace.need().filter(|_| namespace.is_set()));
            errors
        }
        "cinder" | "storageos" => {
            let mut errors = pod_spec::shared_source(name, source);
            let namespace = secret.at("namespace");
            errors.extend(namespace.need().filter(|_| secret.is_set()));
            errors
        }
        _ => pod_spec::shared_source(name, source),
    }
}

fn local(source: &Field<'_>, spec: &Field<'_>) -> Errors {
    let (path, affinity) = (source.at("path"), spec.at("nodeAffinity"));
    let mut errors = Errors::new();
    match path.need() {
        Some(error) => errors.push(error),
        None => errors.extend(path.complaints(no_backsteps)),
    }
    if !affinity.is_set() {
        errors.push(affinity.required("Local volume requires node affinity"));
    }
    errors
}

fn csi(source: &Field<'_>) -> Errors {
    let mut errors = pod_spec::driver(&source.at("driver"));
    errors.extend(source.at("volumeHandle").need());
    for name in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        let secret = source.at(name);
        if secret.is_set() {
            errors.extend(secret.at("name").need_text(names::dns_subdomain));
            errors.extend(secret.at("namespace").need_text(names::dns_label));
        }
    }
    errors
}

fn glusterfs(source: &Field<'_>) -> Errors {
    let mut errors = pod_spec::shared_source("glusterfs", source);
    let namespace = source.at("endpointsNamespace");
    if namespace.is_set() && namespace.is_empty() {
        errors.push(
            namespace.invalid("if the endpointnamespace is set, it must be a valid namespace name"),
        );
    } else if namespace.is_set() {
        errors.extend(namespace.complaints(names::dns_label));
    }
    errors
}

fn iscsi(source: &Field<'_>, volume: &str) -> Errors {
    let mut errors = pod_spec::shared_source("iscsi", source);
    let portal = source.at("targetPortal");
    let length = volume.len() + 1 + portal.text().len();
    if source.at("initiatorName").is_set() && length > 64 {
        let shown = portal.named(source.at("targetportal").path());
        errors.push(shown.invalid("Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified."));
    }
    errors
}

/// The source before and now, if it changed. A driver that had no secret for growing volumes may be given one.
pub(super) fn changed(new: &Object, old: &Object) -> Option<(Value, Value)> {
    const SECRET: &str = "controllerExpandSecretRef";
    let of = |volume: &Object| {
        let mut fields = volume.value()["spec"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        fields.retain(|name, _| SOURCES.contains(&name.as_str()));
        Value::Object(fields)
    };
    let (before, mut now) = (of(old), of(new));
    let had_none = before["csi"].is_object() && before["csi"][SECRET].is_null();
    let csi = now.pointer_mut("/csi").and_then(Value::as_object_mut);
    if let Some(csi) = csi.filter(|_| had_none) {
        csi.remove(SECRET);
    }
    (before != now).then_some((before, now))
}
