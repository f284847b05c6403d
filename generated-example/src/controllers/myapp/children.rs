//! What a MyApp is made of.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        apps::v1::{Deployment, DeploymentSpec},
        core::v1::{
            Capabilities, Container, PodSecurityContext, PodSpec, PodTemplateSpec,
            ResourceRequirements, SeccompProfile, SecurityContext,
        },
        policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec},
    },
    apimachinery::pkg::{
        api::resource::Quantity, apis::meta::v1::LabelSelector, util::intstr::IntOrString,
    },
};
use kube::{ResourceExt, api::ObjectMeta};

use crate::api::v1alpha1::MyApp;

const LONGEST_LABEL: usize = 63;

/// The Deployment. Replicas are left out where the MyApp leaves them out, for an autoscaler to set.
pub(super) fn deployment_for(app: &MyApp) -> Deployment {
    Deployment {
        metadata: metadata_for(app),
        spec: Some(DeploymentSpec {
            replicas: app.spec.replicas,
            // A pod that ends soon after its start is not available.
            min_ready_seconds: Some(10),
            selector: selector_for(app),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels_for(app)),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod_for(app)),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

/// The disruption budget: one replica at a time may be evicted, and one that is not ready always may, so that no
/// drain waits for ever.
pub(super) fn disruption_budget_for(app: &MyApp) -> PodDisruptionBudget {
    PodDisruptionBudget {
        metadata: metadata_for(app),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(selector_for(app)),
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".into()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    }
}

fn pod_for(app: &MyApp) -> PodSpec {
    PodSpec {
        containers: vec![Container {
            name: "app".into(),
            image: Some(image_of(app)),
            args: (!app.spec.args.is_empty()).then(|| app.spec.args.clone()),
            resources: Some(ResourceRequirements {
                requests: Some(quantities([("cpu", "100m"), ("memory", "128Mi")])),
                limits: Some(quantities([("memory", "256Mi")])),
                ..ResourceRequirements::default()
            }),
            security_context: Some(SecurityContext {
                allow_privilege_escalation: Some(false),
                capabilities: Some(Capabilities {
                    drop: Some(vec!["ALL".into()]),
                    ..Capabilities::default()
                }),
                ..SecurityContext::default()
            }),
            ..Container::default()
        }],
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            // Many an image names no user, and would not start as non-root by itself.
            run_as_user: Some(65532),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".into(),
                ..SeccompProfile::default()
            }),
            ..PodSecurityContext::default()
        }),
        ..PodSpec::default()
    }
}

fn metadata_for(app: &MyApp) -> ObjectMeta {
    ObjectMeta {
        name: Some(app.name_any()),
        labels: Some(labels_for(app)),
        ..ObjectMeta::default()
    }
}

fn labels_for(app: &MyApp) -> BTreeMap<String, String> {
    let mut labels = identity_of(app);
    labels.insert(
        "app.kubernetes.io/managed-by".into(),
        "myapp-operator".into(),
    );
    if let Some(version) = &app.spec.version {
        labels.insert("app.kubernetes.io/version".into(), version.clone());
    }
    labels
}

fn selector_for(app: &MyApp) -> LabelSelector {
    LabelSelector {
        match_labels: Some(identity_of(app)),
        ..LabelSelector::default()
    }
}

/// A Deployment's selector can never change, so only what never changes is in it.
fn identity_of(app: &MyApp) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("app.kubernetes.io/name".into(), "myapp".into()),
        (
            "app.kubernetes.io/instance".into(),
            label_value(&app.name_any()),
        ),
    ])
}

/// The name, or where it is too long for a label its beginning and a hash of it.
fn label_value(name: &str) -> String {
    if name.len() <= LONGEST_LABEL {
        return name.to_owned();
    }
    // FNV-1a: it must be the same for ever, which the standard library does not promise of its own.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let beginning = &name[..LONGEST_LABEL - "-00000000".len()];
    format!("{beginning}-{hash:08x}")
}

/// The image, with the version as its tag unless it is named with a tag or a digest.
fn image_of(app: &MyApp) -> String {
    let image = &app.spec.image;
    let last = image.rsplit('/').next().unwrap_or_default();
    match &app.spec.version {
        Some(version) if !last.contains([':', '@']) => format!("{image}:{version}"),
        _ => image.clone(),
    }
}

fn quantities<const N: usize>(quantities: [(&str, &str); N]) -> BTreeMap<String, Quantity> {
    quantities
        .map(|(name, quantity)| (name.into(), Quantity(quantity.into())))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::v1alpha1::myapp::MyAppSpec;

    fn app(name: &str, image: &str, version: Option<&str>) -> MyApp {
        let spec = MyAppSpec {
            image: image.into(),
            args: Vec::new(),
            replicas: None,
            version: version.map(Into::into),
        };
        MyApp::new(name, spec)
    }

    #[test]
    fn the_version_is_the_tag_of_an_image_without_one() {
        let image = |image, version| image_of(&app("a", image, version));
        assert_eq!(image("busybox", None), "busybox");
        assert_eq!(image("busybox", Some("1.36")), "busybox:1.36");
        assert_eq!(
            image("registry:5000/busybox", Some("1.36")),
            "registry:5000/busybox:1.36"
        );
        assert_eq!(image("busybox:1.35", Some("1.36")), "busybox:1.35");
        assert_eq!(image("busybox@sha256:0", Some("1.36")), "busybox@sha256:0");
    }

    #[test]
    fn long_names_stay_apart_in_labels() {
        let (one, other) = (
            format!("{}-1", "a".repeat(80)),
            format!("{}-2", "a".repeat(80)),
        );
        assert_eq!(label_value(&one).len(), LONGEST_LABEL);
        assert_ne!(label_value(&one), label_value(&other));
        assert_eq!(label_value("short"), "short");
    }
}
