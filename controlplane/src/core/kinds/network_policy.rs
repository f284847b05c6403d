//! NetworkPolicies, as `pkg/registry/networking/networkpolicy` in Kubernetes has them.

use super::{
    super::{
        builtin::{Builtin, Metadata, PLAIN, metadata},
        field::{Errors, Field},
        ip, meta, names,
        object::Object,
    },
    label_selector,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "networkpolicies",
    group: "networking.k8s.io",
    generation: true,
    validate: |policy| validate(policy, &[]),
    metadata: Metadata::Told,
    validate_update: |new, old, _| validate_update(new, old),
    ..PLAIN
};

const DIRECTIONS: [(&str, &str); 2] = [("ingress", "from"), ("egress", "to")];

/// `known` are ranges that were there before, right or wrong.
fn validate(policy: &Object, known: &[String]) -> Errors {
    let spec = Field::of(policy, "spec");
    let selector = spec.at("podSelector");
    let mut errors = label_selector::validate(selector.value(), selector.path());
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for (direction, peers) in DIRECTIONS {
        for rule in spec.at(direction).items() {
            for one in rule.at("ports").items() {
                errors.extend(port(&one));
            }
            for one in rule.at(peers).items() {
                errors.extend(peer(&one, &known));
            }
        }
    }
    let types = spec.at("policyTypes");
    if types.len() > 2 {
        errors.push(types.invalid("may not specify more than two policyTypes"));
        return errors;
    }
    for one in types.items() {
        errors.extend(one.one_of(&["Ingress", "Egress"]));
    }
    errors
}

/// It is asked as a new one, and once more as a changed one.
fn validate_update(new: &Object, old: &Object) -> Errors {
    let mut errors = metadata(new, true);
    errors.extend(validate(new, &[]));
    errors.extend(meta::validate_update(new, old));
    errors.extend(validate(new, &ranges(old)));
    errors
}

fn port(port: &Field<'_>) -> Errors {
    let (number, last) = (port.at("port"), port.at("endPort"));
    let mut errors = Errors::new();
    if port.at("protocol").is_set() {
        errors.extend(port.at("protocol").one_of(&["TCP", "UDP", "SCTP"]));
    }
    if let Some(first) = number.number() {
        errors.extend(number.within(1, 65_535));
        if let Some(end) = last.number() {
            if end < first {
                let shown = number.named(last.path());
                errors.push(shown.invalid("must be greater than or equal to `port`"));
            }
            errors.extend(last.within(1, 65_535));
        }
    } else if number.is_set() {
        if last.is_set() {
            errors.push(last.invalid("may not be specified when `port` is non-numeric"));
        }
        errors.extend(number.complaints(names::port_name));
    } else if last.is_set() {
        errors.push(last.invalid("may not be specified when `port` is not specified"));
    }
    errors
}

fn peer(peer: &Field<'_>, known: &[&str]) -> Errors {
    let mut errors = Errors::new();
    for name in ["podSelector", "namespaceSelector"] {
        let selector = peer.at(name);
        errors.extend(label_selector::validate(selector.value(), selector.path()));
    }
    let block = peer.at("ipBlock");
    if block.is_set() {
        errors.extend(self::block(&block, known));
    }
    let given = ["podSelector", "namespaceSelector", "ipBlock"].into_iter();
    match given.filter(|name| peer.at(name).is_set()).count() {
        0 => errors.push(peer.required("must specify a peer")),
        1 => {}
        _ if block.is_set() => {
            errors.push(peer.forbidden("may not specify both ipBlock and another peer"));
        }
        _ => {}
    }
    errors
}

fn block(block: &Field<'_>, known: &[&str]) -> Errors {
    let range = block.at("cidr");
    if range.is_empty() {
        return vec![range.required("")];
    }
    let mut errors = ip::validate_range(&range, known);
    let Some((within, bits)) = ip::parse_range(range.text()) else {
        return errors;
    };
    for except in block.at("except").items() {
        errors.extend(ip::validate_range(&except, known));
        let Some((inner, longer)) = ip::parse_range(except.text()) else {
            continue;
        };
        let is_inside = inner.is_ipv4() == within.is_ipv4()
            && ip::first(inner, bits) == ip::first(within, bits);
        if !is_inside || bits >= longer {
            errors.push(except.invalid("must be a strict subset of `cidr`"));
        }
    }
    errors
}

fn ranges(policy: &Object) -> Vec<String> {
    let spec = Field::of(policy, "spec");
    let mut ranges = Vec::new();
    for (direction, peers) in DIRECTIONS {
        for rule in spec.at(direction).items() {
            for peer in rule.at(peers).items() {
                let block = peer.at("ipBlock");
                ranges.push(block.at("cidr").text().to_owned());
                let excepted = block.at("except");
                ranges.extend(excepted.items().map(|one| one.text().to_owned()));
            }
        }
    }
    ranges
}
