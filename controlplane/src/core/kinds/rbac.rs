//! Roles and their bindings, as `pkg/registry/rbac` in Kubernetes has them.

use super::super::builtin::{Builtin, RBAC};

pub(super) const ROLE: Builtin = Builtin {
    plural: "roles",
    ..RBAC
};

pub(super) const ROLE_BINDING: Builtin = Builtin {
    plural: "rolebindings",
    ..RBAC
};

pub(super) const CLUSTER_ROLE: Builtin = Builtin {
    plural: "clusterroles",
    ..RBAC
};

pub(super) const CLUSTER_ROLE_BINDING: Builtin = Builtin {
    plural: "clusterrolebindings",
    ..RBAC
};
