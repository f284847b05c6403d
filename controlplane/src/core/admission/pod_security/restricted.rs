//! What the standard `restricted` asks besides: that a pod does without what it has no need of.

use std::collections::BTreeSet;

use super::{
    baseline::{added_capabilities, is_confined, seccomp_profile, seccomp_type},
    checks::Violation,
    pod::{Pod, items, number, quoted, uses},
};

/// A rule that says nothing of pods for Windows.
pub(super) fn on_linux(pod: Pod<'_>, rule: fn(Pod<'_>) -> Option<Violation>) -> Option<Violation> {
    (!pod.is_for_windows()).then(|| rule(pod))?
}

/// A rule that says nothing of pods whose users are none of the node's.
pub(super) fn with_users_of_node(
    pod: Pod<'_>,
    rule: fn(Pod<'_>) -> Option<Violation>,
) -> Option<Violation> {
    (!pod.has_own_users()).then(|| rule(pod))?
}

pub(super) fn privilege_escalation(pod: Pod<'_>) -> Option<Violation> {
    let containers = pod.containers_that(|it| it.security()["allowPrivilegeEscalation"] != false);
    (!containers.is_empty()).then(|| {
        let detail =
            format!("{containers} must set securityContext.allowPrivilegeEscalation=false");
        Violation::new("allowPrivilegeEscalation != false", detail)
    })
}

pub(super) fn capabilities(pod: Pod<'_>) -> Option<Violation> {
    let keep = pod.containers_that(|container| {
        let mut dropped = items(&container.security()["capabilities"]["drop"]);
        !dropped.any(|one| one == "ALL")
    });
    let keep = (!keep.is_empty())
        .then(|| format!("{keep} must set securityContext.capabilities.drop=[\"ALL\"]"));
    let add = added_capabilities(pod, &["NET_BIND_SERVICE"]);
    let wrong: Vec<_> = keep.into_iter().chain(add).collect();
    (!wrong.is_empty()).then(|| Violation::new("unrestricted capabilities", wrong.join("; ")))
}

const ALLOWED_VOLUMES: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

pub(super) fn volumes(pod: Pod<'_>) -> Option<Violation> {
    let (mut names, mut types) = (Vec::new(), BTreeSet::new());
    for volume in pod.volumes() {
        let fields = volume.as_object().into_iter().flatten();
        let mut sources = fields.filter(|(name, it)| *name != "name" && !it.is_null());
        let source = sources.next().map(|(name, _)| name.as_str());
        if source.is_none_or(|it| !ALLOWED_VOLUMES.contains(&it)) {
            names.extend(volume["name"].as_str());
            types.insert(source.unwrap_or("unknown"));
        }
    }
    (!names.is_empty()).then(|| {
        let detail = format!(
            "{} {} {} {} {}",
            number("volume", names.len()),
            quoted(&names),
            uses(names.len()),
            number("restricted volume type", types.len()),
            quoted(&types)
        );
        Violation::new("restricted volume types", detail)
    })
}

pub(super) fn run_as_non_root(pod: Pod<'_>) -> Option<Violation> {
    const REASON: &str = "runAsNonRoot != true";
    let setters = pod.setters_that(|context| context["runAsNonRoot"] == false);
    if !setters.is_empty() {
        let detail = format!("{setters} must not set securityContext.runAsNonRoot=false");
        return Some(Violation::new(REASON, detail));
    }
    if pod.security()["runAsNonRoot"] == true {
        return None;
    }
    let silent = pod.containers_that(|it| it.security()["runAsNonRoot"].is_null());
    (!silent.is_empty()).then(|| {
        let detail = format!("pod or {silent} must set securityContext.runAsNonRoot=true");
        Violation::new(REASON, detail)
    })
}

pub(super) fn run_as_user(pod: Pod<'_>) -> Option<Violation> {
    let setters = pod.setters_that(|context| context["runAsUser"] == 0);
    (!setters.is_empty())
        .then(|| Violation::new("runAsUser=0", format!("{setters} must not set runAsUser=0")))
}

pub(super) fn seccomp(pod: Pod<'_>) -> Option<Violation> {
    if let Some(unconfined) = seccomp_profile(pod) {
        return Some(unconfined);
    }
    if seccomp_type(pod.security()).is_some_and(is_confined) {
        return None;
    }
    let silent = pod.containers_that(|it| seccomp_type(it.security()).is_none());
    (!silent.is_empty()).then(|| {
        let detail = format!(
            "pod or {silent} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""
        );
        Violation::new("seccompProfile", detail)
    })
}
