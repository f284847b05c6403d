//! Jobs, as `pkg/registry/batch/job` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "jobs",
    group: "batch",
    fields: &["status.successful"],
    ..WORKLOAD
};
