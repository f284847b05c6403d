//! What kube-apiserver 1.35 has and this server has not: it is answered 501 by name, never as if it did not exist, and
//! never in silence.

use serde_json::{Value, json};

use super::{
    call::{Call, Verb},
    object::Object,
    resource::Resource,
};
use crate::Refusal;

/// By group: the kinds that are not served, or not in these versions (none named: any).
const KINDS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "bindings",
            "componentstatuses",
            "limitranges",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
        ],
    ),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("certificates.k8s.io", &["certificatesigningrequests"]),
    (
        "flowcontrol.apiserver.k8s.io",
        &["flowschemas", "prioritylevelconfigurations"],
    ),
    ("networking.k8s.io", &["ipaddresses", "servicecidrs"]),
    ("node.k8s.io", &["runtimeclasses"]),
    (
        "resource.k8s.io",
        &[
            "deviceclasses",
            "resourceclaims",
            "resourceclaimtemplates",
            "resourceslices",
        ],
    ),
    (
        "storage.k8s.io",
        &[
            "csidrivers",
            "csinodes",
            "csistoragecapacities",
            "volumeattachments",
            "volumeattributesclasses",
        ],
    ),
];

/// Those that kubectl lists wherever it describes a namespace, with the kinds of their lists.
const LISTED: [(&str, &str); 2] = [
    ("limitranges", "LimitRangeList"),
    ("resourcequotas", "ResourceQuotaList"),
];

/// The list of a kind that is not served: there are none, for none can be made.
pub(crate) fn list(call: &Call, revision: u64) -> Option<Value> {
    let is_list = call.verb == Verb::List && (&*call.group, &*call.version) == ("", "v1");
    let (_, kind) = LISTED.iter().find(|(plural, _)| *plural == call.resource)?;
    is_list.then(|| {
        json!({
            "apiVersion": "v1", "kind": kind, "metadata": {"resourceVersion": revision.to_string()}, "items": [],
        })
    })
}

/// The refusal of a kind of Kubernetes' own that is not served.
pub(crate) fn kind(call: &Call) -> Option<Refusal> {
    let (_, kinds) = KINDS.iter().find(|(group, _)| *group == call.group)?;
    let is_there = matches!(call.version.as_str(), "v1" | "v2") && kinds.contains(&&*call.resource);
    is_there.then(|| {
        let Call {
            group,
            version,
            resource,
            ..
        } = call;
        let group = if group.is_empty() {
            ""
        } else {
            &format!("{group}/")
        };
        Refusal::not_implemented(&format!("{resource} of {group}{version}"))
    })
}

/// Annotations that came before fields; they are checked still, and of no effect.
const OLD_OF_NODES: [&str; 2] = [
    "scheduler.alpha.kubernetes.io/taints",
    "scheduler.alpha.kubernetes.io/preferAvoidPods",
];

fn is_annotated(object: &Object, name: &str) -> bool {
    let annotation = object.value()["metadata"]["annotations"][name].as_str();
    annotation.is_some_and(|text| !text.is_empty())
}

/// Refuses an object that asks for what is not done here.
pub(crate) fn check(resource: &Resource, object: &Object) -> Result<(), Refusal> {
    let value = object.value();
    let webhooks = value["webhooks"].as_array();
    let what = match &*resource.collection {
        collection
            if collection.ends_with("webhookconfigurations.admissionregistration.k8s.io")
                && webhooks.is_some_and(|webhooks| !webhooks.is_empty()) =>
        {
            "admission webhooks"
        }
        "nodes" if OLD_OF_NODES.iter().any(|name| is_annotated(object, name)) => {
            "taints and Pods to avoid in annotations of Nodes"
        }
        super::commit::DEFINITIONS if value["spec"]["conversion"]["strategy"] == "Webhook" => {
            "conversion webhooks"
        }
        _ => return Ok(()),
    };
    Err(Refusal::not_implemented(what))
}
