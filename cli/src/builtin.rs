//! The kinds that Kubernetes itself has and that can be watched, by the short name that Kubebuilder gives their group.
//!
//! Events are none of them: a controller of events that tells of what it does, by an event, would never come to rest.

use crate::layout;

/// A kind of Kubernetes' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Builtin {
    /// The short name of its group, which is its module in k8s-openapi.
    pub(crate) group: &'static str,
    /// What its API group has besides the short name.
    pub(crate) domain: &'static str,
    pub(crate) version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) namespaced: bool,
}

/// Short name of the group, the rest of the group, version, kinds in namespaces, kinds in none.
#[rustfmt::skip]
const GROUPS: &[(&str, &str, &str, &str, &str)] = &[
    ("admissionregistration", "k8s.io", "v1", "",
        "MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"),
    ("apps", "", "v1", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", ""),
    ("autoscaling", "", "v2", "HorizontalPodAutoscaler", ""),
    ("autoscaling", "", "v1", "HorizontalPodAutoscaler", ""),
    ("batch", "", "v1", "CronJob Job", ""),
    ("certificates", "k8s.io", "v1", "", "CertificateSigningRequest"),
    ("coordination", "k8s.io", "v1", "Lease", ""),
    ("core", "", "v1",
        "ConfigMap Endpoints LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret \
         Service ServiceAccount",
        "Namespace Node PersistentVolume"),
    ("discovery", "k8s.io", "v1", "EndpointSlice", ""),
    ("flowcontrol", "apiserver.k8s.io", "v1", "", "FlowSchema PriorityLevelConfiguration"),
    ("networking", "k8s.io", "v1", "Ingress NetworkPolicy", "IPAddress IngressClass ServiceCIDR"),
    ("node", "k8s.io", "v1", "", "RuntimeClass"),
    ("policy", "", "v1", "PodDisruptionBudget", ""),
    ("rbac", "authorization.k8s.io", "v1", "Role RoleBinding", "ClusterRole ClusterRoleBinding"),
    ("resource", "k8s.io", "v1", "ResourceClaim ResourceClaimTemplate", "DeviceClass ResourceSlice"),
    ("scheduling", "k8s.io", "v1", "", "PriorityClass"),
    ("storage", "k8s.io", "v1", "CSIStorageCapacity",
        "CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass"),
];

/// Those whose objects have a `metadata.generation`, as the API server 1.35 answers when one is created.
const WITH_GENERATION: &str = "
    CronJob DaemonSet Deployment DeviceClass EndpointSlice FlowSchema Ingress IngressClass Job
    MutatingWebhookConfiguration NetworkPolicy Pod PodDisruptionBudget PodTemplate PriorityClass
    PriorityLevelConfiguration ReplicaSet ReplicationController ResourceSlice StatefulSet ValidatingAdmissionPolicy
    ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
";

/// Whether objects of a kind of Kubernetes' own have a generation.
pub(crate) fn has_generation(kind: &str) -> bool {
    WITH_GENERATION.split_whitespace().any(|one| one == kind)
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Builtin> {
    GROUPS
        .iter()
        .flat_map(|(group, domain, version, inside, outside)| {
            let scopes = [(inside, true), (outside, false)];
            scopes.into_iter().flat_map(move |(kinds, namespaced)| {
                kinds.split_whitespace().map(move |kind| Builtin {
                    group,
                    domain,
                    version,
                    kind,
                    namespaced,
                })
            })
        })
}

/// The one of this group, by its short or its whole name, version and kind.
pub(crate) fn find(group: &str, version: &str, kind: &str) -> Option<Builtin> {
    all().find(|one| {
        let is_group = one.group == group || one.api_group() == group;
        is_group && one.version == version && one.kind == kind
    })
}

/// Those of this name, or else the ones whose name is close to it.
pub(crate) fn like(kind: &str) -> Vec<Builtin> {
    let same: Vec<_> = all()
        .filter(|one| one.kind.eq_ignore_ascii_case(kind))
        .collect();
    if !same.is_empty() {
        return same;
    }
    let near = myop_model::nearest(kind, all().map(|one| one.kind));
    all().filter(|one| Some(one.kind) == near).collect()
}

impl Builtin {
    /// The whole API group: empty for `core`.
    pub(crate) fn api_group(&self) -> String {
        match (self.group, self.domain) {
            ("core", _) => String::new(),
            (group, "") => group.to_owned(),
            (group, domain) => format!("{group}.{domain}"),
        }
    }

    /// The Rust type.
    pub(crate) fn path(&self) -> String {
        format!(
            "k8s_openapi::api::{}::{}::{}",
            self.group, self.version, self.kind
        )
    }

    /// How it is asked for.
    pub(crate) fn flags(&self) -> String {
        layout::flags(self.group, self.version, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_the_short_and_the_whole_name_of_its_group() {
        let role = find("rbac", "v1", "Role").unwrap();
        assert_eq!(find("rbac.authorization.k8s.io", "v1", "Role"), Some(role));
        assert_eq!(role.path(), "k8s_openapi::api::rbac::v1::Role");
        assert_eq!(find("", "v1", "Pod"), find("core", "v1", "Pod"));
        assert!(!find("core", "v1", "Node").unwrap().namespaced);
        assert_eq!(find("apps", "v1beta1", "Deployment"), None);
    }

    #[test]
    fn the_nearest_is_told() {
        let flags = |kind| like(kind).iter().map(Builtin::flags).collect::<Vec<_>>();
        assert_eq!(
            flags("Deploymnet"),
            ["--group apps --version v1 --kind Deployment"]
        );
        assert_eq!(flags("horizontalpodautoscaler").len(), 2);
        assert!(flags("MyApp").is_empty());
    }
}
