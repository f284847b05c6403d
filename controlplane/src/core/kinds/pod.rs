//! Pods, as `pkg/registry/core/pod` in Kubernetes has them.

mod begin;
mod change;
mod parts;
mod quality;
mod status;

use super::{
    super::{
        builtin::{Builtin, PLAIN, metadata},
        field::{Errors, Field},
        names::dns_label,
        object::Object,
        resource::Part,
    },
    pod_spec::{self, Holder},
};

pub(super) const KIND: Builtin = Builtin {
    plural: "pods",
    generation: true,
    returns_deleted: true,
    fields: FIELDS,
    begin: begin::begin,
    keep: change::keep,
    grace: |pod, asked| Some(grace(pod, asked)),
    validate,
    validate_update,
    warnings,
    status_warnings: |pod| pod_spec::warnings_of_status(pod.value()),
    ..PLAIN
};

const FIELDS: &[&str] = &[
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "spec.host",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
];

/// How long its node has to end a pod: not at all where there is none, or where all has ended.
fn grace(pod: &Object, asked: Option<i64>) -> i64 {
    let own = pod.value()["spec"]["terminationGracePeriodSeconds"].as_i64();
    let has_ended = matches!(pod.text("/status/phase"), "Failed" | "Succeeded");
    if pod.text("/spec/nodeName").is_empty() || has_ended {
        return 0;
    }
    let seconds = asked.or(own).unwrap_or_default();
    if seconds < 0 { 1 } else { seconds }
}

fn validate(pod: &Object) -> Errors {
    let mut errors = whole(pod);
    let spec = Field::new("spec", &pod.value()["spec"]);
    let ephemeral = spec.at("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors.push(ephemeral.forbidden("cannot be set on create"));
    }
    let node = spec.at("nodeName");
    if !node.is_empty() && !spec.at("schedulingGates").is_empty() {
        errors.push(node.forbidden("cannot be set until all schedulingGates have been cleared"));
    }
    let annotations = Field::new(
        "metadata.annotations",
        &pod.value()["metadata"]["annotations"],
    );
    errors.extend(pod_spec::match_fields(&annotations, &spec));
    errors
}

/// What is asked of a pod new or changed.
fn whole(pod: &Object) -> Errors {
    let spec = Field::new("spec", &pod.value()["spec"]);
    let annotations = Field::new(
        "metadata.annotations",
        &pod.value()["metadata"]["annotations"],
    );
    let mut errors = pod_spec::annotations_of(&annotations, &spec);
    errors.extend(pod_spec::validate(&spec, Holder::Pod(pod.name())));
    errors.extend(pod_spec::only_for_pods(&spec));
    errors
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Errors {
    if part == Part::Status {
        return status::validate(new, old);
    }
    let mut errors = metadata(new, true);
    errors.extend(whole(new));
    if part != Part::Resize {
        errors.extend(annotations_changed(new, old));
    }
    match part {
        Part::EphemeralContainers => errors.extend(parts::validate_ephemeral(new, old)),
        Part::Resize => errors.extend(parts::validate_resize(new, old)),
        _ => errors.extend(change::validate(new, old)),
    }
    errors
}

fn annotations_changed(new: &Object, old: &Object) -> Errors {
    let of = |pod| Field::of(pod, "metadata").at("annotations");
    pod_spec::annotations_changed(&of(new), &of(old), &Field::of(new, "spec"))
}

fn warnings(pod: &Object, old: Option<&Object>) -> Vec<String> {
    if old.is_some() {
        return Vec::new();
    }
    let wrong = dns_label(pod.name());
    let mut warnings = Vec::new();
    if !wrong.is_empty() {
        warnings.push(format!(
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{}]",
            wrong.join(" ")
        ));
    }
    warnings.extend(pod_spec::warnings_of_pod(pod.value()));
    warnings
}
