//! What the examples' manifests promise a cluster: that the operator's pod is a restricted one, and who reaches its metrics.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{Pod, PodTemplateSpec},
    networking::v1::NetworkPolicy,
};
use kube::{
    Api,
    api::{ObjectMeta, PostParams},
};
use myop::testing::{Cluster, Result};
use myop_tests::{
    kubectl,
    project::{expect_success, files_of, workspace},
};

/// Each operator of this repository, its namespace and the prefix of its names.
const EXAMPLES: [(&str, &str, &str); 2] = [
    (
        "generated-example",
        "myapp-operator-system",
        "myapp-operator",
    ),
    ("examples/cfp", "cfp-system", "cfp"),
];

#[myop::test]
async fn the_operators_pod_is_restricted_and_no_other_is_admitted(cluster: Cluster) -> Result {
    if !kubectl::is_there("config/default on a cluster") {
        return Ok(());
    }
    for (example, namespace, prefix) in EXAMPLES {
        apply(&cluster, &workspace().join(example).join("config/default"))?;
        let template = pod_template(&cluster, namespace, prefix).await?;
        let pods: Api<Pod> = cluster.namespaced(namespace);
        pods.create(&dry_run(), &pod(&template)).await?;

        let mut as_root = pod(&template);
        let spec = as_root.spec.as_mut().ok_or("a pod has a spec")?;
        spec.security_context = None;
        let told = refusal_of(&pods, &as_root).await?;
        assert!(
            told.contains("violates PodSecurity \"restricted:latest\"")
                && told.contains("runAsNonRoot"),
            "{told}"
        );
        let mut capable = pod(&template);
        let spec = capable.spec.as_mut().ok_or("a pod has a spec")?;
        spec.containers[0].security_context = None;
        let told = refusal_of(&pods, &capable).await?;
        assert!(
            told.contains("allowPrivilegeEscalation") && told.contains("capabilities"),
            "{told}"
        );
    }
    Ok(())
}

/// What the API server says against a pod.
async fn refusal_of(pods: &Api<Pod>, pod: &Pod) -> Result<String> {
    match pods.create(&dry_run(), pod).await {
        Err(kube::Error::Api(status)) => Ok(status.message),
        other => Err(format!("not refused: {other:?}").into()),
    }
}

fn dry_run() -> PostParams {
    PostParams {
        dry_run: true,
        ..PostParams::default()
    }
}

#[myop::test]
async fn the_network_policy_is_of_the_operators_metrics(cluster: Cluster) -> Result {
    if !kubectl::is_there("config/network-policy on a cluster") {
        return Ok(());
    }
    for (example, namespace, prefix) in EXAMPLES {
        let folder = tempfile::tempdir()?;
        for (path, text) in files_of(&workspace().join(example).join("config"))? {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().ok_or("a file lies in a folder")?)?;
            fs::write(path, text)?;
        }
        let default = folder.path().join("default");
        let kustomization = default.join("kustomization.yaml");
        let text = fs::read_to_string(&kustomization)?;
        let with_policy = text.replace("\n# - ../network-policy\n", "\n- ../network-policy\n");
        assert_ne!(with_policy, text, "{example} has the line to uncomment");
        fs::write(kustomization, with_policy)?;
        apply(&cluster, &default)?;

        let policies: Api<NetworkPolicy> = cluster.namespaced(namespace);
        let name = format!("{prefix}-allow-metrics-traffic");
        let policy = policies.get(&name).await?;
        let policy = policy.spec.ok_or("a policy has a spec")?;
        let template = pod_template(&cluster, namespace, prefix).await?;
        let labels = template
            .metadata
            .and_then(|metadata| metadata.labels)
            .ok_or("the pod has labels")?;
        let selector = policy.pod_selector.and_then(|pods| pods.match_labels);
        let selector = selector.ok_or("the policy selects by labels")?;
        assert!(
            selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value)),
            "{selector:?} does not select {labels:?}"
        );
        let open = serde_json::to_value(policy.ingress)?;
        let metrics = template.spec.ok_or("a pod has a spec")?.containers[0]
            .ports
            .iter()
            .flatten()
            .find(|port| port.name.as_deref() == Some("metrics"))
            .map(|port| port.container_port);
        let expected = serde_json::json!([{
            "from": [{ "namespaceSelector": { "matchLabels": { "metrics": "enabled" } } }],
            "ports": [{ "port": metrics, "protocol": "TCP" }],
        }]);
        assert_eq!(open, expected);
    }
    Ok(())
}

/// The pod of the operator's Deployment.
async fn pod_template(cluster: &Cluster, namespace: &str, prefix: &str) -> Result<PodTemplateSpec> {
    let deployments: Api<Deployment> = cluster.namespaced(namespace);
    let name = format!("{prefix}-controller-manager");
    let deployment = deployments.get(&name).await?;
    let spec = deployment.spec.ok_or("a Deployment has a spec")?;
    Ok(spec.template)
}

fn pod(template: &PodTemplateSpec) -> Pod {
    Pod {
        metadata: ObjectMeta {
            name: Some("one".to_owned()),
            ..template.metadata.clone().unwrap_or_default()
        },
        spec: template.spec.clone(),
        ..Pod::default()
    }
}

fn apply(cluster: &Cluster, folder: &Path) -> Result {
    let kubeconfig = cluster
        .kubeconfig()
        .ok_or("this test starts servers of its own")?;
    let mut kubectl = Command::new("kubectl");
    kubectl
        .args(["apply", "--server-side", "-k"])
        .arg(folder)
        .env("KUBECONFIG", kubeconfig)
        .stdin(Stdio::null());
    expect_success(kubectl)?;
    Ok(())
}
