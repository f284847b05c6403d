//! Nodes, as `pkg/registry/core/node` in Kubernetes and its admission plugin `TaintNodesByCondition` have them.

use serde_json::json;

use super::super::{
    builtin::{Builtin, PLAIN},
    object::Object,
    resource::Part,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "nodes",
    fields: &["spec.unschedulable"],
    begin,
    keep,
    ..PLAIN
};

const NOT_READY: &str = "node.kubernetes.io/not-ready";

/// A kubelet tells the status of its Node when it makes it; nothing runs there until a controller has seen that it is
/// ready.
fn begin(node: &mut Object) {
    for (part, field) in [("spec", "configSource"), ("status", "config")] {
        if let Some(part) = node.value_mut()[part].as_object_mut() {
            part.remove(field);
        }
    }
    let taints = &mut node.value_mut()["spec"]["taints"];
    let mut kept = taints.as_array().cloned().unwrap_or_default();
    let is_tainted =
        |taint: &serde_json::Value| taint["key"] == NOT_READY && taint["effect"] == "NoSchedule";
    if !kept.iter().any(is_tainted) {
        kept.push(json!({"key": NOT_READY, "effect": "NoSchedule"}));
    }
    *taints = kept.into();
}

fn keep(new: &mut Object, old: &Object, part: Part) {
    let kept = if part == Part::Status {
        "spec"
    } else {
        "status"
    };
    new.take_field(kept, old);
}
