//! Events, of both groups: one object in two forms, as `pkg/registry/core/event` in Kubernetes has them.

use super::super::builtin::{Builtin, PLAIN};

pub(super) const OF_CORE: Builtin = Builtin {
    plural: "events",
    create_on_update: true,
    fields: FIELDS,
    ..PLAIN
};

pub(super) const OF_EVENTS: Builtin = Builtin {
    plural: "events",
    group: "events.k8s.io",
    create_on_update: true,
    fields: FIELDS,
    ..PLAIN
};

const FIELDS: &[&str] = &[
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];
