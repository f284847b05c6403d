//! The system that a pod is for, and what makes no sense on it.

use super::{
    super::super::field::{Errors, Field},
    all_containers,
};

pub(super) fn name<'a>(spec: &Field<'a>) -> &'a str {
    spec.at("os").at("name").text()
}

pub(super) fn operating_system(spec: &Field<'_>) -> Errors {
    let system = spec.at("os");
    if !system.is_set() {
        return Errors::new();
    }
    match name(spec) {
        "" => vec![system.at("name").required("")],
        "linux" => linux(spec),
        "windows" => windows(spec),
        _ => {
            let name = system.at("name").named(system.path());
            vec![name.not_supported(&["linux", "windows"])]
        }
    }
}

fn linux(spec: &Field<'_>) -> Errors {
    let mut contexts = vec![spec.at("securityContext")];
    let containers = all_containers(spec).into_iter();
    contexts.extend(containers.map(|it| it.at("securityContext")));
    let options = contexts.iter().map(|it| it.at("windowsOptions"));
    options
        .filter(Field::is_set)
        .map(|it| it.forbidden("windows options cannot be set for a linux pod"))
        .collect()
}

fn windows(spec: &Field<'_>) -> Errors {
    let of_pod = spec.at("securityContext");
    let mut forbidden = vec![
        of_pod.at("appArmorProfile"),
        of_pod.at("seLinuxOptions"),
        spec.at("hostUsers"),
        spec.at("hostPID"),
        spec.at("hostIPC"),
        of_pod.at("seccompProfile"),
        of_pod.at("fsGroup"),
        of_pod.at("fsGroupChangePolicy"),
        of_pod.at("sysctls"),
        spec.at("shareProcessNamespace"),
        of_pod.at("runAsUser"),
        of_pod.at("runAsGroup"),
        of_pod.at("supplementalGroups"),
        of_pod.at("supplementalGroupsPolicy"),
        of_pod.at("seLinuxChangePolicy"),
    ];
    for container in all_containers(spec) {
        let context = container.at("securityContext");
        let of_container = [
            "appArmorProfile",
            "seLinuxOptions",
            "seccompProfile",
            "capabilities",
            "readOnlyRootFilesystem",
            "privileged",
            "allowPrivilegeEscalation",
            "procMount",
            "runAsUser",
            "runAsGroup",
        ];
        forbidden.extend(of_container.map(|name| context.at(name)));
    }
    let set = forbidden.into_iter().filter(Field::is_set);
    set.map(|it| it.forbidden("cannot be set for a windows pod"))
        .collect()
}
