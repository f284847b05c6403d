//! CronJobs, as `pkg/registry/batch/cronjob` in Kubernetes has them.

use super::super::builtin::{Builtin, WORKLOAD};

pub(super) const KIND: Builtin = Builtin {
    plural: "cronjobs",
    group: "batch",
    ..WORKLOAD
};
