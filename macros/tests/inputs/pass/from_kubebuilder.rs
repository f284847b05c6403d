//! The code of docs/from-kubebuilder.md.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use myop::predicate::generation_changed;
use myop::{Cleanup, Context, Controller, EventType, Failure, NamespacedName, Outcome, Reconcile, resource};

/// MyApp runs a container image.
#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

fn deployment_for(app: &MyApp, _: &Secret) -> Deployment {
    let mut deployment = Deployment::default();
    deployment.metadata.name = Some(app.name_any());
    deployment
}

#[derive(Controller)]
#[controller(
    reconciles(MyApp, when = generation_changed),
    owns(Deployment),
    watches(Secret, index = secret_of),
    finalizer = "example.com/cleanup",
)]
pub struct MyAppController;

fn secret_of(app: &MyApp) -> [NamespacedName; 1] {
    let namespace = app.metadata.namespace.clone();
    [NamespacedName { namespace, name: app.spec.secret.clone() }]
}

impl Reconcile for MyAppController {
    type Error = Failure;

    async fn reconcile(&self, app: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        let Some(secret) = ctx.get::<Secret>(&app.spec.secret) else {
            return Ok(Outcome::waiting("NoSecret", "its Secret is not there yet"));
        };
        ctx.apply(deployment_for(&app, &secret)).await?;
        ctx.event(EventType::Normal, "Deployed", "its Deployment is as it should be");
        Ok(Outcome::done().requeue_after(Duration::from_secs(300)))
    }
}

impl Cleanup for MyAppController {
    async fn cleanup(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<(), Failure> {
        Ok(())
    }
}

fn main() {}
