//! Pods, as `pkg/registry/core/pod` in Kubernetes has them.

use super::super::builtin::{Builtin, PLAIN};

pub(super) const KIND: Builtin = Builtin {
    plural: "pods",
    generation: true,
    status: true,
    returns_deleted: true,
    fields: FIELDS,
    ..PLAIN
};

const FIELDS: &[&str] = &[
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
];
