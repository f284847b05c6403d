//! What the standard `baseline` asks: that a pod gets no hold of its node.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    checks::Violation,
    pod::{Container, Pod, Setters, items, number, quoted},
};
use crate::go;

pub(super) fn app_armor_profile(pod: Pod<'_>) -> Option<Violation> {
    const OF_CONTAINER: &str = "container.apparmor.security.beta.kubernetes.io/";
    let mut types = BTreeSet::new();
    let setters = pod.setters_that(|context| {
        let profile = &context["appArmorProfile"];
        let of_type = profile["type"].as_str().unwrap_or_default();
        let is_bad = profile.is_object() && !matches!(of_type, "RuntimeDefault" | "Localhost");
        if is_bad {
            types.insert(of_type.to_owned());
        }
        is_bad
    });
    let mut annotations: Vec<_> = pod
        .annotations()
        .filter(|(key, profile)| {
            let is_allowed = matches!(*profile, "" | "runtime/default");
            key.starts_with(OF_CONTAINER) && !is_allowed && !profile.starts_with("localhost/")
        })
        .map(|(key, profile)| format!("{key}={}", go::quoted(profile)))
        .collect();
    annotations.sort();
    let mut who = Vec::new();
    if !setters.is_empty() {
        who.push(setters.to_string());
    }
    if !annotations.is_empty() {
        who.push(number("annotation", annotations.len()));
    }
    let profiles: Vec<_> = types.into_iter().chain(annotations).collect();
    (!who.is_empty()).then(|| {
        Violation::new(
            number("forbidden AppArmor profile", profiles.len()),
            format!(
                "{} must not set AppArmor profile type to {}",
                who.join(" and "),
                quoted(&profiles)
            ),
        )
    })
}

const DEFAULT_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

pub(super) fn capabilities(pod: Pod<'_>) -> Option<Violation> {
    let detail = added_capabilities(pod, &DEFAULT_CAPABILITIES)?;
    Some(Violation::new("non-default capabilities", detail))
}

/// Which containers add capabilities besides those that are allowed.
pub(super) fn added_capabilities(pod: Pod<'_>, allowed: &[&str]) -> Option<String> {
    let mut others = BTreeSet::new();
    let containers = pod.containers_that(|container| {
        let added = items(&container.security()["capabilities"]["add"]).filter_map(Value::as_str);
        let more: Vec<_> = added.filter(|one| !allowed.contains(one)).collect();
        others.extend(more.iter().copied());
        !more.is_empty()
    });
    (!containers.is_empty()).then(|| {
        format!(
            "{containers} must not include {} in securityContext.capabilities.add",
            quoted(&others)
        )
    })
}

pub(super) fn host_namespaces(pod: Pod<'_>) -> Option<Violation> {
    let all = ["hostNetwork", "hostPID", "hostIPC"].into_iter();
    let shared: Vec<_> = all
        .filter(|name| pod.spec[name] == true)
        .map(|name| format!("{name}=true"))
        .collect();
    (!shared.is_empty()).then(|| Violation::new("host namespaces", shared.join(", ")))
}

pub(super) fn host_path_volumes(pod: Pod<'_>) -> Option<Violation> {
    let names: Vec<_> = pod
        .volumes()
        .filter(|volume| !volume["hostPath"].is_null())
        .filter_map(|volume| volume["name"].as_str())
        .collect();
    (!names.is_empty()).then(|| {
        let detail = format!("{} {}", number("volume", names.len()), quoted(&names));
        Violation::new("hostPath volumes", detail)
    })
}

pub(super) fn host_ports(pod: Pod<'_>) -> Option<Violation> {
    let mut ports = BTreeSet::new();
    let containers = pod.containers_that(|container| {
        let used = items(&container.0["ports"]).filter_map(|port| port["hostPort"].as_i64());
        let used: Vec<_> = used.filter(|port| *port != 0).collect();
        ports.extend(used.iter().map(i64::to_string));
        !used.is_empty()
    });
    (!containers.is_empty()).then(|| {
        let listed: Vec<_> = ports.iter().map(String::as_str).collect();
        let detail = format!(
            "{containers} {} {} {}",
            containers.uses(),
            number("hostPort", ports.len()),
            listed.join(", ")
        );
        Violation::new("hostPort", detail)
    })
}

pub(super) fn host_probes(pod: Pod<'_>) -> Option<Violation> {
    let mut hosts = BTreeSet::new();
    let containers = pod.containers_that(|container| {
        let named = probed_hosts(container);
        hosts.extend(named.iter().copied());
        !named.is_empty()
    });
    (!containers.is_empty()).then(|| {
        let containers = containers.sorted();
        let detail = format!(
            "{containers} {} {} {}",
            containers.uses(),
            number("probe or lifecycle host", hosts.len()),
            quoted(&hosts)
        );
        Violation::new("probe or lifecycle host", detail)
    })
}

/// The hosts that a container's probes and hooks name.
fn probed_hosts(container: Container<'_>) -> Vec<&str> {
    let Container(it) = container;
    let handlers = [
        &it["livenessProbe"],
        &it["readinessProbe"],
        &it["startupProbe"],
        &it["lifecycle"]["postStart"],
        &it["lifecycle"]["preStop"],
    ];
    let by = ["httpGet", "tcpSocket"];
    let hosts = handlers
        .into_iter()
        .flat_map(|handler| by.map(|way| &handler[way]["host"]));
    let named = hosts.filter_map(Value::as_str);
    named.filter(|host| !host.is_empty()).collect()
}

pub(super) fn privileged(pod: Pod<'_>) -> Option<Violation> {
    let containers = pod.containers_that(|it| it.security()["privileged"] == true);
    (!containers.is_empty()).then(|| {
        let detail = format!("{containers} must not set securityContext.privileged=true");
        Violation::new("privileged", detail)
    })
}

pub(super) fn proc_mount(pod: Pod<'_>) -> Option<Violation> {
    let mut types = BTreeSet::new();
    let containers = pod.containers_that(|container| {
        let mount = container.security()["procMount"].as_str();
        let mount = mount.filter(|it| *it != "Default");
        types.extend(mount);
        mount.is_some()
    });
    (!containers.is_empty()).then(|| {
        let detail = format!(
            "{containers} must not set securityContext.procMount to {}",
            quoted(&types)
        );
        Violation::new("procMount", detail)
    })
}

pub(super) fn se_linux_options(pod: Pod<'_>) -> Option<Violation> {
    se_linux(
        pod,
        &["", "container_t", "container_init_t", "container_kvm_t"],
    )
}

pub(super) fn se_linux_options_with_engine(pod: Pod<'_>) -> Option<Violation> {
    let allowed = [
        "",
        "container_t",
        "container_init_t",
        "container_kvm_t",
        "container_engine_t",
    ];
    se_linux(pod, &allowed)
}

fn se_linux(pod: Pod<'_>, allowed: &[&str]) -> Option<Violation> {
    let mut types = BTreeSet::new();
    let (mut user, mut role) = (false, false);
    let setters = pod.setters_that(|context| {
        let text = |name: &str| {
            let value = context["seLinuxOptions"][name].as_str();
            value.unwrap_or_default()
        };
        let is_other = !allowed.contains(&text("type"));
        if is_other {
            types.insert(text("type"));
        }
        let sets = |name| !text(name).is_empty();
        user |= sets("user");
        role |= sets("role");
        is_other || sets("user") || sets("role")
    });
    let mut wrong = Vec::new();
    if !types.is_empty() {
        wrong.push(format!(
            "{} {}",
            number("type", types.len()),
            quoted(&types)
        ));
    }
    wrong.extend(user.then(|| "user may not be set".to_owned()));
    wrong.extend(role.then(|| "role may not be set".to_owned()));
    (!setters.is_empty()).then(|| {
        let detail = format!(
            "{setters} set forbidden securityContext.seLinuxOptions: {}",
            wrong.join("; ")
        );
        Violation::new("seLinuxOptions", detail)
    })
}

/// Until there were fields for it.
pub(super) fn seccomp_annotations(pod: Pod<'_>) -> Option<Violation> {
    const OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
    const OF_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
    let is_asked = |key: &str| {
        let container = key.strip_prefix(OF_CONTAINER);
        let is_there = |name: &str| pod.containers().any(|one| one.name() == name);
        key == OF_POD || container.is_some_and(is_there)
    };
    let is_allowed = |profile: &str| {
        matches!(profile, "runtime/default" | "docker/default") || profile.starts_with("localhost/")
    };
    let forbidden: BTreeSet<_> = pod
        .annotations()
        .filter(|(key, profile)| is_asked(key) && !is_allowed(profile))
        .map(|(key, profile)| format!("{key}={}", go::quoted(profile)))
        .collect();
    (!forbidden.is_empty()).then(|| {
        let word = number("annotation", forbidden.len());
        let listed: Vec<_> = forbidden.into_iter().collect();
        let detail = format!("forbidden {word} {}", listed.join(", "));
        Violation::new("seccompProfile", detail)
    })
}

pub(super) fn seccomp_profile(pod: Pod<'_>) -> Option<Violation> {
    let mut types = BTreeSet::new();
    let setters = pod.setters_that(|context| {
        let profile = seccomp_type(context).filter(|it| !is_confined(it));
        types.extend(profile);
        profile.is_some()
    });
    (!setters.is_empty()).then(|| unconfined(&setters, &types))
}

fn unconfined(setters: &Setters<'_>, types: &BTreeSet<&str>) -> Violation {
    let detail = format!(
        "{setters} must not set securityContext.seccompProfile.type to {}",
        quoted(types)
    );
    Violation::new("seccompProfile", detail)
}

/// The type of the profile of a security context that has one.
pub(super) fn seccomp_type(context: &Value) -> Option<&str> {
    let profile = context["seccompProfile"].as_object()?;
    let of_type = profile.get("type").and_then(Value::as_str);
    Some(of_type.unwrap_or_default())
}

pub(super) fn is_confined(seccomp: &str) -> bool {
    matches!(seccomp, "Localhost" | "RuntimeDefault")
}

/// Those that are the pod's own and harm no other, by the minor release that knew of them.
const SAFE_SYSCTLS: [(&str, u8); 12] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
];

pub(super) fn sysctls<const MINOR: u8>(pod: Pod<'_>) -> Option<Violation> {
    let names = items(&pod.security()["sysctls"]).filter_map(|it| it["name"].as_str());
    let is_safe = |name: &str| {
        let mut known = SAFE_SYSCTLS.iter();
        known.any(|(safe, since)| *safe == name && *since <= MINOR)
    };
    let forbidden: Vec<_> = names.filter(|name| !is_safe(name)).collect();
    (!forbidden.is_empty()).then(|| Violation::new("forbidden sysctls", forbidden.join(", ")))
}

pub(super) fn windows_host_process(pod: Pod<'_>) -> Option<Violation> {
    let setters = pod.setters_that(|it| it["windowsOptions"]["hostProcess"] == true);
    (!setters.is_empty()).then(|| {
        let detail =
            format!("{setters} must not set securityContext.windowsOptions.hostProcess=true");
        Violation::new("hostProcess", detail)
    })
}
