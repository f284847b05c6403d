//! StatefulSets, as `pkg/registry/apps/statefulset` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "statefulsets",
    group: "apps",
    ..WORKLOAD
};
