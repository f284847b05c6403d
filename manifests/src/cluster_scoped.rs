//! Which resources are in no namespace. Rules that are written by hand name no kind that would tell.

/// Whether these are resources of Kubernetes itself, in each of the groups, that are in no namespace.
pub(crate) fn are_all(groups: &[String], resource: &str) -> bool {
    let resource = resource.split('/').next().unwrap_or_default();
    groups.iter().all(|group| {
        CLUSTER_SCOPED
            .iter()
            .any(|(known, resources)| known == group && resources.contains(&resource))
    })
}

/// What `kubectl api-resources --namespaced=false` names.
const CLUSTER_SCOPED: [(&str, &[&str]); 14] = [
    (
        "",
        &[
            "componentstatuses",
            "namespaces",
            "nodes",
            "persistentvolumes",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    (
        "authentication.k8s.io",
        &["selfsubjectreviews", "tokenreviews"],
    ),
    (
        "authorization.k8s.io",
        &[
            "selfsubjectaccessreviews",
            "selfsubjectrulesreviews",
            "subjectaccessreviews",
        ],
    ),
    (
        "certificates.k8s.io",
        &[
            "certificatesigningrequests",
            "clustertrustbundles",
            "signers",
        ],
    ),
    (
        "flowcontrol.apiserver.k8s.io",
        &["flowschemas", "prioritylevelconfigurations"],
    ),
    (
        "networking.k8s.io",
        &["ingressclasses", "ipaddresses", "servicecidrs"],
    ),
    ("node.k8s.io", &["runtimeclasses"]),
    (
        "rbac.authorization.k8s.io",
        &["clusterrolebindings", "clusterroles"],
    ),
    ("resource.k8s.io", &["deviceclasses", "resourceslices"]),
    ("scheduling.k8s.io", &["priorityclasses"]),
    (
        "storage.k8s.io",
        &[
            "csidrivers",
            "csinodes",
            "storageclasses",
            "volumeattachments",
            "volumeattributesclasses",
        ],
    ),
];
