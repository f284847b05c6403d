//! Environment variables of a container, and where their values come from.

use super::{
    super::super::{
        field::{Errors, Field},
        names::{config_key, dns_label, dns_subdomain, qualified},
        query::supported,
    },
    all_containers, names,
};
use crate::{FieldReason, types::Quantity};

const OF_OBJECTS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

const OF_CONTAINERS: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

pub(super) fn variables(variables: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for variable in variables.items() {
        errors.extend(variable.at("name").need_text(names::variable));
        let source = variable.at("valueFrom");
        if source.is_set() {
            errors.extend(value_from(&source, variable.at("value").text()));
        }
    }
    errors
}

fn value_from(source: &Field<'_>, value: &str) -> Errors {
    let mut errors = Errors::new();
    let field = source.at("fieldRef");
    if field.is_set() {
        errors.extend(field_of_object(&field, OF_OBJECTS));
    }
    let resource = source.at("resourceFieldRef");
    if resource.is_set() {
        errors.extend(field_of_container(&resource, false));
    }
    for name in ["configMapKeyRef", "secretKeyRef"] {
        let key = source.at(name);
        if key.is_set() {
            errors.extend(key.at("name").complaints(dns_subdomain));
            errors.extend(key.at("key").need_text(config_key));
        }
    }
    let file = source.at("fileKeyRef");
    if file.is_set() {
        errors.extend(file.at("key").need_text(names::variable));
        errors.extend(file.at("volumeName").need_text(dns_label));
        errors.extend(file.at("path").need_text(names::no_backsteps));
    }
    let sources = [
        "fieldRef",
        "resourceFieldRef",
        "configMapKeyRef",
        "secretKeyRef",
        "fileKeyRef",
    ];
    let count = sources.iter().filter(|it| source.at(it).is_set()).count();
    let wrong = match count {
        0 => Some(
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        ),
        _ if !value.is_empty() => Some("may not be specified when `value` is not empty"),
        1 => None,
        _ => Some("may not have more than one field specified at a time"),
    };
    errors.extend(wrong.map(|why| source.error(FieldReason::Invalid, "", why)));
    errors
}

/// A field of the pod itself; which there are differs between variables and volumes.
pub(super) fn field_of_object(field: &Field<'_>, known: &[&str]) -> Errors {
    let (version, path) = (field.at("apiVersion"), field.at("fieldPath"));
    if let Some(error) = version.need().or_else(|| path.need()) {
        return vec![error];
    }
    let wrong = |why: String| vec![path.invalid(format!("error converting fieldPath: {why}"))];
    if version.text() != "v1" {
        return wrong(format!("unsupported pod version: {}", version.text()));
    }
    if let Some((map, key)) = subscripted(path.text()) {
        let key = match map {
            "metadata.annotations" => key.to_lowercase(),
            "metadata.labels" => key.to_owned(),
            _ => {
                return wrong(format!(
                    "field label does not support subscript: {}",
                    path.text()
                ));
            }
        };
        let complaints = qualified(&key).into_iter();
        return complaints
            .map(|why| field.error(FieldReason::Invalid, key.as_str(), why))
            .collect();
    }
    let label = match path.text() {
        "spec.host" => "spec.nodeName",
        label => label,
    };
    let is_label = OF_OBJECTS.contains(&label)
        || matches!(
            label,
            "metadata.annotations"
                | "metadata.labels"
                | "spec.restartPolicy"
                | "spec.schedulerName"
                | "status.phase"
        );
    if !is_label {
        return wrong(format!("field label not supported: {label}"));
    }
    if known.contains(&label) {
        return Errors::new();
    }
    vec![path.error(FieldReason::NotSupported, label, supported(known))]
}

/// `metadata.labels['key']`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    let (map, key) = path.strip_suffix("']")?.split_once("['")?;
    (!map.is_empty()).then_some((map, key))
}

/// What a container asks for or is held to.
pub(super) fn field_of_container(field: &Field<'_>, of_volume: bool) -> Errors {
    let mut errors = Errors::new();
    let resource = field.at("resource");
    let name = resource.text();
    let of_huge_pages =
        name.starts_with("requests.hugepages-") || name.starts_with("limits.hugepages-");
    if of_volume && field.at("containerName").is_empty() {
        errors.push(field.at("containerName").required(""));
    } else if name.is_empty() {
        errors.push(resource.required(""));
    } else if !OF_CONTAINERS.contains(&name) && !of_huge_pages {
        errors.push(resource.not_supported(OF_CONTAINERS));
    }
    errors.extend(divisor(field, name, of_huge_pages));
    errors
}

fn divisor(field: &Field<'_>, resource: &str, of_huge_pages: bool) -> Errors {
    const SIZES: &[&str] = &[
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ];
    let divisor = field.at("divisor");
    let Ok(amount) = Quantity::parse(divisor.text()) else {
        return Errors::new();
    };
    if amount.is_zero() {
        return Errors::new();
    }
    let amount = amount.to_string();
    let what = match resource {
        "limits.cpu" | "requests.cpu" => {
            let is_known = ["1m", "1"].contains(&amount.as_str());
            let why = "only divisor's values 1m and 1 are supported with the cpu resource";
            let error = (!is_known).then(|| divisor.error(FieldReason::Invalid, resource, why));
            return error.into_iter().collect();
        }
        "limits.memory" | "requests.memory" => "memory",
        "limits.ephemeral-storage" | "requests.ephemeral-storage" => "local ephemeral storage",
        _ if of_huge_pages => "hugepages",
        _ => return Errors::new(),
    };
    if SIZES.contains(&amount.as_str()) {
        return Errors::new();
    }
    let why = format!(
        "only divisor's values {} are supported with the {what} resource",
        SIZES.join(", ")
    );
    vec![divisor.error(FieldReason::Invalid, resource, why)]
}

pub(super) fn sources(sources: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for source in sources.items() {
        let prefix = source.at("prefix");
        if !prefix.is_empty() {
            errors.extend(prefix.complaints(names::variable));
        }
        let mut count = 0;
        for name in ["configMapRef", "secretRef"] {
            let object = source.at(name);
            if object.is_set() {
                count += 1;
                errors.extend(object.at("name").need_text(names::prefix_of_object));
            }
        }
        let wrong = match count {
            0 => "must specify one of: `configMapRef` or `secretRef`",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        errors.push(sources.error(FieldReason::Invalid, "", wrong));
    }
    errors
}

/// Files that variables are read from are in volumes that begin empty.
pub(super) fn files_are_in_empty_dirs(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for container in all_containers(spec) {
        for variable in container.at("env").items() {
            let file = variable.at("valueFrom").at("fileKeyRef");
            if !file.is_set() {
                continue;
            }
            let name = file.at("volumeName");
            let mut volumes = spec
                .at("volumes")
                .items()
                .collect::<Vec<_>>()
                .into_iter()
                .rev();
            let volume = volumes.find(|it| it.at("name").text() == name.text());
            match volume {
                None => errors.push(name.not_found()),
                Some(volume) if !volume.at("emptyDir").is_set() => errors.push(name.error(
                    FieldReason::Invalid,
                    name.text(),
                    "referenced volume must be of type emptyDir",
                )),
                Some(_) => {}
            }
        }
    }
    errors
}
