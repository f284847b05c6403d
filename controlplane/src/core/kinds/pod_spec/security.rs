//! Security contexts, of pods and of containers.

use super::{
    super::super::field::{Errors, Field},
    all_containers, names, windows,
};
use crate::{FieldReason, types};

pub(super) fn of_pod(spec: &Field<'_>) -> Errors {
    let context = spec.at("securityContext");
    let mut errors = Errors::new();
    if !context.is_set() {
        return errors;
    }
    for name in ["fsGroup", "runAsUser", "runAsGroup"] {
        errors.extend(id(&context.at(name)));
    }
    for group in context.at("supplementalGroups").items() {
        errors.extend(id(&group));
    }
    let shares = spec.at("shareProcessNamespace").is_true();
    if shares && spec.at("hostPID").is_true() {
        let field = context.at("shareProcessNamespace");
        let why = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.push(field.error(FieldReason::Invalid, true, why));
    }
    errors.extend(sysctls(spec, &context.at("sysctls")));
    let policy = |name: &str, values: &[&str]| {
        let field = context.at(name);
        field.is_set().then(|| field.one_of(values)).flatten()
    };
    errors.extend(policy("fsGroupChangePolicy", &["Always", "OnRootMismatch"]));
    errors.extend(seccomp(&context.at("seccompProfile")));
    errors.extend(windows::options(&context.at("windowsOptions")));
    errors.extend(app_armor(&context.at("appArmorProfile")));
    errors.extend(policy("supplementalGroupsPolicy", &["Merge", "Strict"]));
    errors.extend(policy("seLinuxChangePolicy", &["Recursive"]));
    errors
}

fn id(id: &Field<'_>) -> Errors {
    let wrong = id
        .is_set()
        .then(|| id.within(0, i64::from(i32::MAX)))
        .flatten();
    wrong.into_iter().collect()
}

fn sysctls(spec: &Field<'_>, sysctls: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut seen = Vec::new();
    for sysctl in sysctls.items() {
        let name = sysctl.at("name");
        if name.is_empty() {
            errors.push(name.required(""));
        } else if !names::sysctl(name.text()) {
            errors.push(name.invalid(
                r"must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
            ));
        } else if seen.contains(&name.text()) {
            errors.push(name.duplicate());
        }
        let namespace = namespace_of(name.text());
        if spec.at("hostNetwork").is_true() && namespace == Some(Shared::Network) {
            errors.push(name.invalid("may not be specified when 'hostNetwork' is true"));
        } else if spec.at("hostIPC").is_true() && namespace == Some(Shared::Ipc) {
            errors.push(name.invalid("may not be specified when 'hostIPC' is true"));
        }
        seen.push(name.text());
    }
    errors
}

/// A namespace of the kernel that pods may share with the host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    Network,
    Ipc,
}

fn namespace_of(sysctl: &str) -> Option<Shared> {
    const OF_IPC: &[&str] = &[
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
        "kernel.shm",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.msg",
    ];
    // The first separator says which of both separates.
    let separator = sysctl.find(['.', '/']).map(|at| &sysctl[at..=at]);
    let dotted: String = if separator == Some("/") {
        let swap = |letter| match letter {
            '/' => '.',
            '.' => '/',
            other => other,
        };
        sysctl.chars().map(swap).collect()
    } else {
        sysctl.into()
    };
    let name = dotted.split('*').next().unwrap_or_default();
    if name.starts_with("net.") {
        Some(Shared::Network)
    } else if OF_IPC.contains(&name) || name.starts_with("fs.mqueue.") {
        Some(Shared::Ipc)
    } else {
        None
    }
}

fn seccomp(profile: &Field<'_>) -> Errors {
    if !profile.is_set() {
        return Errors::new();
    }
    let mut errors = Errors::new();
    let (kind, local) = (profile.at("type"), profile.at("localhostProfile"));
    if kind.is_empty() {
        errors.push(kind.required("type is required when seccompProfile is set"));
    } else {
        errors.extend(kind.one_of(PROFILES));
    }
    if kind.text() != "Localhost" {
        if local.is_set() {
            let shown = types::internal("core.SeccompProfile", profile.value());
            errors.push(
                local
                    .invalid("can only be set when seccomp type is Localhost")
                    .showing(shown),
            );
        }
    } else if local.is_set() {
        errors.extend(local.complaints(names::descending));
    } else {
        errors.push(local.required("must be set when seccomp type is Localhost"));
    }
    errors
}

const PROFILES: &[&str] = &["Localhost", "RuntimeDefault", "Unconfined"];

fn app_armor(profile: &Field<'_>) -> Errors {
    if !profile.is_set() {
        return Errors::new();
    }
    let mut errors = Errors::new();
    let (kind, local) = (profile.at("type"), profile.at("localhostProfile"));
    match kind.text() {
        "" => errors.push(kind.required("type is required when appArmorProfile is set")),
        "Localhost" => {
            let missing = "must be set when AppArmor type is Localhost";
            let text = local.text();
            if text.trim() != text {
                errors.push(local.invalid("must not be padded with whitespace"));
            } else if text.is_empty() {
                errors.push(local.required(missing));
            }
            if text.len() > 4095 {
                errors.push(local.too_long(4095));
            }
        }
        "RuntimeDefault" | "Unconfined" => {
            if local.is_set() {
                errors.push(local.invalid("can only be set when AppArmor type is Localhost"));
            }
        }
        _ => errors.push(kind.not_supported(PROFILES)),
    }
    errors
}

pub(super) fn of_container(spec: &Field<'_>, container: &Field<'_>) -> Errors {
    let context = container.at("securityContext");
    let mut errors = Errors::new();
    if !context.is_set() {
        return errors;
    }
    errors.extend(id(&context.at("runAsUser")));
    errors.extend(id(&context.at("runAsGroup")));
    let proc_mount = context.at("procMount");
    if proc_mount.is_set() {
        errors.extend(proc_mount.one_of(&["Default", "Unmasked"]));
        if has_users_of_host(spec) && proc_mount.text() == "Unmasked" {
            errors.push(proc_mount.invalid("`hostUsers` must be false to use `Unmasked`"));
        }
    }
    errors.extend(seccomp(&context.at("seccompProfile")));
    if context.at("allowPrivilegeEscalation").value() == false {
        let shown = || types::internal("core.SecurityContext", context.value());
        if context.at("privileged").is_true() {
            let why = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            errors.push(context.invalid(why).showing(shown()));
        }
        let added = context.at("capabilities").at("add");
        for _ in added.items().filter(|it| it.text() == "CAP_SYS_ADMIN") {
            let why = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            errors.push(context.invalid(why).showing(shown()));
        }
    }
    errors.extend(windows::options(&context.at("windowsOptions")));
    errors.extend(app_armor(&context.at("appArmorProfile")));
    errors
}

fn has_users_of_host(spec: &Field<'_>) -> bool {
    spec.at("hostUsers").value() != false
}

/// A pod with users of its own shares little else with the host.
pub(super) fn host_users(spec: &Field<'_>) -> Errors {
    const WHY: &str = "when `hostUsers` is false";
    let mut errors = Errors::new();
    if has_users_of_host(spec) {
        return errors;
    }
    for (name, shown) in [
        ("hostNetwork", "hostNetwork"),
        ("hostPID", "HostPID"),
        ("hostIPC", "HostIPC"),
    ] {
        if spec.at(name).is_true() {
            errors.push(spec.at(shown).forbidden(WHY));
        }
    }
    for container in all_containers(spec) {
        let devices = container.at("volumeDevices");
        if !devices.is_empty() {
            errors.push(devices.forbidden(WHY));
        }
    }
    errors
}
