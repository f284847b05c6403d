//! Containers: those that run, those that run before them, those that are added to look into a pod.

use super::{
    super::super::{
        field::{Errors, Field},
        names::dns_label,
    },
    env, mounts, ports, probes, resources, security,
    volumes::Volumes,
};
use crate::{FieldError, FieldReason};

pub(super) fn containers(spec: &Field<'_>, volumes: &Volumes<'_>) -> Errors {
    let list = spec.at("containers");
    if let Some(error) = list.need() {
        return vec![error];
    }
    let mut errors = Errors::new();
    let mut names = Vec::new();
    for container in list.items() {
        errors.extend(common(spec, &container, volumes));
        let name = container.at("name");
        if names.contains(&name.text()) {
            errors.push(name.duplicate());
        } else {
            names.push(name.text());
        }
        errors.extend(probes::probes(&container, grace(spec)));
        errors.extend(restart_policy(&container));
    }
    errors.extend(ports::conflicts(list.items()));
    errors
}

pub(super) fn init_containers(spec: &Field<'_>, volumes: &Volumes<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut names = names_in(spec, &["containers"]);
    let list = spec.at("initContainers");
    for container in list.items() {
        errors.extend(common(spec, &container, volumes));
        let runs_on = container.at("restartPolicy").text() == "Always";
        if runs_on {
            let rules = container.at("restartPolicyRules");
            if !rules.is_empty() {
                errors.push(rules.forbidden(
                    "restartPolicyRules are not allowed for init containers with restart policy Always",
                ));
            }
        } else if container.at("restartPolicy").is_set() {
            errors.extend(restart_policy(&container));
        } else {
            errors.extend(no_restart_policy(&container));
        }
        let name = container.at("name");
        if names.contains(&name.text()) {
            errors.push(name.duplicate());
        } else if !name.is_empty() {
            names.push(name.text());
        }
        // They run one by one, and so share ports of the host; the index is that within this list of one.
        let alone = Field::new(format!("{}[0]", list.path()), container.value());
        errors.extend(ports::conflicts([alone].into_iter()));
        if runs_on {
            errors.extend(probes::probes(&container, grace(spec)));
            continue;
        }
        for name in [
            "lifecycle",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
        ] {
            if container.at(name).is_set() {
                errors.push(
                    container.at(name).forbidden(
                        "may not be set for init containers without restartPolicy=Always",
                    ),
                );
            }
        }
    }
    errors
}

pub(super) fn ephemeral_containers(spec: &Field<'_>, volumes: &Volumes<'_>) -> Errors {
    const FORBIDDEN: &str = "cannot be set for an Ephemeral Container";
    let mut errors = Errors::new();
    let others = names_in(spec, &["containers", "initContainers"]);
    let mut names = others.clone();
    for container in spec.at("ephemeralContainers").items() {
        errors.extend(common(spec, &container, volumes));
        errors.extend(trimmed_image(&container));
        let name = container.at("name");
        if names.contains(&name.text()) {
            errors.push(name.duplicate());
        } else {
            names.push(name.text());
        }
        let target = container.at("targetContainerName");
        if !target.is_empty() && !others.contains(&target.text()) {
            errors.push(target.not_found());
        }
        let lists = ["ports", "resources", "resizePolicy"].map(|it| container.at(it));
        let lists = lists.into_iter().filter(|it| !it.is_empty());
        let policy = container.at("restartPolicy");
        let rules = container.at("restartPolicyRules");
        let others = [
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
        ];
        let set = lists
            .chain(Some(policy).filter(Field::is_set))
            .chain(Some(rules).filter(|it| !it.is_empty()))
            .chain(
                others
                    .map(|it| container.at(it))
                    .into_iter()
                    .filter(Field::is_set),
            );
        errors.extend(set.map(|it| it.forbidden(FORBIDDEN)));
        for mount in container.at("volumeMounts").items() {
            for name in ["subPath", "subPathExpr"] {
                if !mount.at(name).is_empty() {
                    errors.push(mount.at(name).forbidden(FORBIDDEN));
                }
            }
        }
    }
    errors
}

/// Spaces around the name of an image: pods may not have them, templates may.
pub(in super::super) fn trimmed_image(container: &Field<'_>) -> Errors {
    let image = container.at("image");
    if image.text().trim() == image.text() {
        return Errors::new();
    }
    vec![image.invalid("must not have leading or trailing whitespace")]
}

/// What is asked of all containers.
fn common(spec: &Field<'_>, container: &Field<'_>, volumes: &Volumes<'_>) -> Errors {
    let mut errors = container.at("name").need_text(dns_label);
    errors.extend(container.at("image").need());
    errors.extend(
        container
            .at("terminationMessagePolicy")
            .need_one_of(&["File", "FallbackToLogsOnError"]),
    );
    errors.extend(ports::ports(&container.at("ports")));
    errors.extend(env::variables(&container.at("env")));
    errors.extend(env::sources(&container.at("envFrom")));
    errors.extend(mounts::mounts(container, volumes));
    errors.extend(mounts::devices(container, volumes));
    errors.extend(pull_policy(&container.at("imagePullPolicy")));
    errors.extend(resources::of_container(spec, container));
    errors.extend(resize_policy(
        &container.at("resizePolicy"),
        spec.at("restartPolicy").text() == "Never",
    ));
    errors.extend(security::of_container(spec, container));
    errors
}

pub(super) fn pull_policy(policy: &Field<'_>) -> Errors {
    let error = policy.need_one_of(&["Always", "IfNotPresent", "Never"]);
    error.into_iter().collect()
}

fn resize_policy(policies: &Field<'_>, never_restarts: bool) -> Errors {
    let mut errors = Errors::new();
    let mut seen = Vec::new();
    for policy in policies.items() {
        // All but duplicates are told of the list as a whole.
        let resource = policy.at("resourceName").named(policies.path());
        let restart = policy.at("restartPolicy").named(policies.path());
        if seen.contains(&resource.text()) {
            errors.push(policy.error(FieldReason::Duplicate, resource.text(), ""));
        }
        seen.push(resource.text());
        errors.extend(resource.need_one_of(&["cpu", "memory"]));
        errors.extend(restart.need_one_of(&["NotRequired", "RestartContainer"]));
        if never_restarts && restart.text() != "NotRequired" {
            errors.push(restart.invalid("must be 'NotRequired' when `restartPolicy` is 'Never'"));
        }
    }
    errors
}

/// When a container is started again, where it says that itself.
fn restart_policy(container: &Field<'_>) -> Errors {
    let (policy, rules) = (
        container.at("restartPolicy"),
        container.at("restartPolicyRules"),
    );
    let mut errors = Errors::new();
    if policy.is_set() {
        errors.extend(policy.one_of(&["Always", "Never", "OnFailure"]));
    } else {
        errors.extend(no_restart_policy(container));
    }
    if rules.len() > 20 {
        errors.push(rules.too_long(20));
    }
    for rule in rules.items() {
        errors.extend(rule.at("action").one_of(&["Restart"]));
        let codes = rule.at("exitCodes");
        if !codes.is_set() {
            errors.push(codes.required("must be specified"));
            continue;
        }
        errors.extend(codes.at("operator").one_of(&["In", "NotIn"]));
        if codes.at("values").len() > 255 {
            errors.push(codes.at("values").too_long(255));
        }
    }
    errors
}

fn no_restart_policy(container: &Field<'_>) -> Option<FieldError> {
    let has_rules = !container.at("restartPolicyRules").is_empty();
    let policy = container.at("restartPolicy");
    has_rules.then(|| policy.required("must specify restartPolicy when restart rules are used"))
}

fn grace(spec: &Field<'_>) -> Option<i64> {
    spec.at("terminationGracePeriodSeconds").number()
}

fn names_in<'a>(spec: &Field<'a>, lists: &[&str]) -> Vec<&'a str> {
    let lists = lists.iter().flat_map(|list| {
        let names = spec.at(list);
        let names: Vec<_> = names.items().map(|it| it.at("name").text()).collect();
        names
    });
    lists.collect()
}
