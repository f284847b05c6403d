//! What is wrong with Services, as `pkg/apis/core/validation` in Kubernetes says it.

use serde_json::{Value, json};

use super::{
    super::{
        super::{
            field::{Errors, Field},
            ip, names,
            object::Object,
            resource::Part,
        },
        label_selector,
    },
    is_headless, is_reachable_from_outside, needs_address, needs_health_check, texts,
};
use crate::{FieldError, types};

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const SOURCES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";
const BALANCERS_ONLY: &str = "may only be used when `type` is 'LoadBalancer'";
const ONCE: &str = "may not change once set";
const LONGEST_AFFINITY: i64 = 86_400;

pub(super) fn validate_update(new: &Object, old: &Object, part: Part) -> Errors {
    let (spec, before) = (&new.value()["spec"], &old.value()["spec"]);
    if part == Part::Status {
        return status(new, old);
    }
    let mut errors = Errors::new();
    if needs_address(spec) && needs_address(before) {
        errors.extend(changed_addresses(spec, before));
        errors.extend(changed_families(spec, before));
    }
    let (class, class_before) = (&spec["loadBalancerClass"], &before["loadBalancerClass"]);
    let are_balancers = spec["type"] == "LoadBalancer" && before["type"] == "LoadBalancer";
    if are_balancers && class != class_before {
        errors.push(Field::new("spec.loadBalancerClass", class).invalid(ONCE));
    }
    errors.extend(balancer_class(spec));
    let check = Field::new("spec.healthCheckNodePort", &spec["healthCheckNodePort"]);
    if needs_health_check(spec)
        && needs_health_check(before)
        && *check.value() != before["healthCheckNodePort"]
    {
        errors.push(check.forbidden("field is immutable"));
    }
    errors.extend(validate(new, Some(old)));
    errors
}

pub(super) fn validate(service: &Object, old: Option<&Object>) -> Errors {
    let spec = Field::of(service, "spec");
    let of_type = spec.at("type").text();
    let mut errors: Errors = topology(service).into_iter().collect();
    if spec.at("ports").is_empty() && !is_headless(spec.value()) && of_type != "ExternalName" {
        errors.push(spec.at("ports").required(""));
    }
    errors.extend(by_type(&spec));
    let mut names = Vec::new();
    let several = spec.at("ports").len() > 1;
    for one in spec.at("ports").items() {
        errors.extend(port(&one, several, &mut names));
    }
    errors.extend(label_selector::labels(
        spec.at("selector").value(),
        "spec.selector",
    ));
    errors.extend(affinity(&spec));
    let before = old.map(|old| &old.value()["spec"]);
    errors.extend(related(spec.value(), before));
    let known = before.map(|before| texts(before, "externalIPs"));
    let known = known.unwrap_or_default();
    for address in spec.at("externalIPs").items() {
        let wrong = ip::validate(&address, &known);
        if wrong.is_empty() {
            errors.extend(ip::validate_endpoint(&address));
        }
        errors.extend(wrong);
    }
    errors.extend(spec.at("type").need_one_of(&TYPES));
    errors.extend(node_ports(&spec));
    errors.extend(sources(service, old));
    let allocates = spec.at("allocateLoadBalancerNodePorts");
    if allocates.is_set() && of_type != "LoadBalancer" {
        errors.push(allocates.forbidden(BALANCERS_ONLY));
    }
    if !allocates.is_set() && of_type == "LoadBalancer" {
        errors.push(FieldError::required("allocateLoadBalancerNodePorts", ""));
    }
    errors.extend(balancer_class(spec.value()));
    errors.extend(traffic(&spec));
    errors
}

fn topology(service: &Object) -> Option<FieldError> {
    let annotations = Field::new(
        "metadata.annotations",
        service.meta().get("annotations").unwrap_or(&Value::Null),
    );
    let (mode, hints) = (annotations.key(MODE), annotations.key(HINTS));
    let differ = mode.is_set() && hints.is_set() && mode.text() != hints.text();
    differ.then(|| {
        mode.invalid(format!(
            "must match annotations[{HINTS}] when both are specified"
        ))
    })
}

fn by_type(spec: &Field<'_>) -> Errors {
    let of_type = spec.at("type").text();
    let mut errors = Errors::new();
    match of_type {
        "LoadBalancer" | "NodePort" if is_headless(spec.value()) => {
            let address = spec.at("clusterIPs").index(0);
            errors
                .push(address.invalid(format!("may not be set to 'None' for {of_type} services")));
        }
        "ExternalName" => {
            for name in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                if !spec.at(name).is_empty() {
                    let why = "may not be set for ExternalName services";
                    errors.push(spec.at(name).forbidden(why));
                }
            }
            let name = spec.at("externalName");
            let host = name.text().strip_suffix('.').unwrap_or(name.text());
            if host.is_empty() {
                errors.push(name.required(""));
            } else {
                let host = Value::from(host);
                errors.extend(Field::new(name.path(), &host).complaints(names::dns_subdomain));
            }
        }
        _ => {}
    }
    errors
}

fn port<'a>(port: &Field<'a>, several: bool, names: &mut Vec<&'a str>) -> Errors {
    let mut errors = Errors::new();
    let name = port.at("name");
    if !name.is_empty() {
        errors.extend(name.complaints(names::dns_label));
        if names.contains(&name.text()) {
            errors.push(name.duplicate());
        }
        names.push(name.text());
    } else if several {
        errors.push(name.required(""));
    }
    errors.extend(port.at("port").within(1, 65_535));
    errors.extend(port.at("protocol").need_one_of(&PROTOCOLS));
    let target = port.at("targetPort");
    if target.value().is_string() {
        errors.extend(target.complaints(names::port_name));
    } else {
        errors.extend(target.within(1, 65_535));
    }
    if port.at("appProtocol").is_set() {
        errors.extend(port.at("appProtocol").complaints(names::qualified));
    }
    errors
}

fn affinity(spec: &Field<'_>) -> Errors {
    let kind = spec.at("sessionAffinity");
    let config = spec.at("sessionAffinityConfig");
    let mut errors = Errors::new();
    errors.extend(kind.need_one_of(&["ClientIP", "None"]));
    match kind.text() {
        "None" if config.is_set() => {
            errors.push(config.forbidden("must not be set when session affinity is None"));
        }
        "ClientIP" => {
            let timeout = config.at("clientIP").at("timeoutSeconds");
            let places = [&config, &config.at("clientIP"), &timeout];
            if let Some(missing) = places.into_iter().find(|place| !place.is_set()) {
                errors.push(missing.required("when session affinity type is ClientIP"));
            } else if !(1..=LONGEST_AFFINITY).contains(&timeout.number().unwrap_or_default()) {
                errors.push(timeout.invalid(format!(
                    "must be greater than 0 and less than {LONGEST_AFFINITY}"
                )));
            }
        }
        _ => {}
    }
    errors
}

fn node_ports(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let number = |port: &Field<'_>| port.at("nodePort").number().filter(|number| *number != 0);
    let ports = spec.at("ports");
    if spec.at("type").text() == "ClusterIP" {
        for port in ports.items().filter(|port| number(port).is_some()) {
            let why = "may not be used when `type` is 'ClusterIP'";
            errors.push(port.at("nodePort").forbidden(why));
        }
    }
    let mut seen = Vec::new();
    for port in ports.items() {
        let Some(number) = number(&port) else {
            continue;
        };
        let this = (port.at("protocol").text(), number);
        if seen.contains(&this) {
            errors.push(FieldError::duplicate(port.at("nodePort").path(), number));
        }
        seen.push(this);
    }
    seen.clear();
    for port in ports.items() {
        let number = port.at("port").number().unwrap_or_default();
        let this = (port.at("protocol").text(), number);
        if seen.contains(&this) {
            let shown = json!({"protocol": this.0, "port": number});
            let shown = types::internal("core.ServicePort", &shown);
            errors.push(FieldError::duplicate(port.path(), "").showing(shown));
        }
        seen.push(this);
    }
    errors
}

/// From where a load balancer is reached: by a field, or by an old annotation.
fn sources(service: &Object, old: Option<&Object>) -> Errors {
    let spec = &service.value()["spec"];
    let is_balancer = spec["type"] == "LoadBalancer";
    let trimmed = |spec: &Value| -> Vec<String> {
        let ranges = texts(spec, "loadBalancerSourceRanges").into_iter();
        ranges.map(|range| range.trim().to_owned()).collect()
    };
    let ranges = trimmed(spec);
    let mut errors = Errors::new();
    if !ranges.is_empty() {
        const PATH: &str = "spec.LoadBalancerSourceRanges";
        if !is_balancer {
            errors.push(FieldError::forbidden(PATH, BALANCERS_ONLY));
        }
        let known = old.map(|old| trimmed(&old.value()["spec"]));
        let known = known.unwrap_or_default();
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        for (index, range) in ranges.into_iter().enumerate() {
            let range = Value::from(range);
            let field = Field::new(format!("{PATH}[{index}]"), &range);
            errors.extend(ip::validate_range(&field, &known));
        }
        return errors;
    }
    let annotation = |of: &Object| {
        let all = of.meta().get("annotations")?;
        Some(all.get(SOURCES)?.as_str()?.to_owned())
    };
    let Some(listed) = annotation(service) else {
        return errors;
    };
    let path = format!("metadata.annotations[{SOURCES}]");
    if !is_balancer {
        errors.push(FieldError::forbidden(path.as_str(), BALANCERS_ONLY));
    }
    let is_known = old.and_then(annotation).as_ref() == Some(&listed);
    let listed = listed.trim();
    if !is_known && !listed.is_empty() {
        for range in listed.split(',') {
            let range = Value::from(range.trim());
            errors.extend(ip::validate_range(&Field::new(path.as_str(), &range), &[]));
        }
    }
    errors
}

fn balancer_class(spec: &Value) -> Errors {
    let class = Field::new("spec.loadBalancerClass", &spec["loadBalancerClass"]);
    match (class.is_set(), spec["type"] == "LoadBalancer") {
        (false, _) => Errors::new(),
        (true, true) => class.complaints(names::qualified),
        (true, false) => vec![class.forbidden(BALANCERS_ONLY)],
    }
}

fn traffic(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let outer = spec.at("externalTrafficPolicy");
    if is_reachable_from_outside(spec.value()) {
        errors.extend(outer.need_one_of(&["Cluster", "Local"]));
    } else if !outer.is_empty() {
        errors.push(outer.invalid("may only be set for externally-accessible services"));
    }
    let port = spec.at("healthCheckNodePort");
    let is_given = port.number().is_some_and(|number| number != 0);
    if needs_health_check(spec.value()) {
        if is_given {
            errors.extend(port.within(1, 65_535));
        } else {
            errors.push(port.required(""));
        }
    } else if is_given {
        errors.push(port.invalid(
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ));
    }
    let inner = spec.at("internalTrafficPolicy");
    if inner.is_set() {
        errors.extend(inner.one_of(&["Cluster", "Local"]));
    } else if matches!(
        spec.at("type").text(),
        "NodePort" | "LoadBalancer" | "ClusterIP"
    ) {
        errors.push(inner.required(""));
    }
    let distribution = spec.at("trafficDistribution");
    if distribution.is_set() {
        errors.extend(distribution.one_of(&["PreferClose", "PreferSameZone", "PreferSameNode"]));
    }
    errors
}

/// Addresses and their families together (`ValidateServiceClusterIPsRelatedFields`).
pub(super) fn related(spec: &Value, old: Option<&Value>) -> Errors {
    let spec = Field::new("spec", spec);
    let mut errors = Errors::new();
    if spec.at("type").text() == "ExternalName" {
        return errors;
    }
    let (address, addresses) = (spec.at("clusterIP"), spec.at("clusterIPs"));
    match (address.is_empty(), addresses.is_empty()) {
        (false, true) => errors.push(addresses.required("")),
        (false, false) if addresses.index(0).text() != address.text() => {
            errors.push(addresses.invalid("first value must match `clusterIP`"));
        }
        (true, false) => {
            errors.push(addresses.invalid("must be empty when `clusterIP` is not specified"));
        }
        _ => {}
    }
    let families = spec.at("ipFamilies");
    let mut seen = Vec::new();
    for family in families.items() {
        errors.extend(family.one_of(&["IPv4", "IPv6"]));
        if seen.contains(&family.text()) {
            errors.push(family.duplicate());
        }
        seen.push(family.text());
    }
    let policy = spec.at("ipFamilyPolicy");
    if policy.is_set() {
        errors.extend(policy.one_of(&["PreferDualStack", "RequireDualStack", "SingleStack"]));
    }
    let known = old.map(|old| texts(old, "clusterIPs")).unwrap_or_default();
    let mut are_addresses = true;
    for (index, one) in addresses.items().enumerate() {
        if index == 0 && one.text() == "None" {
            if addresses.len() > 1 {
                are_addresses = false;
                errors.push(addresses.invalid("'None' must be the first and only value"));
            }
            continue;
        }
        let wrong = ip::validate(&one, &known);
        are_addresses &= wrong.is_empty();
        errors.extend(wrong);
    }
    if addresses.len() > 2 {
        errors.push(addresses.invalid("may only hold up to 2 values"));
    }
    if are_addresses {
        errors.extend(matched(&addresses, seen));
    }
    errors
}

fn matched(addresses: &Field<'_>, families: Vec<&str>) -> Errors {
    let mut errors = Errors::new();
    let is_newer = |text: &str| ip::parse(text).is_some_and(|one| one.is_ipv6());
    let newer: Vec<bool> = addresses.items().map(|one| is_newer(one.text())).collect();
    if newer.len() > 1 && newer.iter().all(|one| *one == newer[0]) {
        errors.push(addresses.invalid("may specify no more than one IP for each IP family"));
    }
    if addresses.len() == 1 && addresses.index(0).text() == "None" {
        return errors;
    }
    for (index, (address, family)) in addresses.items().zip(families).enumerate() {
        let expected = match (family, newer[index]) {
            ("IPv4", true) => "an IPv4",
            ("IPv6", false) => "an IPv6",
            _ => continue,
        };
        errors.push(address.invalid(format!(
            "expected {expected} value as indicated by `ipFamilies[{index}]`"
        )));
    }
    errors
}

/// The first address stays what it is (`validateUpgradeDowngradeClusterIPs`).
fn changed_addresses(spec: &Value, before: &Value) -> Errors {
    let mut errors = Errors::new();
    if is_headless(spec) && is_headless(before) {
        return errors;
    }
    let (new, old) = (texts(spec, "clusterIPs"), texts(before, "clusterIPs"));
    let shown = &spec["clusterIPs"];
    let at = |index: usize| Field::new(format!("spec.clusterIPs[{index}]"), shown);
    if old.len() == new.len() {
        let changed = (0..old.len()).filter(|index| old[*index] != new[*index]);
        errors.extend(changed.map(|index| at(index).invalid(ONCE)));
        return errors;
    }
    if new.is_empty() {
        errors.push(
            at(0)
                .invalid("primary clusterIP can not be unset")
                .showing("null"),
        );
    } else if !old.is_empty() && new[0] != old[0] {
        errors.push(at(0).invalid(ONCE));
    }
    if new.len() == 1 && old.len() > 1 && spec["ipFamilyPolicy"] != "SingleStack" {
        let policy = Field::new("spec.ipFamilyPolicy", &spec["ipFamilyPolicy"]);
        errors.push(
            policy.invalid("must be set to 'SingleStack' when releasing the secondary clusterIP"),
        );
    }
    errors
}

/// So does its family (`validateUpgradeDowngradeIPFamilies`).
fn changed_families(spec: &Value, before: &Value) -> Errors {
    let mut errors = Errors::new();
    if is_headless(spec) || is_headless(before) {
        return errors;
    }
    let (new, old) = (texts(spec, "ipFamilies"), texts(before, "ipFamilies"));
    let at = |shown| Field::new("spec.ipFamilies[0]", shown);
    if old.len() == new.len() {
        let changed = old.iter().zip(&new).filter(|(old, new)| old != new);
        errors.extend(changed.map(|_| at(&spec["ipFamilies"]).invalid(ONCE)));
        return errors;
    }
    if let (Some(first), Some(first_before)) = (new.first(), old.first())
        && first != first_before
    {
        // Kubernetes shows the addresses here.
        errors.push(at(&spec["clusterIPs"]).invalid(ONCE));
    }
    if new.len() == 1 && old.len() > 1 && spec["ipFamilyPolicy"] != "SingleStack" {
        let policy = Field::new("spec.ipFamilyPolicy", &spec["ipFamilyPolicy"]);
        errors.push(
            policy.invalid("must be set to 'SingleStack' when releasing the secondary ipFamily"),
        );
    }
    errors
}

fn status(new: &Object, old: &Object) -> Errors {
    let ingress = Field::new(
        "status.loadBalancer.ingress",
        &new.value()["status"]["loadBalancer"]["ingress"],
    );
    let mut errors = Errors::new();
    if new.value()["spec"]["type"] != "LoadBalancer" && !ingress.is_empty() {
        errors.push(ingress.forbidden("may only be used when `spec.type` is 'LoadBalancer'"));
        return errors;
    }
    errors.extend(balanced(
        &ingress,
        &old.value()["status"]["loadBalancer"]["ingress"],
    ));
    errors
}

/// What is wrong with the addresses of a load balancer.
fn balanced(ingress: &Field<'_>, before: &Value) -> Errors {
    let known = before.as_array().into_iter().flatten();
    let known: Vec<&str> = known.filter_map(|one| one["ip"].as_str()).collect();
    let mut errors = Errors::new();
    for one in ingress.items() {
        let (address, mode, host) = (one.at("ip"), one.at("ipMode"), one.at("hostname"));
        if !address.is_empty() {
            errors.extend(ip::validate(&address, &known));
        }
        match (mode.is_set(), address.is_empty()) {
            (false, false) => errors.push(mode.required("must be specified when `ip` is set")),
            (true, true) => {
                errors.push(mode.forbidden("may not be specified when `ip` is not set"));
            }
            (true, false) => errors.extend(mode.one_of(&["Proxy", "VIP"])),
            (false, true) => {}
        }
        if !host.is_empty() {
            errors.extend(host.complaints(names::dns_subdomain));
            if ip::parse(host.text()).is_some() {
                errors.push(host.invalid("must be a DNS name, not an IP address"));
            }
        }
    }
    errors
}
