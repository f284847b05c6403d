//! The scaffolded operator, written by hand on kube-rs: a ConfigMap that follows a message, a Ready condition, probes.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use clap::Parser;
use futures::StreamExt;
use k8s_openapi::{
    api::core::v1::ConfigMap,
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};
use kube::{
    Api, Client, CustomResource, CustomResourceExt, KubeSchema, Resource, ResourceExt,
    api::{ObjectMeta, Patch, PatchParams},
    runtime::{Controller, controller::Action, watcher::Config},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize)]
#[kube(group = "example.com", version = "v1alpha1", kind = "MyApp", namespaced, status = "MyAppStatus")]
pub struct MyAppSpec {
    #[schemars(length(min = 1, max = 1024))]
    pub message: String,
}

#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MyAppStatus {
    pub observed_generation: Option<i64>,
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value = "0.0.0.0:8081")]
    health_probe_bind_address: SocketAddr,
    #[arg(long)]
    crd: bool,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("cannot apply the ConfigMap")]
    Apply(#[source] kube::Error),
    #[error("cannot write the status")]
    Status(#[source] kube::Error),
}

async fn reconcile(app: Arc<MyApp>, client: Arc<Client>) -> Result<Action, Error> {
    let (name, namespace) = (app.name_any(), app.namespace().unwrap_or_default());
    let params = PatchParams::apply("bare").force();
    let config_map = ConfigMap {
        metadata: ObjectMeta {
            name: Some(name.clone()),
            owner_references: app.controller_owner_ref(&()).map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        data: Some(BTreeMap::from([("message".into(), app.spec.message.clone())])),
        ..ConfigMap::default()
    };
    let config_maps: Api<ConfigMap> = Api::namespaced((*client).clone(), &namespace);
    config_maps.patch(&name, &params, &Patch::Apply(config_map)).await.map_err(Error::Apply)?;

    let before = app.status.iter().flat_map(|status| &status.conditions).find(|one| one.type_ == "Ready");
    if before.is_some_and(|ready| ready.observed_generation == app.meta().generation) {
        return Ok(Action::await_change());
    }
    let ready = Condition {
        type_: "Ready".into(),
        status: "True".into(),
        reason: "Succeeded".into(),
        message: "reconciled".into(),
        observed_generation: app.meta().generation,
        last_transition_time: before.map_or(Time(Timestamp::now()), |ready| ready.last_transition_time.clone()),
    };
    let status = json!({"apiVersion": "example.com/v1alpha1", "kind": "MyApp", "status": {
        "observedGeneration": app.meta().generation, "conditions": [ready],
    }});
    let apps: Api<MyApp> = Api::namespaced((*client).clone(), &namespace);
    apps.patch_status(&name, &params, &Patch::Apply(status)).await.map_err(Error::Status)?;
    Ok(Action::await_change())
}

fn on_error(_: Arc<MyApp>, error: &Error, _: Arc<Client>) -> Action {
    tracing::warn!(%error);
    Action::requeue(Duration::from_secs(5))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let flags = Flags::parse();
    if flags.crd {
        println!("{}", serde_json::to_string(&MyApp::crd())?);
        return Ok(());
    }
    tracing_subscriber::fmt().init();
    let client = Client::try_default().await?;
    let listener = tokio::net::TcpListener::bind(flags.health_probe_bind_address).await?;
    let health = Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(async || "ok"));
    tokio::spawn(async { axum::serve(listener, health).await });
    Controller::new(Api::<MyApp>::all(client.clone()), Config::default())
        .owns(Api::<ConfigMap>::all(client.clone()), Config::default())
        .shutdown_on_signal()
        .run(reconcile, on_error, Arc::new(client))
        .for_each(|_| futures::future::ready(()))
        .await;
    Ok(())
}
