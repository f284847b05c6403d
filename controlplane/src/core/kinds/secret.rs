//! Secrets, as `pkg/registry/core/secret` in Kubernetes has them.

use super::super::builtin::{Builtin, PLAIN};

pub(super) const KIND: Builtin = Builtin {
    plural: "secrets",
    fields: &["type"],
    ..PLAIN
};
