//! Where volumes appear in a container: as folders, or as devices.

use super::{
    super::super::field::{Errors, Field},
    names,
    volumes::Volumes,
};

pub(super) fn mounts(container: &Field<'_>, volumes: &Volumes<'_>) -> Errors {
    let mut errors = Errors::new();
    let mounts = container.at("volumeMounts");
    let devices = last_of_each(&container.at("volumeDevices"), "devicePath");
    let mut paths = Vec::new();
    for mount in mounts.items() {
        let (name, path) = (mount.at("name"), mount.at("mountPath"));
        errors.extend(name.need());
        if !volumes.contains_key(name.text()) {
            errors.push(name.not_found());
        }
        errors.extend(path.need());
        if paths.contains(&path.text()) {
            errors.push(path.invalid("must be unique"));
        }
        paths.push(path.text());
        if devices.iter().any(|(device, _)| *device == name.text()) {
            errors.push(name.invalid("must not already exist in volumeDevices"));
        }
        if devices.iter().any(|(_, device)| *device == path.text()) {
            errors.push(path.invalid("must not already exist as a path in volumeDevices"));
        }
        errors.extend(sub_paths(&mounts, &mount));
        errors.extend(propagation(&mounts, &mount, container));
        errors.extend(recursive_read_only(&mounts, &mount));
    }
    errors
}

fn sub_paths(mounts: &Field<'_>, mount: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let (path, expression) = (mount.at("subPath"), mount.at("subPathExpr"));
    // These are named without the index of their mount.
    let without_index = |field: &Field<'_>, name: &str| {
        let field = Field::new(format!("{}.{name}", mounts.path()), field.value());
        field.complaints(names::descending)
    };
    if !path.is_empty() {
        errors.extend(without_index(&path, "subPath"));
    }
    if !expression.is_empty() {
        if !path.is_empty() {
            errors.push(expression.invalid("subPathExpr and subPath are mutually exclusive"));
        }
        errors.extend(without_index(&expression, "subPathExpr"));
    }
    errors
}

fn propagation(mounts: &Field<'_>, mount: &Field<'_>, container: &Field<'_>) -> Errors {
    let mode = mount.at("mountPropagation");
    if !mode.is_set() {
        return Errors::new();
    }
    let mode = mode.named(format!("{}.mountPropagation", mounts.path()));
    let mut errors = Errors::new();
    errors.extend(mode.one_of(&["Bidirectional", "HostToContainer", "None"]));
    let is_privileged = container.at("securityContext").at("privileged").is_true();
    if mode.text() == "Bidirectional" && !is_privileged {
        errors.push(mode.forbidden(
            "Bidirectional mount propagation is available only to privileged containers",
        ));
    }
    errors
}

fn recursive_read_only(mounts: &Field<'_>, mount: &Field<'_>) -> Errors {
    let mode = mount.at("recursiveReadOnly");
    if !mode.is_set() {
        return Errors::new();
    }
    let mode = mode.named(format!("{}.recursiveReadOnly", mounts.path()));
    let mut errors = Errors::new();
    match mode.text() {
        "Disabled" => {}
        "Enabled" | "IfPossible" => {
            if !mount.at("readOnly").is_true() {
                errors.push(mode.forbidden("may only be specified when readOnly is true"));
            }
            let propagation = mount.at("mountPropagation");
            if propagation.is_set() && propagation.text() != "None" {
                errors.push(mode.forbidden(
                    "may only be specified when mountPropagation is None or not specified",
                ));
            }
        }
        _ => errors.push(mode.not_supported(&["Disabled", "Enabled", "IfPossible"])),
    }
    errors
}

pub(super) fn devices(container: &Field<'_>, volumes: &Volumes<'_>) -> Errors {
    let mut errors = Errors::new();
    let mounts = last_of_each(&container.at("volumeMounts"), "mountPath");
    let (mut names, mut paths) = (Vec::new(), Vec::new());
    for device in container.at("volumeDevices").items() {
        let (name, path) = (device.at("name"), device.at("devicePath"));
        errors.extend(name.need());
        if names.contains(&name.text()) {
            errors.push(name.invalid("must be unique"));
        }
        match volumes.get(name.text()) {
            None => errors.push(name.not_found()),
            Some(volume) => {
                let is_claim =
                    volume.at("persistentVolumeClaim").is_set() || volume.at("ephemeral").is_set();
                if !is_claim {
                    errors.push(name.invalid("can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"));
                }
            }
        }
        errors.extend(path.need());
        if paths.contains(&path.text()) {
            errors.push(path.invalid("must be unique"));
        }
        if names::no_backsteps(path.text()).is_empty() {
            paths.push(path.text());
        } else {
            errors.push(path.invalid("can not contain backsteps ('..')"));
        }
        if mounts.iter().any(|(mount, _)| *mount == name.text()) {
            errors.push(name.invalid("must not already exist in volumeMounts"));
        }
        if mounts.iter().any(|(_, mount)| *mount == path.text()) {
            errors.push(path.invalid("must not already exist as a path in volumeMounts"));
        }
        if !name.is_empty() {
            names.push(name.text());
        }
    }
    errors
}

/// Names with their paths; of a name that is there twice the last.
fn last_of_each<'a>(list: &Field<'a>, path: &str) -> Vec<(&'a str, &'a str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for item in list.items() {
        let name = item.at("name").text();
        found.retain(|(other, _)| *other != name);
        found.push((name, item.at(path).text()));
    }
    found
}
