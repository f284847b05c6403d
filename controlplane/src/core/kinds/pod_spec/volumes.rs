//! Volumes of a pod.

use std::collections::BTreeMap;

use super::{
    super::{
        super::{
            field::{Errors, Field},
            meta,
            names::{dns_label, dns_subdomain},
        },
        claim, label_selector,
    },
    Holder, containers, disks, env, names, projections,
};
use crate::FieldReason;

/// The volumes that nothing is wrong with, by their names.
pub(super) type Volumes<'a> = BTreeMap<&'a str, Field<'a>>;

/// What a volume is made of, in the order in which Kubernetes looks; all may be but the first are refused beside another.
const SOURCES: &[&str] = &[
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

pub(super) fn volumes<'a>(list: &Field<'a>, holder: Holder<'_>) -> (Volumes<'a>, Errors) {
    let mut volumes = Volumes::new();
    let mut errors = Errors::new();
    let created: Vec<String> = list
        .items()
        .filter(|it| it.at("ephemeral").is_set())
        .filter_map(|it| claim_of(holder, it.at("name").text()))
        .collect();
    for volume in list.items() {
        let name = volume.at("name");
        let mut wrong = source(&volume, holder);
        wrong.extend(name.need_text(dns_label));
        if volumes.contains_key(name.text()) {
            wrong.push(name.duplicate());
        }
        let claim = volume.at("persistentVolumeClaim").at("claimName");
        if created.iter().any(|one| one == claim.text()) {
            wrong.push(
                claim.invalid("must not reference a PVC that gets created for an ephemeral volume"),
            );
        }
        if wrong.is_empty() {
            volumes.insert(name.text(), volume);
        } else {
            errors.extend(wrong);
        }
    }
    (volumes, errors)
}

/// The claim that is made for an ephemeral volume of a pod.
fn claim_of(holder: Holder<'_>, volume: &str) -> Option<String> {
    match holder {
        Holder::Pod(pod) if !pod.is_empty() && !volume.is_empty() => {
            Some(format!("{pod}-{volume}"))
        }
        _ => None,
    }
}

fn source(volume: &Field<'_>, holder: Holder<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut is_first = true;
    for name in SOURCES {
        let source = volume.at(name);
        if !source.is_set() {
            continue;
        }
        if is_first {
            errors.extend(of_kind(name, &source, volume, holder));
        } else {
            // Two of them are misspelt by Kubernetes.
            let shown = match *name {
                "cephfs" => "cephFS",
                "downwardAPI" => "downwarAPI",
                name => name,
            };
            errors.push(
                volume
                    .at(shown)
                    .forbidden("may not specify more than 1 volume type"),
            );
        }
        if *name == "iscsi" {
            errors.extend(disks::iscsi_name(volume, &source));
        }
        is_first = false;
    }
    if is_first {
        errors.push(volume.required("must specify a volume type"));
    }
    errors
}

fn of_kind(kind: &str, source: &Field<'_>, volume: &Field<'_>, holder: Holder<'_>) -> Errors {
    match kind {
        "emptyDir" => empty_dir(source),
        "hostPath" => host_path(source),
        "secret" => of_object(source, "secretName"),
        "configMap" => of_object(source, "name"),
        "persistentVolumeClaim" => source.at("claimName").need().into_iter().collect(),
        "downwardAPI" => {
            let mut errors = mode(&source.at("defaultMode"));
            for file in source.at("items").items() {
                errors.extend(downward_file(&file.named(source.path())));
            }
            errors
        }
        "projected" => projections::projected(source),
        "csi" => csi(source),
        "ephemeral" => ephemeral(source, volume, holder),
        "image" => {
            let mut errors = Errors::new();
            if holder.is_pod() {
                errors.extend(source.at("reference").need());
            }
            errors.extend(containers::pull_policy(&source.at("pullPolicy")));
            errors
        }
        disk => disks::disk(disk, source),
    }
}

fn empty_dir(source: &Field<'_>) -> Errors {
    let limit = source.at("sizeLimit");
    let amount = crate::types::Quantity::parse(limit.text());
    let is_negative = amount.is_ok_and(|amount| amount.is_negative());
    let error =
        is_negative.then(|| limit.forbidden("SizeLimit field must be a valid resource quantity"));
    error.into_iter().collect()
}

/// What is wrong with a source that volumes of pods and PersistentVolumes have alike.
pub(in super::super) fn shared_source(kind: &str, source: &Field<'_>) -> Errors {
    match kind {
        "hostPath" => host_path(source),
        disk => disks::disk(disk, source),
    }
}

fn host_path(source: &Field<'_>) -> Errors {
    let path = source.at("path");
    if let Some(error) = path.need() {
        return vec![error];
    }
    let mut errors = path.complaints(names::no_backsteps);
    let kind = source.at("type");
    if kind.is_set() {
        errors.extend(kind.one_of(&[
            "",
            "BlockDevice",
            "CharDevice",
            "Directory",
            "DirectoryOrCreate",
            "File",
            "FileOrCreate",
            "Socket",
        ]));
    }
    errors
}

/// Keys of a ConfigMap or a Secret, as files.
fn of_object(source: &Field<'_>, name: &str) -> Errors {
    let mut errors = Errors::new();
    errors.extend(source.at(name).need());
    errors.extend(mode(&source.at("defaultMode")));
    for item in source.at("items").items() {
        errors.extend(key_to_path(&item));
    }
    errors
}

pub(super) fn key_to_path(item: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    errors.extend(item.at("key").need());
    errors.extend(item.at("path").need());
    errors.extend(item.at("path").complaints(names::not_reserved));
    errors.extend(mode(&item.at("mode")));
    errors
}

/// The permissions of a file.
pub(super) fn mode(mode: &Field<'_>) -> Errors {
    let number = mode.number().filter(|it| !(0..=0o777).contains(it));
    let error =
        number.map(|_| mode.invalid("must be a number between 0 and 0777 (octal), both inclusive"));
    error.into_iter().collect()
}

/// What a pod says of itself, in a file.
pub(super) fn downward_file(file: &Field<'_>) -> Errors {
    const FIELDS: &[&str] = &[
        "metadata.annotations",
        "metadata.labels",
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
    ];
    let mut errors = Errors::new();
    errors.extend(file.at("path").need());
    errors.extend(file.at("path").complaints(names::not_reserved));
    let (field, resource) = (file.at("fieldRef"), file.at("resourceFieldRef"));
    if field.is_set() {
        errors.extend(env::field_of_object(&field, FIELDS));
        if resource.is_set() {
            errors.push(file.error(
                FieldReason::Invalid,
                "resource",
                "fieldRef and resourceFieldRef can not be specified simultaneously",
            ));
        }
    } else if resource.is_set() {
        errors.extend(env::field_of_container(&resource, true));
    } else {
        errors.push(file.required("one of fieldRef and resourceFieldRef is required"));
    }
    errors.extend(mode(&file.at("mode")));
    errors
}

/// The name of a driver of storage.
pub(in super::super) fn driver(driver: &Field<'_>) -> Errors {
    if let Some(error) = driver.need() {
        return vec![error];
    }
    let mut errors = Errors::new();
    if driver.text().len() > 63 {
        errors.push(driver.too_long(63));
    }
    errors.extend(driver.complaints(|name| dns_subdomain(&name.to_lowercase())));
    errors
}

fn csi(source: &Field<'_>) -> Errors {
    let mut errors = driver(&source.at("driver"));
    let secret = source.at("nodePublishSecretRef");
    if secret.is_set() {
        let name = secret.at("name");
        if name.is_empty() {
            errors.push(name.required(""));
        } else {
            let shown = source.at("name").path().to_owned();
            errors.extend(name.named(shown).complaints(dns_subdomain));
        }
    }
    errors
}

fn ephemeral(source: &Field<'_>, volume: &Field<'_>, holder: Holder<'_>) -> Errors {
    let mut errors = Errors::new();
    let template = source.at("volumeClaimTemplate");
    if template.is_set() {
        errors.extend(template_metadata(&template.at("metadata")));
        errors.extend(claim::validate_spec(&template.at("spec")));
    } else {
        errors.push(template.required(""));
    }
    let name = volume.at("name");
    if let Some(claim) = claim_of(holder, name.text()) {
        let complaints = dns_subdomain(&claim).into_iter();
        errors.extend(complaints.map(|why| name.invalid(format!("PVC name {claim:?}: {why}"))));
    }
    errors
}

/// A template of claims has labels and annotations, and no other metadata.
fn template_metadata(metadata: &Field<'_>) -> Errors {
    let (annotations, labels) = (metadata.at("annotations"), metadata.at("labels"));
    let mut errors = meta::annotations(&annotations);
    errors.extend(label_selector::labels(labels.value(), labels.path()));
    let others = [
        ("name", "name"),
        ("generateName", "generateName"),
        ("namespace", "namespace"),
        ("selfLink", "selfLink"),
        ("uid", "uID"),
        ("resourceVersion", "resourceVersion"),
        ("generation", "generation"),
        ("creationTimestamp", "creationTimestamp"),
        ("deletionTimestamp", "deletionTimestamp"),
        ("deletionGracePeriodSeconds", "deletionGracePeriodSeconds"),
        ("ownerReferences", "ownerReferences"),
        ("finalizers", "finalizers"),
        ("managedFields", "managedFields"),
    ];
    let set = others.iter().filter(|(name, _)| metadata.at(name).is_set());
    errors.extend(set.map(|(_, shown)| metadata.at(shown).forbidden("cannot be set")));
    errors
}
