//! What is wrong with a change of a pod's status.

use super::super::{
    super::{
        field::{Errors, Field},
        names::{dns_subdomain, qualified},
        object::Object,
    },
    pod_spec,
};
use crate::FieldReason;

pub(super) fn validate(new: &Object, old: &Object) -> Errors {
    let spec = Field::of(old, "spec");
    let mut errors = super::annotations_changed(new, old);
    let (new, old) = (Field::of(new, "status"), Field::of(old, "status"));
    errors.extend(conditions(&new.at("conditions")));
    errors.extend(nomination(&new, &old, &spec));
    errors.extend(generation(&new));
    let (class, before) = (new.at("qosClass"), old.at("qosClass"));
    if class.text() != before.text() {
        errors.push(class.invalid("field is immutable"));
    }
    for (statuses, containers) in [
        ("containerStatuses", "containers"),
        ("initContainerStatuses", "initContainers"),
        ("ephemeralContainerStatuses", ""),
    ] {
        errors.extend(terminated(&new, &old, statuses, &spec, containers));
    }
    errors.extend(claims(&new.at("resourceClaimStatuses"), &spec));
    errors.extend(addresses(&new.at("podIPs"), &old.at("podIPs")));
    let first = new.at("hostIPs").index(0).at("ip");
    if !new.at("hostIPs").is_empty() && new.at("hostIP").text() != first.text() {
        errors.push(first.invalid("must be equal to `hostIP`"));
    }
    errors.extend(addresses(&new.at("hostIPs"), &old.at("hostIPs")));
    for statuses in pod_spec::STATUSES {
        errors.extend(users(&new.at(statuses), &spec));
    }
    errors
}

/// As whom containers run.
fn users(statuses: &Field<'_>, spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let system = spec.at("os").at("name").text();
    for status in statuses.items() {
        let user = status.at("user").at("linux");
        if system == "windows" && user.is_set() {
            errors.push(user.forbidden("cannot be set for a windows pod"));
        }
        if matches!(system, "" | "linux") && user.is_set() {
            let groups = user.at("supplementalGroups");
            let ids = [user.at("uid"), user.at("gid")].into_iter();
            let ids = ids.chain(groups.items());
            errors.extend(ids.filter_map(|id| id.within(0, i64::from(i32::MAX))));
        }
    }
    errors
}

fn conditions(conditions: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for condition in conditions.items() {
        errors.extend(generation(&condition));
        let kind = condition.at("type");
        if !matches!(kind.text(), "PodScheduled" | "Ready" | "Initialized") {
            let path = condition.at("Type").path().to_owned();
            errors.extend(kind.named(path).complaints(qualified));
        }
    }
    errors
}

fn generation(of: &Field<'_>) -> Option<crate::FieldError> {
    let generation = of.at("observedGeneration");
    let is_negative = generation.number().is_some_and(|it| it < 0);
    is_negative.then(|| generation.invalid("must be a non-negative integer"))
}

fn nomination(new: &Field<'_>, old: &Field<'_>, spec: &Field<'_>) -> Errors {
    let (node, before) = (new.at("nominatedNodeName"), old.at("nominatedNodeName"));
    if node.is_empty() || node.text() == before.text() {
        return Errors::new();
    }
    let mut errors = node.complaints(dns_subdomain);
    if !spec.at("nodeName").is_empty() {
        errors.push(node.forbidden("may not be set on pods that are already bound to a node"));
    }
    errors
}

/// What has ended and is not to be started again does not run again.
fn terminated(
    new: &Field<'_>,
    old: &Field<'_>,
    statuses: &str,
    spec: &Field<'_>,
    containers: &str,
) -> Errors {
    let mut errors = Errors::new();
    let (now, before) = (new.at(statuses), old.at(statuses));
    for (index, status) in before.items().enumerate() {
        let ended = status.at("state").at("terminated");
        let name = status.at("name").text();
        let mut same = now.items().filter(|it| it.at("name").text() == name);
        let runs = same
            .next()
            .is_some_and(|it| !it.at("state").at("terminated").is_set());
        if !ended.is_set() || !runs {
            continue;
        }
        let list = spec.at(containers);
        let mut list = list.items().filter(|it| it.at("name").text() == name);
        let code = ended.at("exitCode").number().unwrap_or_default();
        let restarts = list.next().is_some_and(|it| restarts(&it, spec, code));
        if !restarts {
            let why = "may not be transitioned to non-terminated state";
            errors.push(now.index(index).at("state").forbidden(why));
        }
    }
    errors
}

/// Whether a container that ended with this code is to be started again.
fn restarts(container: &Field<'_>, spec: &Field<'_>, code: i64) -> bool {
    let own = container.at("restartPolicy");
    let rules = container.at("restartPolicyRules");
    for rule in rules.items() {
        let codes = rule.at("exitCodes");
        let values = codes.at("values");
        let is_listed = values.items().any(|it| it.number() == Some(code));
        let is_met = match codes.at("operator").text() {
            "In" => is_listed,
            "NotIn" => !is_listed,
            _ => false,
        };
        if is_met && rule.at("action").text() == "Restart" {
            return true;
        }
    }
    let policy = if own.is_set() {
        own
    } else {
        spec.at("restartPolicy")
    };
    match policy.text() {
        "Always" => true,
        "OnFailure" => code != 0,
        _ => false,
    }
}

fn claims(statuses: &Field<'_>, spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut seen = Vec::new();
    let claims = spec.at("resourceClaims");
    for status in statuses.items() {
        let name = status.at("name");
        if !claims.items().any(|it| it.at("name").text() == name.text()) {
            errors.push(name.invalid("must match the name of an entry in `spec.resourceClaims`"));
        }
        if seen.contains(&name.text()) {
            errors.push(name.duplicate());
        } else {
            seen.push(name.text());
        }
        let claim = status.at("resourceClaimName");
        if claim.is_set() {
            errors.extend(claim.named(name.path()).complaints(dns_subdomain));
        }
    }
    errors
}

/// At most one of each family, and none that is no address; those that were there before stay.
fn addresses(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let before: Vec<_> = old
        .items()
        .map(|it| it.at("ip").text().to_owned())
        .collect();
    for address in new.items() {
        let ip = address.at("ip").named(address.path());
        if !before.iter().any(|it| it == ip.text()) {
            errors.extend(ip.complaints(pod_spec::address));
        }
    }
    if new.len() < 2 {
        return errors;
    }
    let ips: Vec<_> = new.items().map(|it| it.at("ip").text()).collect();
    let wrong = ips.iter().position(|ip| !pod_spec::address(ip).is_empty());
    if let Some(index) = wrong {
        let why = format!(
            "failed to check for dual stack with error:invalid IP[{index}]: {}",
            ips[index]
        );
        errors.push(new.error(FieldReason::Internal, "", why));
    }
    let is_v6 = |ip: &&str| ip.contains(':');
    let both = ips.iter().any(is_v6) && !ips.iter().all(is_v6);
    if wrong.is_some() || !both || ips.len() > 2 {
        let why = "may specify no more than one IP for each IP family";
        let shown: Vec<_> = ips.iter().map(|ip| serde_json::json!({"IP": ip})).collect();
        errors.push(new.error(FieldReason::Invalid, shown, why));
    }
    errors
}
