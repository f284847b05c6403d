//! What containers and pods ask for, and are held to.

use super::{
    super::super::{
        field::{Errors, Field},
        names::{dns_label, dns_subdomain, qualified},
    },
    operating_system,
};
use crate::{
    FieldReason,
    types::{Quantity, internal, sum_of_containers},
};

/// What is wrong with the name of a resource.
type CheckName = fn(&Field<'_>, &str) -> Errors;

const STANDARD: &[&str] = &[
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];

const WHOLE: &[&str] = &[
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

pub(super) fn of_container(spec: &Field<'_>, container: &Field<'_>) -> Errors {
    let claims = claim_names(spec);
    let resources = container.at("resources");
    let (limits, requests) = (resources.at("limits"), resources.at("requests"));
    let mut errors = amounts(&resources, &limits, &requests, name_of_container);
    errors.extend(claims_of_container(&resources.at("claims"), &claims));
    errors
}

/// What running a pod takes besides its containers: as limits of a container.
pub(super) fn overhead(overhead: &Field<'_>) -> Errors {
    let nothing = Field::new("", &serde_json::Value::Null);
    let limits = overhead.named(format!("{}.limits", overhead.path()));
    amounts(overhead, &limits, &nothing, name_of_container)
}

fn amounts(
    resources: &Field<'_>,
    limits: &Field<'_>,
    requests: &Field<'_>,
    check_name: CheckName,
) -> Errors {
    let mut errors = Errors::new();
    for name in limits.keys() {
        errors.extend(amount(&limits.key(name), name, check_name));
    }
    for name in requests.keys() {
        let request = requests.key(name);
        let mut of_request = check_name(&request, name);
        of_request.extend(value(&request, name));
        of_request.extend(against_limit(requests, limits, name));
        of_request.extend(huge_pages(&request, name));
        errors.extend(of_request);
    }
    let mut all = limits.keys().chain(requests.keys());
    let has = |is: fn(&str) -> bool| limits.keys().chain(requests.keys()).any(is);
    if all.any(is_huge_page) && !has(|name| matches!(name, "cpu" | "memory")) {
        errors.push(resources.forbidden("HugePages require cpu or memory"));
    }
    errors
}

fn amount(field: &Field<'_>, name: &str, check_name: CheckName) -> Errors {
    let mut errors = check_name(field, name);
    errors.extend(value(field, name));
    errors.extend(huge_pages(field, name));
    errors
}

/// An amount of a resource, of whatever holds it.
pub(in super::super) fn value(field: &Field<'_>, name: &str) -> Errors {
    let mut errors = Errors::new();
    let Some(amount) = quantity(field) else {
        return errors;
    };
    if amount.is_negative() {
        let why = "must be greater than or equal to 0";
        errors.push(field.error(FieldReason::Invalid, amount.to_string(), why));
    }
    if (WHOLE.contains(&name) || is_extended(name)) && !amount.is_whole() {
        errors.push(field.invalid("must be an integer"));
    }
    errors
}

fn huge_pages(field: &Field<'_>, name: &str) -> Errors {
    let Some(amount) = quantity(field).filter(|_| is_huge_page(name)) else {
        return Errors::new();
    };
    let size = name.strip_prefix(HUGE_PAGES).unwrap_or_default();
    let divides = Quantity::parse(size).is_ok_and(|size| size.divides(&amount));
    if divides {
        return Errors::new();
    }
    let why = format!("{amount} is not positive integer multiple of {name}");
    vec![field.error(FieldReason::Invalid, amount.to_string(), why)]
}

fn against_limit(requests: &Field<'_>, limits: &Field<'_>, name: &str) -> Errors {
    let can_exceed = is_native(name) && !is_huge_page(name);
    let Some(limit) = quantity(&limits.key(name)) else {
        if can_exceed {
            return Errors::new();
        }
        return vec![limits.required("Limit must be set for non overcommitable resources")];
    };
    let Some(request) = quantity(&requests.key(name)) else {
        return Errors::new();
    };
    let is_more = request.is_more_than(&limit);
    let why = if !can_exceed && (is_more || limit.is_more_than(&request)) {
        format!("must be equal to {name} limit of {limit}")
    } else if is_more {
        format!("must be less than or equal to {name} limit of {limit}")
    } else {
        return Errors::new();
    };
    vec![requests.error(FieldReason::Invalid, request.to_string(), why)]
}

pub(in super::super) fn name_of_container(field: &Field<'_>, name: &str) -> Errors {
    let mut errors = name_of_resource(field, name);
    if name.contains('/') {
        if !is_native(name) && !is_extended(name) {
            let why = "doesn't follow extended resource name standard";
            errors.push(field.error(FieldReason::Invalid, name, why));
        }
    } else if !matches!(name, "cpu" | "memory" | "ephemeral-storage") && !is_huge_page(name) {
        let why = "must be a standard resource for containers";
        errors.push(field.error(FieldReason::Invalid, name, why));
    }
    errors
}

fn name_of_pod(field: &Field<'_>, name: &str) -> Errors {
    let errors = name_of_resource(field, name);
    if !errors.is_empty() || is_huge_page(name) || matches!(name, "cpu" | "memory") {
        return errors;
    }
    let supported = super::super::super::query::supported(&["cpu", HUGE_PAGES, "memory"]);
    vec![field.error(FieldReason::NotSupported, name, supported)]
}

fn name_of_resource(field: &Field<'_>, name: &str) -> Errors {
    let invalid = |why: String| field.error(FieldReason::Invalid, name, why);
    let errors: Errors = qualified(name).into_iter().map(invalid).collect();
    let is_known =
        STANDARD.contains(&name) || is_huge_page(name) || name.starts_with("requests.hugepages-");
    if errors.is_empty() && !name.contains('/') && !is_known {
        return vec![invalid(
            "must be a standard resource type or fully qualified".into(),
        )];
    }
    errors
}

const HUGE_PAGES: &str = "hugepages-";

fn is_huge_page(name: &str) -> bool {
    name.starts_with(HUGE_PAGES)
}

fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && qualified(&format!("requests.{name}")).is_empty()
}

fn quantity(field: &Field<'_>) -> Option<Quantity> {
    Quantity::parse(field.text()).ok()
}

/// What a pod as a whole asks for and is held to.
pub(super) fn of_pod(spec: &Field<'_>) -> Errors {
    let resources = spec.at("resources");
    if !resources.is_set() {
        return Errors::new();
    }
    if operating_system::name(spec) == "windows" {
        return vec![resources.forbidden("may not be set for a windows pod")];
    }
    let mut errors = Errors::new();
    let claims = resources.at("claims");
    if claims.is_set() {
        errors.push(claims.forbidden("claims may not be set for Resources at pod-level"));
    }
    let (limits, requests) = (resources.at("limits"), resources.at("requests"));
    errors.extend(amounts(&resources, &limits, &requests, name_of_pod));
    errors.extend(claims_of_container(&claims, &claim_names(spec)));
    errors.extend(consistency(spec, &limits, &requests));
    errors
}

/// What the containers ask for together must be within what the pod asks for, each limit within that of the pod.
fn consistency(spec: &Field<'_>, limits: &Field<'_>, requests: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let total = |total: &Quantity, of: &Field<'_>, what: &str| {
        let amount = quantity(of).filter(|amount| total.is_more_than(amount))?;
        let why = format!("must be greater than or equal to aggregate container {what} of {total}");
        Some(of.error(FieldReason::Invalid, amount.to_string(), why))
    };
    for (name, sum) in sum_of_containers(spec.value(), "requests") {
        errors.extend(total(&sum, &requests.key(&name), "requests"));
    }
    for (name, sum) in sum_of_containers(spec.value(), "limits") {
        if is_huge_page(&name) {
            errors.extend(total(&sum, &limits.key(&name), "limits"));
        }
    }
    for (index, container) in spec.at("containers").items().enumerate() {
        let own = container.at("resources").at("limits");
        for name in own.keys() {
            let (Some(limit), Some(most)) = (quantity(&own.key(name)), quantity(&limits.key(name)))
            else {
                continue;
            };
            if limit.is_more_than(&most) {
                let path = spec.at("resources").at("containers");
                let field = own.named(format!("{}[{index}][{name}].limits", path.path()));
                let why = format!("must be less than or equal to pod limits of {most}");
                errors.push(field.error(FieldReason::Invalid, limit.to_string(), why));
            }
        }
    }
    errors
}

/// Claims of devices by a pod.
pub(super) fn claims(claims: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut names = Vec::new();
    for claim in claims.items() {
        let name = claim.at("name");
        if name.is_empty() {
            errors.push(name.required(""));
        } else if names.contains(&name.text()) {
            errors.push(name.duplicate());
        } else {
            errors.extend(name.complaints(dns_label));
            names.push(name.text());
        }
        let (own, template) = (
            claim.at("resourceClaimName"),
            claim.at("resourceClaimTemplateName"),
        );
        let wrong = match (own.is_set(), template.is_set()) {
            (true, true) => Some(
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            ),
            (false, false) => {
                Some("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")
            }
            _ => None,
        };
        errors.extend(wrong.map(|why| {
            claim
                .invalid(why)
                .showing(internal("core.PodResourceClaim", claim.value()))
        }));
        for field in [own, template] {
            if field.is_set() {
                errors.extend(field.complaints(dns_subdomain));
            }
        }
    }
    errors
}

fn claim_names<'a>(spec: &Field<'a>) -> Vec<&'a str> {
    let claims = spec.at("resourceClaims");
    let names = claims.items().map(|claim| claim.at("name").text());
    let mut names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Claims of the pod that a container makes use of.
fn claims_of_container(claims: &Field<'_>, known: &[&str]) -> Errors {
    let mut errors = Errors::new();
    let mut seen: Vec<String> = Vec::new();
    for claim in claims.items() {
        let name = claim.at("name").named(claim.path());
        if name.is_empty() {
            errors.push(name.required(""));
            continue;
        }
        let of_claim = |key: &str| claim.error(FieldReason::Duplicate, key, "");
        let text = name.text().to_owned();
        if seen.contains(&text) {
            errors.push(of_claim(&text));
        } else {
            let request = claim.at("request");
            let mut key = text.clone();
            if !request.is_empty() {
                errors.extend(request.complaints(dns_label));
                key = format!("{text}/{}", request.text());
            }
            if seen.contains(&key) {
                errors.push(of_claim(&key));
            } else if request.is_empty() {
                let parts = seen
                    .iter()
                    .filter(|one| one.split_once('/').is_some_and(|(claim, _)| claim == text));
                errors.extend(parts.map(|_| of_claim(&text)));
            }
            seen.push(key);
        }
        if !known.contains(&name.text()) {
            let names = if known.is_empty() {
                " which is empty".to_owned()
            } else {
                format!(": {}", known.join(", "))
            };
            let why = format!("must be one of the names in pod.spec.resourceClaims{names}");
            errors.push(name.error(FieldReason::NotFound, name.text(), why));
        }
    }
    errors
}
