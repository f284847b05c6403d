//! Services, as `pkg/registry/core/service` in Kubernetes has them.

use super::super::{
    builtin::{Builtin, PLAIN},
    names,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "services",
    name: names::dns_1035_label,
    status: true,
    create_on_update: true,
    returns_deleted: true,
    fields: &["spec.clusterIP", "spec.type"],
    ..PLAIN
};
