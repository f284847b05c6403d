//! Which nodes a pod is drawn to, and which other pods.

use super::{
    super::super::{
        field::{Errors, Field},
        names::{dns_label, dns_subdomain, label_value},
    },
    label_name,
};
use crate::FieldReason;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub(super) fn affinity(affinity: &Field<'_>) -> Errors {
    let mut errors = nodes(&affinity.at("nodeAffinity"));
    for name in ["podAffinity", "podAntiAffinity"] {
        let of_pods = affinity.at(name);
        for term in of_pods.at(REQUIRED).items() {
            errors.extend(pods(&term));
        }
        for term in of_pods.at(PREFERRED).items() {
            errors.extend(weight(&term));
            errors.extend(pods(&term.at("podAffinityTerm")));
        }
    }
    errors
}

fn weight(term: &Field<'_>) -> Errors {
    let weight = term.at("weight").number().unwrap_or_default();
    if (1..=100).contains(&weight) {
        return Errors::new();
    }
    let why = "must be in the range 1-100";
    vec![term.at("weight").error(FieldReason::Invalid, weight, why)]
}

fn nodes(affinity: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let required = affinity.at(REQUIRED);
    if required.is_set() {
        errors.extend(node_selector(&required, true));
    }
    for term in affinity.at(PREFERRED).items() {
        errors.extend(weight(&term));
        errors.extend(node_term(&term.at("preference"), false));
    }
    errors
}

/// What is wrong with a `NodeSelector`, of a pod or of a volume.
pub(in super::super) fn node_selector(selector: &Field<'_>, checks_values: bool) -> Errors {
    let terms = selector.at("nodeSelectorTerms");
    if terms.is_empty() {
        return vec![terms.required("must have at least one node selector term")];
    }
    let each = terms.items().map(|term| node_term(&term, checks_values));
    each.flatten().collect()
}

fn node_term(term: &Field<'_>, checks_values: bool) -> Errors {
    let mut errors = Errors::new();
    for requirement in term.at("matchExpressions").items() {
        let values = requirement.at("values");
        let operator = requirement.at("operator");
        match operator.text() {
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {
                errors.extend(count_of_values(&operator, &values));
            }
            "Gt" | "Lt" => {
                if values.len() != 1 {
                    errors.push(values.required(
                        "must be specified single value when `operator` is 'Lt' or 'Gt'",
                    ));
                }
            }
            _ => errors.push(operator.invalid("not a valid selector operator")),
        }
        errors.extend(label_name(&requirement.at("key")));
        if checks_values {
            errors.extend(label_values(&values));
        }
    }
    for requirement in term.at("matchFields").items() {
        errors.extend(node_field(&requirement));
    }
    errors
}

fn count_of_values(operator: &Field<'_>, values: &Field<'_>) -> Errors {
    let takes_some = matches!(operator.text(), "In" | "NotIn");
    match (takes_some, values.is_empty()) {
        (true, true) => {
            vec![values.required("must be specified when `operator` is 'In' or 'NotIn'")]
        }
        (false, false) => vec![
            values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        ],
        _ => Errors::new(),
    }
}

fn label_values(values: &Field<'_>) -> Errors {
    let each = values.items().map(|value| value.complaints(label_value));
    each.flatten().collect()
}

fn node_field(requirement: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let (key, operator) = (requirement.at("key"), requirement.at("operator"));
    let values = requirement.at("values");
    if !matches!(operator.text(), "In" | "NotIn") {
        errors.push(operator.invalid("not a valid selector operator"));
    } else if values.len() != 1 {
        errors.push(values.required(
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ));
    }
    if key.text() == "metadata.name" {
        let each = values.items().map(|value| value.complaints(dns_subdomain));
        errors.extend(each.flatten());
    } else {
        errors.push(key.invalid("not a valid field selector key"));
    }
    errors
}

fn pods(term: &Field<'_>) -> Errors {
    let mut errors = label_selector(&term.at("labelSelector"));
    errors.extend(label_selector(&term.at("namespaceSelector")));
    for namespace in term.at("namespaces").items() {
        let named = term.at("namespace").path().to_owned();
        errors.extend(namespace.named(named).complaints(dns_label));
    }
    errors.extend(label_keys(term));
    let topology = term.at("topologyKey");
    if topology.is_empty() {
        errors.push(topology.required("can not be empty"));
    }
    errors.extend(label_name(&topology));
    errors
}

/// What is wrong with a selector of labels.
pub(super) fn label_selector(selector: &Field<'_>) -> Errors {
    super::super::label_selector::validate(selector.value(), selector.path())
}

/// Keys of labels whose values are to be those of the pod, or not to be.
pub(super) fn label_keys(term: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let selector = term.at("labelSelector");
    let (same, other) = (term.at("matchLabelKeys"), term.at("mismatchLabelKeys"));
    for keys in [&same, &other] {
        if keys.is_empty() {
            continue;
        }
        if !selector.is_set() {
            errors.push(keys.forbidden("must not be specified when labelSelector is not set"));
            continue;
        }
        for key in keys.items() {
            errors.extend(label_name(&key));
        }
    }
    let mut in_selector: Vec<&str> = selector.at("matchLabels").keys().collect();
    for requirement in selector.at("matchExpressions").items() {
        let key = requirement.at("key");
        let mut wanted = same.items().enumerate();
        let found = wanted.find(|(_, it)| it.text() == key.text());
        if let Some((index, _)) = found.filter(|_| in_selector.contains(&key.text())) {
            let field = key.named(format!("{}[{index}]", term.path()));
            errors.push(field.invalid("exists in both matchLabelKeys and labelSelector"));
        }
        in_selector.push(key.text());
    }
    for key in same.items() {
        if other.items().any(|it| it.text() == key.text()) {
            errors.push(key.invalid("exists in both matchLabelKeys and mismatchLabelKeys"));
        }
    }
    errors
}
