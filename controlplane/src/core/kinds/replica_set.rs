//! ReplicaSets, as `pkg/registry/apps/replicaset` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "replicasets",
    group: "apps",
    fields: &["status.replicas"],
    ..WORKLOAD
};
