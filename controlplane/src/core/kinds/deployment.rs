//! Deployments, as `pkg/registry/apps/deployment` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "deployments",
    group: "apps",
    ..WORKLOAD
};
