//! Leases, as `pkg/registry/coordination/lease` in Kubernetes has them.

use super::super::builtin::{Builtin, PLAIN};

pub(super) const KIND: Builtin = Builtin {
    plural: "leases",
    group: "coordination.k8s.io",
    unconditional_update: false,
    create_on_update: true,
    ..PLAIN
};
