//! What a pod's spec may hold, alone or in a template: `ValidatePodSpec` of `pkg/apis/core/validation` in Kubernetes.
//!
//! Kubernetes goes over maps in any order; here they are gone over in theirs.

mod affinity;
mod annotations;
pub(super) mod containers;
mod disabled;
mod disks;
mod env;
mod mounts;
pub(super) mod names;
mod networking;
mod operating_system;
mod ports;
mod probes;
mod projections;
mod resources;
mod security;
mod spread;
mod tolerations;
mod volumes;
mod warnings;
mod windows;

use serde_json::Value;

use super::{
    super::{
        field::{Errors, Field},
        names::{dns_label, dns_subdomain, qualified},
    },
    label_selector,
};

pub(super) use affinity::node_selector;
pub(super) use annotations::{
    changed as annotations_changed, match_fields, of_pod as annotations_of,
};
pub(super) use disabled::{drop_disabled, drop_disabled_in_status};
pub(super) use names::address;
pub(super) use resources::{
    name_of_container as name_of_container_resource, value as amount_of_resource,
};
pub(super) use tolerations::tolerations;
pub(super) use volumes::{driver, shared_source};
pub(super) use warnings::{
    of_node_selector as warnings_of_node_selector, of_pod as warnings_of_pod,
    of_status as warnings_of_status, of_template as warnings_of_template,
};

/// Whose spec it is: some rules hold for pods alone.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    /// A pod, of this name.
    Pod(&'a str),
    Template,
}

impl Holder<'_> {
    fn is_pod(self) -> bool {
        matches!(self, Self::Pod(_))
    }
}

/// Where a status tells of containers.
pub(super) const STATUSES: [&str; 3] = [
    "containerStatuses",
    "initContainerStatuses",
    "ephemeralContainerStatuses",
];

/// The containers of a spec with their fields, those that come first first: as Kubernetes visits them all.
pub(super) fn all_containers<'a>(spec: &Field<'a>) -> Vec<Field<'a>> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    let lists = lists.map(|list| spec.at(list).items().collect::<Vec<_>>());
    lists.into_iter().flatten().collect()
}

/// What is wrong with a `PodTemplateSpec`: that of a Deployment is at `spec.template`.
pub(super) fn validate_template(template: &Value, path: &str) -> Errors {
    let template = Field::new(path, template);
    let (spec, metadata) = (template.at("spec"), template.at("metadata"));
    let annotations = metadata
        .at("annotations")
        .named(format!("{path}.annotations"));
    let mut errors = labels(&metadata.at("labels").named(format!("{path}.labels")));
    errors.extend(annotations::well_formed(&annotations));
    errors.extend(annotations::of_pod(&annotations, &spec));
    errors.extend(validate(&spec, Holder::Template));
    errors.extend(annotations::match_fields(&annotations, &spec));
    let ephemeral = spec.at("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors.push(ephemeral.forbidden("ephemeral containers not allowed in pod template"));
    }
    errors
}

/// What is wrong with a spec.
pub(super) fn validate(spec: &Field<'_>, holder: Holder<'_>) -> Errors {
    let mut errors = Errors::new();
    errors.extend(spec.at("terminationGracePeriodSeconds").need());
    let (volumes, wrong) = volumes::volumes(&spec.at("volumes"), holder);
    errors.extend(wrong);
    errors.extend(resources::claims(&spec.at("resourceClaims")));
    errors.extend(containers::containers(spec, &volumes));
    errors.extend(containers::init_containers(spec, &volumes));
    errors.extend(containers::ephemeral_containers(spec, &volumes));
    errors.extend(resources::of_pod(spec));
    errors.extend(networking::host_ports(spec, holder));
    errors.extend(spec.at("restartPolicy").need_one_of(RESTART_POLICIES));
    errors.extend(spec.at("dnsPolicy").need_one_of(networking::DNS_POLICIES));
    errors.extend(labels(&spec.at("nodeSelector")));
    errors.extend(security::of_pod(spec));
    errors.extend(affinity::affinity(&spec.at("affinity")));
    errors.extend(networking::dns_config(spec));
    errors.extend(gates(spec));
    errors.extend(spread::constraints(&spec.at("topologySpreadConstraints")));
    errors.extend(windows::host_processes(spec));
    errors.extend(security::host_users(spec));
    errors.extend(networking::hostname_override(spec));
    errors.extend(references(spec));
    errors.extend(operating_system::operating_system(spec));
    errors.extend(env::files_are_in_empty_dirs(spec));
    errors
}

/// What is asked of pods and not of templates, besides.
pub(super) fn only_for_pods(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    if spec.at("serviceAccountName").is_empty() {
        for volume in spec.at("volumes").items() {
            for source in volume.at("projected").at("sources").items() {
                let token = source.at("serviceAccountToken");
                if token.is_set() {
                    let why = "must not be specified when serviceAccountName is not set";
                    errors.push(token.forbidden(why));
                }
            }
        }
    }
    for list in ["containers", "initContainers"] {
        for container in spec.at(list).items() {
            errors.extend(containers::trimmed_image(&container));
        }
    }
    errors
}

const RESTART_POLICIES: &[&str] = &["Always", "OnFailure", "Never"];

fn gates(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for gate in spec.at("readinessGates").items() {
        errors.extend(gate.at("conditionType").complaints(qualified));
    }
    let mut seen = Vec::new();
    for gate in spec.at("schedulingGates").items() {
        let path = gate.path().to_owned();
        let name = gate.at("name").named(path);
        errors.extend(name.complaints(qualified));
        if seen.contains(&name.text()) {
            errors.push(name.duplicate());
        }
        seen.push(name.text());
    }
    errors
}

/// Names of what the pod refers to, and what else is one value.
fn references(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let named = |name: &str, about| {
        let field = spec.at(name);
        if field.is_empty() {
            Errors::new()
        } else {
            field.complaints(about)
        }
    };
    errors.extend(named("serviceAccountName", dns_subdomain));
    errors.extend(named("nodeName", dns_subdomain));
    let deadline = spec.at("activeDeadlineSeconds");
    if deadline.is_set() {
        errors.extend(deadline.within(1, i64::from(i32::MAX)));
    }
    errors.extend(named("hostname", dns_label));
    errors.extend(named("subdomain", dns_label));
    errors.extend(tolerations(&spec.at("tolerations")));
    errors.extend(networking::host_aliases(&spec.at("hostAliases")));
    errors.extend(named("priorityClassName", dns_subdomain));
    let runtime_class = spec.at("runtimeClassName");
    if runtime_class.is_set() {
        errors.extend(runtime_class.complaints(dns_subdomain));
    }
    let preemption = spec.at("preemptionPolicy");
    if preemption.is_set() {
        errors.extend(preemption.need_one_of(&["PreemptLowerPriority", "Never"]));
    }
    errors.extend(resources::overhead(&spec.at("overhead")));
    errors
}

/// What is wrong with a map of labels.
fn labels(labels: &Field<'_>) -> Errors {
    label_selector::labels(labels.value(), labels.path())
}

/// What is wrong with the key of a label.
fn label_name(name: &Field<'_>) -> Errors {
    name.complaints(qualified)
}
