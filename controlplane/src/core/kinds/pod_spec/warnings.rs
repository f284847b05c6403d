//! What the writer of a pod or of a template is to be told: `pkg/api/pod/warnings.go` in Kubernetes.

mod overlaps;
mod ports;

use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

use super::{
    super::{super::field::Field, claim},
    all_containers,
};
use crate::{core::names::label_value, types::Quantity};

type Warnings = Vec<String>;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Of a new pod.
pub(in super::super) fn of_pod(pod: &Value) -> Warnings {
    let pod = Field::new("", pod);
    let mut warnings = unknown_profiles(&pod);
    warnings.extend(of(&pod, false));
    warnings
}

/// Of the status of a pod.
pub(in super::super) fn of_status(pod: &Value) -> Warnings {
    let status = Field::new("status", &pod["status"]);
    let lists = ["podIPs", "hostIPs"].map(|list| status.at(list));
    let addresses = lists.iter().flat_map(|list| {
        let addresses: Vec<_> = list.items().map(|it| it.at("ip")).collect();
        addresses
    });
    addresses.filter_map(|it| address(&it)).collect()
}

/// Of a new `PodTemplateSpec`, at `spec.template` say.
pub(in super::super) fn of_template(template: &Value, path: &str) -> Warnings {
    of(&Field::new(path, template), true)
}

fn of(holder: &Field<'_>, is_template: bool) -> Warnings {
    let (spec, annotations) = (holder.at("spec"), holder.at("metadata").at("annotations"));
    let mut warnings = old_labels(&spec);
    warnings.extend(spread(&spec));
    warnings.extend(old_annotations(&annotations));
    warnings.extend(old_volumes(&spec));
    warnings.extend(overlaps::overlaps(&spec));
    warnings.extend(twice(&spec.at("hostAliases"), "ip"));
    warnings.extend(twice(&spec.at("imagePullSecrets"), "name"));
    for secret in spec.at("imagePullSecrets").items() {
        let name = secret.at("name");
        if name.is_empty() {
            warnings.push(format!("{}: invalid empty name \"\"", name.path()));
        }
    }
    warnings.extend(fractions(&spec.at("overhead")));
    let seccomp = annotations.key("seccomp.security.alpha.kubernetes.io/pod");
    if seccomp.is_set() && !spec.at("securityContext").at("seccompProfile").is_set() {
        warnings.push(format!("{}: {NO_SECCOMP}", seccomp.path()));
    }
    for container in all_containers(&spec) {
        warnings.extend(of_container(&spec, &container, &annotations, is_template));
    }
    warnings.extend(ports::ports(&spec));
    let grace = spec.at("terminationGracePeriodSeconds");
    if grace.number().is_some_and(|seconds| seconds < 0) {
        warnings.push(format!(
            "{}: must be >= 0; negative values are invalid and will be treated as 1",
            grace.path()
        ));
    }
    warnings.extend(affinity(&spec.at("affinity")));
    for server in spec.at("dnsConfig").at("nameservers").items() {
        warnings.extend(address(&server));
    }
    for alias in spec.at("hostAliases").items() {
        warnings.extend(address(&alias.at("ip")));
    }
    warnings
}

const NO_SECCOMP: &str = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
const APP_ARMOR_OF: &str = "container.apparmor.security.beta.kubernetes.io/";
const OLD_APP_ARMOR: &str = "deprecated since v1.30; use the \"appArmorProfile\" field instead";

/// Annotations of pods from which no field follows, or one that was not there: the field is there by now.
fn unknown_profiles(pod: &Field<'_>) -> Warnings {
    let annotations = pod.at("metadata").at("annotations");
    let of_pod = pod.at("spec").at("securityContext").at("appArmorProfile");
    let mut warnings = Warnings::new();
    if pod.at("spec").at("os").at("name").text() == "windows" {
        return warnings;
    }
    for container in all_containers(&pod.at("spec")) {
        let annotation = annotations.key(&format!("{APP_ARMOR_OF}{}", container.at("name").text()));
        let own = container.at("securityContext").at("appArmorProfile");
        let is_of_pod = of_pod.is_set() && !own.is_set() && is_known_profile(annotation.text());
        if annotation.is_set() && !is_of_pod {
            warnings.push(format!("{}: {OLD_APP_ARMOR}", annotation.path()));
        }
    }
    warnings
}

fn is_known_profile(annotation: &str) -> bool {
    matches!(annotation, "unconfined" | "runtime/default") || annotation.starts_with("localhost/")
}

fn of_container(
    spec: &Field<'_>,
    container: &Field<'_>,
    annotations: &Field<'_>,
    is_template: bool,
) -> Warnings {
    let mut warnings = Warnings::new();
    let (name, context) = (container.at("name"), container.at("securityContext"));
    let seccomp = annotations.key(&format!(
        "container.seccomp.security.alpha.kubernetes.io/{}",
        name.text()
    ));
    if seccomp.is_set() && !context.at("seccompProfile").is_set() {
        warnings.push(format!("{}: {NO_SECCOMP}", seccomp.path()));
    }
    let app_armor = annotations.key(&format!("{APP_ARMOR_OF}{}", name.text()));
    let of_pod = spec.at("securityContext").at("appArmorProfile");
    let is_told = is_template && app_armor.is_set() && !context.at("appArmorProfile").is_set();
    if is_told && !is_profile(&of_pod, app_armor.text()) {
        warnings.push(format!("{}: {OLD_APP_ARMOR}", app_armor.path()));
    }
    let resources = container.at("resources");
    let both = [resources.at("limits"), resources.at("requests")];
    for what in ["memory", "ephemeral-storage"] {
        let amounts = both.iter().map(|it| it.key(what));
        warnings.extend(amounts.filter_map(|it| fraction(&it)));
    }
    warnings.extend(hidden(&container.at("env")));
    warnings
}

fn is_profile(profile: &Field<'_>, annotation: &str) -> bool {
    let local = annotation.strip_prefix("localhost/");
    match profile.at("type").text() {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => annotation == "runtime/default",
        "Localhost" => local == Some(profile.at("localhostProfile").text()),
        _ => false,
    }
}

/// Variables that are set again, so that what they were before is lost.
fn hidden(variables: &Field<'_>) -> Warnings {
    let mut warnings = Warnings::new();
    let mut seen = Vec::new();
    for variable in variables.items() {
        let (name, value) = (variable.at("name").text(), variable.at("value").text());
        if !seen.contains(&name) {
            seen.push(name);
            continue;
        }
        let reference = format!("$({name})");
        let is_kept = value.contains(&reference) && value != reference;
        if variable.at("valueFrom").is_set() || !is_kept {
            warnings.push(format!(
                "{}: hides previous definition of {name:?}, which may be dropped when using apply",
                variable.path()
            ));
        }
    }
    warnings
}

fn old_label(label: &str) -> Option<&'static str> {
    Some(match label {
        "beta.kubernetes.io/arch" => "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        "beta.kubernetes.io/os" => "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        "failure-domain.beta.kubernetes.io/region" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"
        }
        "failure-domain.beta.kubernetes.io/zone" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"
        }
        "beta.kubernetes.io/instance-type" => {
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"
        }
        "app.kubernetes.io/created-by" => "deprecated since v1.9",
        "scheduler.alpha.kubernetes.io/preferAvoidPods" => {
            "deprecated since v1.22; use Taints and Tolerations instead"
        }
        "node-role.kubernetes.io/master" => "use \"node-role.kubernetes.io/control-plane\" instead",
        _ => return None,
    })
}

/// Labels of nodes that have other names now.
fn old_labels(spec: &Field<'_>) -> Warnings {
    let mut warnings = Warnings::new();
    let selector = spec.at("nodeSelector");
    for label in selector.keys() {
        let path = selector.key(label);
        warnings.extend(old_label(label).map(|why| format!("{}: {why}", path.path())));
    }
    let nodes = spec.at("affinity").at("nodeAffinity");
    warnings.extend(of_node_selector(&nodes.at(REQUIRED)));
    for term in nodes.at(PREFERRED).items() {
        warnings.extend(old_labels_of_term(&term.at("preference"), true));
    }
    warnings
}

/// Of a `NodeSelector`, of a pod or of a volume.
pub(in super::super) fn of_node_selector(selector: &Field<'_>) -> Warnings {
    let terms = selector.at("nodeSelectorTerms");
    let each = terms.items().map(|term| old_labels_of_term(&term, false));
    each.flatten().collect()
}

fn old_labels_of_term(term: &Field<'_>, checks_values: bool) -> Warnings {
    let mut warnings = Warnings::new();
    for expression in term.at("matchExpressions").items() {
        warnings.extend(old_key(&expression.at("key")));
        if checks_values {
            for value in expression.at("values").items() {
                let complaints = label_value(value.text()).into_iter();
                warnings
                    .extend(complaints.map(|why| {
                        format!("{}: {} is invalid, {why}", value.path(), value.text())
                    }));
            }
        }
    }
    warnings
}

fn old_key(key: &Field<'_>) -> Option<String> {
    let why = old_label(key.text())?;
    Some(format!("{}: {} is {why}", key.path(), key.text()))
}

fn spread(spec: &Field<'_>) -> Warnings {
    let mut warnings = Warnings::new();
    for constraint in spec.at("topologySpreadConstraints").items() {
        warnings.extend(old_key(&constraint.at("topologyKey")));
        warnings.extend(no_selector(&constraint));
    }
    warnings
}

fn no_selector(term: &Field<'_>) -> Option<String> {
    let selector = term.at("labelSelector");
    (!selector.is_set()).then(|| {
        format!(
            "{}: a null labelSelector results in matching no pod",
            selector.path()
        )
    })
}

fn affinity(affinity: &Field<'_>) -> Warnings {
    let mut warnings = Warnings::new();
    for name in ["podAffinity", "podAntiAffinity"] {
        let of_pods = affinity.at(name);
        let required = of_pods.at(REQUIRED);
        warnings.extend(required.items().filter_map(|it| no_selector(&it)));
        let preferred = of_pods.at(PREFERRED);
        let terms = preferred.items().map(|it| it.at("podAffinityTerm"));
        warnings.extend(terms.filter_map(|it| no_selector(&it)));
    }
    warnings
}

fn old_annotations(annotations: &Field<'_>) -> Warnings {
    let old = [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead",
        ),
        (
            "security.alpha.kubernetes.io/sysctls",
            "non-functional in v1.11+; use the \"sysctls\" field instead",
        ),
        (
            "security.alpha.kubernetes.io/unsafe-sysctls",
            "non-functional in v1.11+; use the \"sysctls\" field instead",
        ),
    ];
    let there = old
        .map(|(key, why)| (annotations.key(key), why))
        .into_iter();
    let there = there.filter(|(annotation, _)| annotation.is_set());
    there
        .map(|(annotation, why)| format!("{}: {why}", annotation.path()))
        .collect()
}

/// Kinds of volumes that are no more.
fn old_volumes(spec: &Field<'_>) -> Warnings {
    const OLD: &[(&str, &str, &str)] = &[
        (
            "photonPersistentDisk",
            "photonPersistentDisk",
            "v1.11, non-functional in v1.16+",
        ),
        (
            "gitRepo",
            "gitRepo",
            "v1.11, and disabled by default in v1.33+",
        ),
        ("scaleIO", "scaleIO", "v1.16, non-functional in v1.22+"),
        ("flocker", "flocker", "v1.22, non-functional in v1.25+"),
        ("storageos", "storageOS", "v1.22, non-functional in v1.25+"),
        ("quobyte", "quobyte", "v1.22, non-functional in v1.25+"),
        ("glusterfs", "glusterfs", "v1.25, non-functional in v1.26+"),
        ("cephfs", "cephfs", "v1.28, non-functional in v1.31+"),
        ("rbd", "rbd", "v1.28, non-functional in v1.31+"),
    ];
    let mut warnings = Warnings::new();
    for volume in spec.at("volumes").items() {
        for (name, shown, since) in OLD {
            if volume.at(name).is_set() {
                warnings.push(format!(
                    "{}: deprecated in {since}",
                    volume.at(shown).path()
                ));
            }
            if *name == "glusterfs" {
                let claim = volume.at("ephemeral").at("volumeClaimTemplate");
                warnings.extend(claim::warnings_of_spec(&claim.at("spec")));
            }
        }
    }
    warnings
}

fn twice(list: &Field<'_>, name: &str) -> Warnings {
    let mut warnings = Warnings::new();
    let mut seen = Vec::new();
    for item in list.items() {
        let field = item.at(name);
        if seen.contains(&field.text()) {
            let path = field.path();
            warnings.push(format!("{path}: duplicate {name} {:?}", field.text()));
        } else {
            seen.push(field.text());
        }
    }
    warnings
}

fn fractions(amounts: &Field<'_>) -> Warnings {
    let both = ["memory", "ephemeral-storage"];
    let amounts = both.iter().map(|what| amounts.key(what));
    amounts.filter_map(|it| fraction(&it)).collect()
}

/// Bytes come in whole numbers.
fn fraction(amount: &Field<'_>) -> Option<String> {
    let bytes = Quantity::parse(amount.text()).ok()?;
    (!bytes.is_whole()).then(|| {
        format!(
            "{}: fractional byte value \"{bytes}\" is invalid, must be an integer",
            amount.path()
        )
    })
}

/// Addresses that are read, and not written, like this.
fn address(address: &Field<'_>) -> Option<String> {
    let (path, text) = (address.path(), address.text());
    let odd = |right: String| {
        format!(
            "{path}: non-standard IP address {text:?} will be considered invalid in a future Kubernetes release: use {right:?}"
        )
    };
    match text.parse() {
        Ok(IpAddr::V4(_)) => None,
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => Some(odd(mapped.to_string())),
            None if address.to_string() != text => Some(format!(
                "{path}: IPv6 address {text:?} should be in RFC 5952 canonical format ({:?})",
                address.to_string()
            )),
            None => None,
        },
        Err(_) => {
            let parts: Result<Vec<u8>, _> = text.split('.').map(str::parse).collect();
            let parts: [u8; 4] = parts.ok()?.try_into().ok()?;
            Some(odd(Ipv4Addr::from(parts).to_string()))
        }
    }
}
