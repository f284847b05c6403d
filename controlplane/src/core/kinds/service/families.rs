//! Of which families the addresses of a Service are, in a cluster that has IPv4 alone.

use serde_json::{Value, json};

use super::{
    super::super::{
        field::{Errors, Field},
        ip,
        object::Object,
    },
    invalid, needs_address, texts,
    validation::related,
};
use crate::Refusal;

const OURS: &str = "IPv4";

/// Sets what is not given, and refuses what is not had (`initIPFamilyFields`).
pub(super) fn settle(service: &mut Object, old: Option<&Object>) -> Result<(), Refusal> {
    let old = old.map(|old| &old.value()["spec"]);
    let spec = &service.value()["spec"];
    if !needs_address(spec) || old.is_some_and(|old| prefers_the_same(spec, old)) {
        return Ok(());
    }
    if spec["ipFamilyPolicy"].is_null() {
        let policy = default_policy(spec, old);
        service.value_mut()["spec"]["ipFamilyPolicy"] = policy;
    }
    refuse(service, &related(&service.value()["spec"], old))?;
    let mut wrong = match old {
        Some(old) => reduce(&mut service.value_mut()["spec"], old),
        None => Errors::new(),
    };
    wrong.extend(infer(service));
    refuse(service, &wrong)?;
    let spec = &mut service.value_mut()["spec"];
    let is_single = spec["ipFamilyPolicy"] == "SingleStack";
    if is_selectorless(spec) {
        let families = texts(spec, "ipFamilies");
        let first = families.first().copied().unwrap_or(OURS);
        let other = if first == OURS { "IPv6" } else { OURS };
        spec["ipFamilies"] = match families.len() {
            0 | 1 if is_single => json!([first]),
            0 | 1 => json!([first, other]),
            _ => return Ok(()),
        };
        return Ok(());
    }
    let wrong = not_configured(spec);
    refuse(service, &wrong)?;
    let spec = &mut service.value_mut()["spec"];
    if texts(spec, "ipFamilies").is_empty() {
        spec["ipFamilies"] = json!([OURS]);
    }
    Ok(())
}

fn refuse(service: &Object, errors: &Errors) -> Result<(), Refusal> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(invalid(service, errors))
}

/// Headless, and without a selector: nobody knows yet where it leads.
fn is_selectorless(spec: &Value) -> bool {
    let selects = spec["selector"]
        .as_object()
        .is_some_and(|it| !it.is_empty());
    spec["clusterIP"] == "None" && !selects
}

fn default_policy(spec: &Value, old: Option<&Value>) -> Value {
    let before = old.map(|old| &old["ipFamilyPolicy"]);
    match before.filter(|before| !before.is_null()) {
        Some(before) => before.clone(),
        None if is_selectorless(spec) => "RequireDualStack".into(),
        None => "SingleStack".into(),
    }
}

/// Whether a Service that prefers two families is left with what it has.
fn prefers_the_same(spec: &Value, old: &Value) -> bool {
    let kept = ["type", "clusterIP", "clusterIPs", "ipFamilies"];
    let prefers = |policy: &Value| policy == "PreferDualStack";
    prefers(&spec["ipFamilyPolicy"])
        && (old["ipFamilyPolicy"].is_null() || prefers(&old["ipFamilyPolicy"]))
        && matches!(
            spec["type"].as_str(),
            Some("ClusterIP" | "NodePort" | "LoadBalancer")
        )
        && kept.iter().all(|name| spec[*name] == old[*name])
}

/// From two to one: by the policy, which must say so.
fn reduce(spec: &mut Value, old: &Value) -> Errors {
    let is_single = spec["ipFamilyPolicy"] == "SingleStack";
    let mut errors = Errors::new();
    for (name, what) in [("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")] {
        let (now, before) = (texts(spec, name).len(), texts(old, name).len());
        if is_single && spec[name] == old[name] && now > 1 {
            spec[name] = json!([texts(spec, name)[0]]);
        } else if !is_single && now > 0 && now < before {
            let policy = Field::new("spec.ipFamilyPolicy", &spec["ipFamilyPolicy"]);
            errors.push(policy.invalid(format!(
                "must be 'SingleStack' to release the secondary {what}"
            )));
        }
    }
    errors
}

/// Adds the families of the addresses that are given.
fn infer(service: &mut Object) -> Errors {
    let mut errors = Errors::new();
    let spec = &mut service.value_mut()["spec"];
    let is_single = spec["ipFamilyPolicy"] == "SingleStack";
    for (name, what) in [("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")] {
        if is_single && texts(spec, name).len() == 2 {
            let policy = Field::new("spec.ipFamilyPolicy", &spec["ipFamilyPolicy"]);
            errors.push(policy.invalid(format!(
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            )));
        }
    }
    let mut families: Vec<String> = texts(spec, "ipFamilies")
        .into_iter()
        .map(Into::into)
        .collect();
    for (index, address) in texts(spec, "clusterIPs").into_iter().enumerate() {
        if address == "None" {
            break;
        }
        if index < families.len() {
            continue;
        }
        if ip::parse(address).is_some_and(|it| it.is_ipv6()) {
            let path = format!("spec.clusterIPs[{index}]");
            let field = Field::new(path, &spec["clusterIPs"]);
            errors.push(field.invalid("IPv6 is not configured on this cluster"));
        } else {
            families.push(OURS.into());
        }
    }
    if !families.is_empty() {
        spec["ipFamilies"] = families.into();
    }
    errors
}

fn not_configured(spec: &Value) -> Errors {
    let mut errors = Errors::new();
    if spec["ipFamilyPolicy"] == "RequireDualStack" {
        let policy = Field::new("spec.ipFamilyPolicy", &spec["ipFamilyPolicy"]);
        errors.push(policy.invalid("this cluster is not configured for dual-stack services"));
    }
    let families = Field::new("spec.ipFamilies", &spec["ipFamilies"]);
    for family in families.items().filter(|family| family.text() != OURS) {
        errors.push(family.invalid("not configured on this cluster"));
    }
    errors
}
