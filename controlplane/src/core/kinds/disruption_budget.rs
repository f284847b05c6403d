//! PodDisruptionBudgets, as `pkg/registry/policy/poddisruptionbudget` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "poddisruptionbudgets",
    group: "policy",
    unconditional_update: false,
    ..WORKLOAD
};
