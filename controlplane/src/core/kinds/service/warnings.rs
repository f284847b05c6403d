//! What the writer of a Service is told, as `pkg/api/service/warnings.go` in Kubernetes has it.

use super::{
    super::super::{ip, object::Object},
    texts,
};

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";

pub(super) fn of(service: &Object) -> Vec<String> {
    let spec = &service.value()["spec"];
    let annotations = service.meta().get("annotations");
    let mut warnings = Vec::new();
    if annotations.and_then(|all| all.get(HINTS)).is_some() {
        warnings.push(format!(
            "annotation {HINTS} is deprecated, please use {MODE} instead"
        ));
    }
    let addresses = |name: &str| -> Vec<String> {
        let each = texts(spec, name).into_iter().enumerate();
        each.filter_map(|(index, text)| ip::warning(&format!("spec.{name}[{index}]"), text))
            .collect()
    };
    let text = |name: &str| spec[name].as_str().unwrap_or_default();
    let has_outer = !texts(spec, "externalIPs").is_empty();
    if !matches!(text("clusterIP"), "" | "None") {
        warnings.extend(addresses("clusterIPs"));
    }
    if text("type") == "ClusterIP" && text("clusterIP") == "None" {
        let ignored = [
            (!text("loadBalancerIP").is_empty(), "loadBalancerIP"),
            (has_outer, "externalIPs"),
            (text("sessionAffinity") != "None", "SessionAffinity"),
        ];
        for (_, name) in ignored.into_iter().filter(|(is_given, _)| *is_given) {
            warnings.push(format!("spec.{name} is ignored for headless services"));
        }
    }
    warnings.extend(addresses("externalIPs"));
    warnings.extend(ip::warning("spec.loadBalancerIP", text("loadBalancerIP")));
    for (index, range) in texts(spec, "loadBalancerSourceRanges")
        .into_iter()
        .enumerate()
    {
        let path = format!("spec.loadBalancerSourceRanges[{index}]");
        warnings.extend(ip::range_warnings(&path, range));
    }
    let is_external = text("type") == "ExternalName";
    if is_external && has_outer {
        warnings.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".into());
    }
    if !is_external && !text("externalName").is_empty() {
        warnings.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".into());
    }
    if text("trafficDistribution") == "PreferClose" {
        warnings.push(
            "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\""
                .into(),
        );
    }
    warnings
}
