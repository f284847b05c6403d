use std::sync::Arc;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kube::api::ObjectMeta;
use kube::{CustomResourceExt as _, ResourceExt as _};
use myop::{Cleanup, Context, Controller, Outcome, Reconcile, resource, status};

/// MyApp runs a container image with the organisation's defaults.
///
/// It is what a team asks for.
#[resource(
    group = "example.com",
    version = "v1alpha1",
    kind = "MyApp",
    namespaced,
    status = MyAppStatus,
    shortname = "ma",
    printcolumn(name = "Replicas", type_ = "integer", json_path = ".spec.replicas"),
)]
pub struct MyAppSpec {
    /// The image to run.
    #[schemars(length(min = 1))]
    pub image: String,
    pub replicas: Option<i32>,
}

/// What the operator has seen.
#[status]
pub struct MyAppStatus {
    pub healthy: bool,
    pub phase: Option<String>,
}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(Deployment, PodDisruptionBudget),
    reads(Secret),
    skip(label = "reconciler=ignore"),
    finalizer = "example.com/cleanup",
    rbac(groups = ["apps"], resources = ["deployments/scale"], verbs = ["get", "patch"]),
)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, app: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        let metadata = ObjectMeta { name: Some(app.name_any()), ..ObjectMeta::default() };
        let deployment: Arc<Deployment> = ctx.apply(Deployment { metadata, ..Deployment::default() }).await?;
        let secret: Option<Arc<Secret>> = ctx.get("name");
        ctx.status(MyAppStatus { healthy: secret.is_some() && deployment.status.is_some(), ..Default::default() });
        Ok(Outcome::done())
    }
}

impl Cleanup for MyAppController {
    async fn cleanup(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {
    let crd = serde_json::to_value(MyApp::crd()).unwrap();
    assert_eq!(crd["spec"]["names"]["plural"], "myapps");
    let version = &crd["spec"]["versions"][0];
    assert_eq!(version["subresources"]["status"], serde_json::json!({}));
    let schema = &version["schema"]["openAPIV3Schema"];
    assert_eq!(
        schema["description"],
        "MyApp runs a container image with the organisation's defaults.\n\nIt is what a team asks for."
    );
    let conditions = &schema["properties"]["status"]["properties"]["conditions"];
    assert_eq!(conditions["x-kubernetes-list-map-keys"], serde_json::json!(["type"]));

    let app = MyApp::new("web", MyAppSpec { image: "nginx".into(), replicas: None });
    assert_eq!(serde_json::to_value(&app).unwrap()["spec"], serde_json::json!({ "image": "nginx" }));
}
