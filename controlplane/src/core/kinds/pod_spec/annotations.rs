//! Annotations that say something of a pod, most of them from before there were fields for it.

use super::{
    super::super::{
        field::{Errors, Field},
        names::qualified,
    },
    all_containers, names, tolerations,
};
use crate::FieldReason;

const MIRROR: &str = "kubernetes.io/config.mirror";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const SECCOMP: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_OF: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR_OF: &str = "container.apparmor.security.beta.kubernetes.io/";

/// More bytes of annotations are refused.
const LIMIT: usize = 256 * 1024;

/// What is wrong with annotations, whatever they are about.
pub(super) fn well_formed(annotations: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for (name, _) in annotations.texts() {
        let complaints = qualified(&name.to_lowercase()).into_iter();
        errors.extend(complaints.map(|why| annotations.error(FieldReason::Invalid, name, why)));
    }
    let size: usize = annotations
        .texts()
        .map(|(name, it)| name.len() + it.len())
        .sum();
    if size > LIMIT {
        errors.push(annotations.too_long(LIMIT));
    }
    errors
}

/// What is wrong with those that are about a pod.
pub(in super::super) fn of_pod(annotations: &Field<'_>, spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let mirror = annotations.key(MIRROR);
    if mirror.is_set() && spec.at("nodeName").is_empty() {
        errors.push(mirror.invalid("must set spec.nodeName if mirror pod annotation is set"));
    }
    errors.extend(tolerations_in(annotations));
    let cost = annotations.key(DELETION_COST);
    if cost.is_set() && !is_cost(cost.text()) {
        errors.push(cost.invalid("must be a 32bit integer"));
    }
    for (key, profile) in annotations.texts() {
        if key == SECCOMP || key.starts_with(SECCOMP_OF) {
            let field = annotations.key(key).named(annotations.at(key).path());
            errors.extend(seccomp(&field, profile));
        }
    }
    for (key, profile) in annotations.texts() {
        let Some(container) = key.strip_prefix(APP_ARMOR_OF) else {
            continue;
        };
        let field = annotations.key(key);
        let all = all_containers(spec);
        if !all.iter().any(|it| it.at("name").text() == container) {
            errors.push(field.error(FieldReason::Invalid, container, "container not found"));
        }
        let is_known = matches!(profile, "" | "runtime/default" | "unconfined")
            || profile.starts_with("localhost/");
        if !is_known {
            errors.push(field.invalid(format!("invalid AppArmor profile name: {profile:?}")));
        }
    }
    errors
}

/// What of a pod's annotations may not be changed, and what is wrong with them now.
pub(in super::super) fn changed(new: &Field<'_>, old: &Field<'_>, spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let forbid = |field: Field<'_>, verb: &str, errors: &mut Errors| {
        let name = field.path().to_owned();
        if name.contains(APP_ARMOR_OF) {
            errors.push(field.forbidden(format!("may not {verb} AppArmor annotations")));
        }
        if name.ends_with(&format!("[{MIRROR}]")) {
            errors.push(field.forbidden(format!("may not {verb} mirror pod annotation")));
        }
    };
    for (key, value) in old.texts() {
        if new.key(key).value() != value {
            forbid(new.key(key), "remove or update", &mut errors);
        }
    }
    for key in new.keys().filter(|key| !old.key(key).is_set()) {
        forbid(new.key(key), "add", &mut errors);
    }
    errors.extend(of_pod(new, spec));
    errors
}

fn tolerations_in(annotations: &Field<'_>) -> Errors {
    let text = annotations.key(TOLERATIONS);
    if text.is_empty() {
        return Errors::new();
    }
    match serde_json::from_str(text.text()) {
        Ok(value) => tolerations(&Field::new(annotations.at(TOLERATIONS).path(), &value)),
        Err(why) => vec![annotations.error(FieldReason::Invalid, TOLERATIONS, why.to_string())],
    }
}

/// A number of 32 bits, written without a plus or zeros before it.
fn is_cost(text: &str) -> bool {
    let is_canonical = text == "0" || !text.starts_with(['+', '0']);
    is_canonical && text.parse::<i32>().is_ok()
}

fn seccomp(field: &Field<'_>, profile: &str) -> Errors {
    if matches!(profile, "runtime/default" | "docker/default" | "unconfined") {
        return Errors::new();
    }
    let Some(path) = profile.strip_prefix("localhost/") else {
        return vec![field.invalid("must be a valid seccomp profile")];
    };
    let complaints = names::descending(path).into_iter();
    complaints
        .map(|why| field.error(FieldReason::Invalid, path, why))
        .collect()
}

/// Annotations and the fields that took their place must not differ.
pub(in super::super) fn match_fields(annotations: &Field<'_>, spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let of_pod = spec.at("securityContext");
    errors.extend(same(
        "seccomp",
        &annotations.key(SECCOMP),
        &of_pod.at("seccompProfile"),
    ));
    let containers = all_containers(spec);
    for container in &containers {
        let annotation = annotations.key(&format!("{SECCOMP_OF}{}", container.at("name").text()));
        let profile = container.at("securityContext").at("seccompProfile");
        errors.extend(same("seccomp", &annotation, &profile));
    }
    if spec.at("os").at("name").text() == "windows" {
        return errors;
    }
    for container in &containers {
        let annotation = annotations.key(&format!("{APP_ARMOR_OF}{}", container.at("name").text()));
        let own = container.at("securityContext").at("appArmorProfile");
        let profile = if own.is_set() {
            own
        } else {
            of_pod.at("appArmorProfile").named(own.path())
        };
        errors.extend(same("apparmor", &annotation, &profile));
    }
    errors
}

fn same(what: &str, annotation: &Field<'_>, profile: &Field<'_>) -> Errors {
    let text = annotation.text();
    if !annotation.is_set() || !profile.is_set() {
        return Errors::new();
    }
    let local = profile.at("localhostProfile");
    let is_same_type = match profile.at("type").text() {
        "Unconfined" => text == "unconfined",
        "RuntimeDefault" => {
            text == "runtime/default" || (what == "seccomp" && text == "docker/default")
        }
        "Localhost" => text.starts_with("localhost/"),
        _ => true,
    };
    if !is_same_type {
        let why = format!("{what} type in annotation and field must match");
        return vec![profile.at("type").forbidden(why)];
    }
    let is_local = profile.at("type").text() == "Localhost";
    if is_local && text.strip_prefix("localhost/") != Some(local.text()) {
        let why = format!("{what} profile in annotation and field must match");
        return vec![local.forbidden(why)];
    }
    Errors::new()
}
