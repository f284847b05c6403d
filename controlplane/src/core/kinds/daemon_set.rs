//! DaemonSets, as `pkg/registry/apps/daemonset` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "daemonsets",
    group: "apps",
    ..WORKLOAD
};
