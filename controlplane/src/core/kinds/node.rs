//! Nodes, as `pkg/registry/core/node` in Kubernetes and its admission plugin `TaintNodesByCondition` have them.

use serde_json::{Value, json};

use super::{
    super::{
        builtin::{Builtin, Metadata, PLAIN, metadata, metadata_update},
        field::{Errors, Field},
        ip, names,
        object::Object,
        resource::Part,
    },
    pod_spec,
};
use crate::{FieldReason, types::internal};

pub(super) const KIND: Builtin = Builtin {
    plural: "nodes",
    fields: &["spec.unschedulable"],
    begin,
    keep,
    validate,
    validate_update,
    metadata: Metadata::Told,
    warnings: |node, _| warnings(node),
    ..PLAIN
};

const NOT_READY: &str = "node.kubernetes.io/not-ready";

/// A kubelet tells the status of its Node when it makes it; nothing runs there until a controller has seen that it is
/// ready.
fn begin(node: &mut Object) {
    drop_disabled(node);
    if let Some(status) = node.value_mut()["status"].as_object_mut() {
        status.remove("declaredFeatures");
    }
    let taints = &mut node.value_mut()["spec"]["taints"];
    let mut kept = taints.as_array().cloned().unwrap_or_default();
    let is_tainted = |taint: &Value| taint["key"] == NOT_READY && taint["effect"] == "NoSchedule";
    if !kept.iter().any(is_tainted) {
        kept.push(json!({"key": NOT_READY, "effect": "NoSchedule"}));
    }
    *taints = kept.into();
}

fn drop_disabled(node: &mut Object) {
    for (part, field) in [("spec", "configSource"), ("status", "config")] {
        if let Some(part) = node.value_mut()[part].as_object_mut() {
            part.remove(field);
        }
    }
}

fn keep(new: &mut Object, old: &Object, part: Part) {
    let kept = if part == Part::Status {
        "spec"
    } else {
        "status"
    };
    new.take_field(kept, old);
    drop_disabled(new);
}

fn validate(node: &Object) -> Errors {
    let mut errors = taints(node);
    errors.extend(resources(node));
    let swap = Field::of(node, "status")
        .at("nodeInfo")
        .at("swap")
        .at("capacity")
        .named("metadata.nodeSwapStatus.capacity");
    errors.extend(swap.positive().filter(|_| swap.is_set()));
    errors.extend(ranges(&Field::of(node, "spec").at("podCIDRs")));
    errors
}

fn taints(node: &Object) -> Errors {
    let taints = Field::of(node, "spec")
        .at("taints")
        .named("metadata.taints");
    let mut errors = Errors::new();
    let mut seen = Vec::new();
    for taint in taints.items() {
        let (key, value, effect) = (taint.at("key"), taint.at("value"), taint.at("effect"));
        errors.extend(key.complaints(names::qualified));
        let complaints = names::label_value(value.text());
        if !complaints.is_empty() {
            errors.push(value.invalid(complaints.join(";")));
        }
        errors.extend(effect.need_one_of(&["NoSchedule", "PreferNoSchedule", "NoExecute"]));
        let pair = (key.text(), effect.text());
        if seen.contains(&pair) {
            let why = "taints must be unique by key and effect pair";
            let error = taint.error(FieldReason::Duplicate, "", why);
            errors.push(error.showing(internal("core.Taint", taint.value())));
        }
        seen.push(pair);
    }
    errors
}

fn resources(node: &Object) -> Errors {
    let mut errors = Errors::new();
    for list in ["capacity", "allocatable"] {
        let amounts = Field::of(node, "status").at(list);
        for (name, amount) in amounts.entries() {
            let amount = amount.named(amounts.at(name).path());
            errors.extend(pod_spec::amount_of_resource(&amount, name));
        }
    }
    errors
}

/// The ranges of the Node's Pods: one, or one of each family.
fn ranges(ranges: &Field<'_>) -> Errors {
    let each = ranges.items().map(|range| ip::validate_range(&range, &[]));
    let mut errors: Errors = each.flatten().collect();
    if ranges.len() < 2 {
        return errors;
    }
    let parsed: Vec<_> = ranges
        .items()
        .map(|range| ip::parse_range(range.text()).ok_or_else(|| range.text().to_owned()))
        .collect();
    if let Some((index, Err(text))) = parsed.iter().enumerate().find(|(_, one)| one.is_err()) {
        let why = format!(
            "invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[{index}]: <nil> (invalid CIDR address: {text})"
        );
        errors.push(ranges.error(FieldReason::Internal, Value::Null, why));
    }
    let is_there =
        |is: fn(&std::net::IpAddr) -> bool| parsed.iter().flatten().any(|(ip, _)| is(ip));
    let is_dual = parsed.iter().all(Result::is_ok)
        && is_there(std::net::IpAddr::is_ipv4)
        && is_there(std::net::IpAddr::is_ipv6);
    if !is_dual || ranges.len() > 2 {
        errors.push(ranges.invalid("may specify no more than one CIDR for each IP family"));
    }
    errors
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Errors {
    let mut errors = Errors::new();
    if part != Part::Status {
        errors.extend(metadata(new, false));
        errors.extend(validate(new));
    }
    errors.extend(metadata_update(new, old));
    errors.extend(resources(new));
    errors.extend(addresses(new));
    errors.extend(given_once(new, old));
    errors.extend(taints(new));
    let id = |node| Field::of(node, "spec").at("externalID");
    if id(new).text() != id(old).text() {
        errors.push(id(new).forbidden("may not be updated"));
    }
    errors
}

fn addresses(node: &Object) -> Errors {
    let addresses = Field::of(node, "status").at("addresses");
    let mut errors = Errors::new();
    let mut seen = Vec::new();
    for address in addresses.items() {
        let pair = (address.at("type").text(), address.at("address").text());
        if seen.contains(&pair) {
            let error = address.error(FieldReason::Duplicate, "", "");
            errors.push(error.showing(internal("core.NodeAddress", address.value())));
        }
        seen.push(pair);
    }
    errors
}

/// What a controller gives a Node that has none stays.
fn given_once(new: &Object, old: &Object) -> Errors {
    let field = |node, name| Field::of(node, "spec").at(name);
    let (ranges, before) = (field(new, "podCIDRs"), field(old, "podCIDRs"));
    let mut errors = Errors::new();
    let changes = if before.len() == ranges.len() {
        let pairs = before.items().zip(ranges.items());
        pairs
            .filter(|(before, now)| before.text() != now.text())
            .count()
    } else {
        usize::from(!before.is_empty())
    };
    let why = "node updates may not change podCIDR except from \"\" to valid";
    errors.extend((0..changes).map(|_| ranges.forbidden(why)));
    let (id, before) = (field(new, "providerID"), field(old, "providerID"));
    if !before.is_empty() && id.text() != before.text() {
        errors
            .push(id.forbidden("node updates may not change providerID except from \"\" to valid"));
    }
    errors
}

fn warnings(node: &Object) -> Vec<String> {
    let spec = Field::of(node, "spec");
    let mut warnings = Vec::new();
    let id = spec.at("externalID");
    if !id.is_empty() {
        warnings.push(format!(
            "{}: this field is deprecated, and is unused by Kubernetes",
            id.path()
        ));
    }
    for range in spec.at("podCIDRs").items() {
        warnings.extend(ip::range_warnings(range.path(), range.text()));
    }
    warnings
}
