//! What Kubernetes has and this server has not is refused by name.

use http::Request;
use kube::Client;
use myop_controlplane::ControlPlane;
use serde_json::{Value, json};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

async fn refusal(client: &Client, method: &str, path: &str, body: &Value) -> Result<String> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(serde_json::to_vec(body)?)?;
    match client.request::<Value>(request).await {
        Err(kube::Error::Api(status)) if status.code == 501 => Ok(status.message),
        other => Err(format!("{method} {path}: {other:?}").into()),
    }
}

#[tokio::test]
async fn a_kind_a_subresource_or_a_webhook_is_refused_by_its_name() -> Result {
    let server = ControlPlane::start().await?;
    let client = server.client();
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "a"}});
    let webhooks = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "a"},
        "webhooks": [{
            "name": "a.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://localhost/"},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        }],
    });
    let converted = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "foos.example.com"},
        "spec": {
            "group": "example.com", "names": {"plural": "foos", "kind": "Foo"}, "scope": "Namespaced",
            "conversion": {"strategy": "Webhook", "webhook": {
                "conversionReviewVersions": ["v1"], "clientConfig": {"url": "https://localhost/"},
            }},
            "versions": [{
                "name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}},
            }],
        },
    });
    for (method, path, body, what) in [
        (
            "POST",
            "/api/v1/namespaces/default/resourcequotas",
            &quota,
            "resourcequotas of v1",
        ),
        (
            "GET",
            "/apis/storage.k8s.io/v1/csidrivers",
            &Value::Null,
            "csidrivers of storage.k8s.io/v1",
        ),
        ("GET", "/api/v1/nodes/a/proxy", &Value::Null, "nodes/proxy"),
        (
            "POST",
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
            &webhooks,
            "admission webhooks",
        ),
        (
            "POST",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            &converted,
            "conversion webhooks",
        ),
    ] {
        assert_eq!(
            refusal(&client, method, path, body).await?,
            format!("the embedded control plane does not implement {what}")
        );
    }
    Ok(())
}
