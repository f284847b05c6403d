//! The kinds that are always there: a row for each, in a file of its own where a row is not all there is to say.

mod claim;
mod config_map;
mod controller_revision;
mod cron_job;
mod cron_schedule;
mod daemon_set;
mod deployment;
mod difference;
mod disruption_budget;
mod endpoints;
mod event;
mod horizontal_pod_autoscaler;
mod index_ranges;
mod ingress;
mod ingress_class;
mod job;
mod job_policies;
mod job_status;
mod job_update;
mod key_pair;
mod label_selector;
mod lease;
mod metrics;
mod namespace;
mod network_policy;
mod node;
mod pod;
mod pod_spec;
mod priority_class;
mod rbac;
mod replica_set;
mod rules;
mod secret;
mod service;
mod service_account;
mod stateful_set;
mod storage_class;
mod time_zone;
mod volume;
mod volume_source;
mod workload;

use super::builtin::{Builtin, Metadata, PLAIN, WORKLOAD};

/// What is not here is [`PLAIN`].
const TABLE: &[Builtin] = &[
    claim::KIND,
    config_map::KIND,
    controller_revision::KIND,
    cron_job::KIND,
    daemon_set::KIND,
    deployment::KIND,
    disruption_budget::KIND,
    endpoints::KIND,
    endpoints::SLICE,
    event::OF_CORE,
    event::OF_EVENTS,
    horizontal_pod_autoscaler::KIND,
    ingress::KIND,
    ingress_class::KIND,
    job::KIND,
    lease::KIND,
    namespace::KIND,
    network_policy::KIND,
    node::KIND,
    pod::KIND,
    priority_class::KIND,
    rbac::CLUSTER_ROLE,
    rbac::CLUSTER_ROLE_BINDING,
    rbac::ROLE,
    rbac::ROLE_BINDING,
    replica_set::KIND,
    secret::KIND,
    service::KIND,
    service_account::KIND,
    stateful_set::KIND,
    storage_class::KIND,
    volume::KIND,
    Builtin {
        plural: "mutatingwebhookconfigurations",
        group: "admissionregistration.k8s.io",
        metadata: Metadata::Told,
        generation: true,
        unconditional_update: false,
        ..PLAIN
    },
    Builtin {
        plural: "validatingwebhookconfigurations",
        group: "admissionregistration.k8s.io",
        metadata: Metadata::Told,
        generation: true,
        unconditional_update: false,
        ..PLAIN
    },
    Builtin {
        plural: "customresourcedefinitions",
        group: "apiextensions.k8s.io",
        unconditional_update: false,
        ..WORKLOAD
    },
];

pub(crate) use claim::CLASS as CLAIM_CLASS;
pub(crate) use service::kubernetes as kubernetes_service;

/// The row of a kind.
pub(crate) fn of(group: &str, plural: &str) -> Builtin {
    let row = TABLE
        .iter()
        .find(|row| row.group == group && row.plural == plural);
    row.copied().unwrap_or(PLAIN)
}
