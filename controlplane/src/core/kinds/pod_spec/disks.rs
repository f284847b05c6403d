//! Volumes on disks and file systems of many makers, most of them things of the past.

use super::{
    super::super::{
        field::{Errors, Field},
        names::dns_label,
    },
    names,
};
use crate::FieldReason;

pub(super) fn disk(kind: &str, source: &Field<'_>) -> Errors {
    match kind {
        "gitRepo" => {
            let mut errors = needed(source, &["repository"]);
            errors.extend(source.at("directory").complaints(names::descending));
            errors
        }
        "gcePersistentDisk" => {
            let path = source.path().replace("gcePersistentDisk", "persistentDisk");
            partitioned(&source.named(path), "pdName")
        }
        "awsElasticBlockStore" => partitioned(source, "volumeID"),
        "nfs" => nfs(source),
        "iscsi" => iscsi(source),
        "glusterfs" => needed(source, &["endpoints", "path"]),
        "flocker" => flocker(source),
        "rbd" => needed(source, &["monitors", "image"]),
        "cinder" => with_secret(needed(source, &["volumeID"]), source),
        "cephfs" => needed(source, &["monitors"]),
        "quobyte" => quobyte(source),
        "fc" => fibre_channel(source),
        "flexVolume" => flex(source),
        "azureFile" => needed(source, &["secretName", "shareName"]),
        "vsphereVolume" => needed(source, &["volumePath"]),
        "photonPersistentDisk" => needed(source, &["pdID"]),
        "portworxVolume" => needed(source, &["volumeID"]),
        "azureDisk" => azure_disk(source),
        "storageos" => storage_os(source),
        _ => needed(source, &["gateway", "system", "volumeName"]),
    }
}

fn needed(source: &Field<'_>, names: &[&str]) -> Errors {
    let fields = names.iter().filter_map(|name| source.at(name).need());
    fields.collect()
}

fn with_secret(mut errors: Errors, source: &Field<'_>) -> Errors {
    let secret = source.at("secretRef");
    if secret.is_set() {
        errors.extend(secret.at("name").need());
    }
    errors
}

fn partitioned(source: &Field<'_>, name: &str) -> Errors {
    let mut errors = needed(source, &[name]);
    let partition = source.at("partition");
    let number = partition.number().unwrap_or_default();
    if !(0..=255).contains(&number) {
        errors.push(partition.invalid("must be between 1 and 255, inclusive"));
    }
    errors
}

fn nfs(source: &Field<'_>) -> Errors {
    let mut errors = needed(source, &["server", "path"]);
    let path = source.at("path");
    if !path.text().starts_with('/') {
        errors.push(path.invalid("must be an absolute path"));
    }
    errors
}

fn iscsi(source: &Field<'_>) -> Errors {
    let mut errors = needed(source, &["targetPortal"]);
    let name = source.at("iqn");
    match name.need() {
        Some(error) => errors.push(error),
        None => errors.extend(qualified_iscsi(&name)),
    }
    errors.extend(source.at("lun").within(0, 255));
    let authenticates = ["chapAuthDiscovery", "chapAuthSession"];
    let secret = source.at("secretRef");
    if authenticates.iter().any(|it| source.at(it).is_true()) && !secret.is_set() {
        errors.push(secret.required(""));
    }
    let initiator = source.at("initiatorName");
    if initiator.is_set() {
        let path = source.at("initiatorname").path().to_owned();
        errors.extend(qualified_iscsi(&initiator.named(path)));
    }
    errors
}

pub(super) fn iscsi_name(volume: &Field<'_>, source: &Field<'_>) -> Errors {
    let name = volume.at("name");
    let length = name.text().len() + 1 + source.at("targetPortal").text().len();
    if !source.at("initiatorName").is_set() || length <= 64 {
        return Errors::new();
    }
    vec![name.invalid("Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.")]
}

/// A name of iSCSI: `iqn.2015-06.com.example:disk`, `eui.` or `naa.` and as many letters as these have.
fn qualified_iscsi(name: &Field<'_>) -> Errors {
    let text = name.text();
    let lettered = |rest: &str, count: usize| {
        let mut letters = rest.chars();
        let separated = letters.next().is_some();
        separated
            && letters.as_str().len() == count
            && letters.all(|letter| letter.is_ascii_alphanumeric())
    };
    let is_right = if let Some(rest) = text.strip_prefix("eui") {
        lettered(rest, 16)
    } else if let Some(rest) = text.strip_prefix("naa") {
        lettered(rest, 32)
    } else if text.starts_with("iqn") {
        is_iqn(text)
    } else {
        return vec![name.invalid("must be valid format starting with iqn, eui, or naa")];
    };
    if is_right {
        return Errors::new();
    }
    vec![name.invalid("must be valid format")]
}

fn is_iqn(text: &str) -> bool {
    let Some((head, tail)) = text.split_once(':') else {
        return false;
    };
    let Some(rest) = head.strip_prefix("iqn.") else {
        return false;
    };
    // `2001-04.`
    let has_date = rest.get(..8).is_some_and(|date| {
        date.bytes().enumerate().all(|(at, byte)| match at {
            4 => byte == b'-',
            7 => byte == b'.',
            _ => byte.is_ascii_digit(),
        })
    });
    let authority = rest.get(8..).unwrap_or_default();
    let is_authority = !authority.is_empty()
        && authority
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'));
    let forbidden = |letter: char| ",;*&$|".contains(letter) || letter.is_ascii_whitespace();
    has_date && is_authority && !tail.is_empty() && !tail.contains(forbidden)
}

fn flocker(source: &Field<'_>) -> Errors {
    let (name, id) = (source.at("datasetName"), source.at("datasetUUID"));
    let mut errors = Errors::new();
    if name.is_empty() && id.is_empty() {
        errors.push(source.required("one of datasetName and datasetUUID is required"));
    }
    if !name.is_empty() && !id.is_empty() {
        let why = "datasetName and datasetUUID can not be specified simultaneously";
        errors.push(source.error(FieldReason::Invalid, "resource", why));
    }
    if name.text().contains('/') {
        errors.push(name.invalid("must not contain '/'"));
    }
    errors
}

fn quobyte(source: &Field<'_>) -> Errors {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (source.at("registry"), source.at("tenant"));
    let mut errors = Errors::new();
    if registry.is_empty() {
        errors.push(registry.required(PAIRS));
    } else if tenant.text().len() >= 65 {
        errors.push(tenant.required("must be a UUID and may not exceed a length of 64 characters"));
    } else {
        let is_pair = |pair: &str| {
            let Some((host, _)) = pair.rsplit_once(':') else {
                return false;
            };
            let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            bare.is_some() || !host.contains([':', '[', ']'])
        };
        let wrong = registry.text().split(',').filter(|pair| !is_pair(pair));
        errors.extend(wrong.map(|_| registry.invalid(PAIRS)));
    }
    errors.extend(source.at("volume").need());
    errors
}

fn fibre_channel(source: &Field<'_>) -> Errors {
    let (names, ids, unit) = (
        source.at("targetWWNs"),
        source.at("wwids"),
        source.at("lun"),
    );
    let mut errors = Errors::new();
    if names.is_empty() && ids.is_empty() {
        errors.push(names.required("must specify either targetWWNs or wwids, but not both"));
    }
    if !names.is_empty() && !ids.is_empty() {
        errors.push(names.invalid("targetWWNs and wwids can not be specified simultaneously"));
    }
    if !names.is_empty() {
        if unit.is_set() {
            errors.extend(unit.within(0, 255));
        } else {
            errors.push(unit.required("lun is required if targetWWNs is specified"));
        }
    }
    errors
}

fn flex(source: &Field<'_>) -> Errors {
    let mut errors = needed(source, &["driver"]);
    let options = source.at("options");
    for key in options.keys() {
        let namespace = key.split('/').next().unwrap_or_default();
        let namespace = format!(".{}", namespace.to_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            let why = "kubernetes.io and k8s.io namespaces are reserved";
            errors.push(options.key(key).error(FieldReason::Invalid, key, why));
        }
    }
    errors
}

fn azure_disk(source: &Field<'_>) -> Errors {
    const MANAGED: &str = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
    const BLOB: &str =
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    let mut errors = needed(source, &["diskName", "diskURI"]);
    let (caching, kind, uri) = (
        source.at("cachingMode"),
        source.at("kind"),
        source.at("diskURI"),
    );
    if caching.is_set() {
        errors.extend(caching.one_of(&["None", "ReadOnly", "ReadWrite"]));
    }
    if !kind.is_set() {
        return errors;
    }
    errors.extend(kind.one_of(&["Dedicated", "Managed", "Shared"]));
    let (start, form) = if kind.text() == "Managed" {
        ("/subscriptions/", MANAGED)
    } else {
        ("https://", BLOB)
    };
    if !uri.text().starts_with(start) {
        errors.push(uri.not_supported(&[form]));
    }
    errors
}

fn storage_os(source: &Field<'_>) -> Errors {
    let mut errors = source.at("volumeName").need_text(dns_label);
    let namespace = source.at("volumeNamespace");
    if !namespace.is_empty() {
        errors.extend(namespace.complaints(dns_label));
    }
    with_secret(errors, source)
}
