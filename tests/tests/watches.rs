//! Watches that break, and watches that fall behind.

use axum::{
    body::Body as AnyBody,
    http::{Request, Response, StatusCode},
};
use futures::StreamExt;
use k8s_openapi::{
    api::core::v1::ConfigMap,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, CustomResourceExt, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
    client::Body,
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use myop::{
    BoxError, CancellationToken, ManagerError,
    testing::{Cluster, Result},
};
use myop_tests::{Act, Script, manager, runs_of, scripts::create, until_run};
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

/// What kube-apiserver 1.35.4 answers to a watch whose version it has forgotten.
const TOO_LATE: &str = r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (206)","reason":"Expired","code":410}}
"#;

/// A line to the API server on which watches can be cut, and those of ConfigMaps held up.
#[derive(Clone)]
struct Line {
    client: Client,
    cut: CancellationToken,
    mended: CancellationToken,
    held: watch::Sender<bool>,
    /// Whether the server has been asked for a kind that it does not know.
    unknown: CancellationToken,
}

impl Line {
    fn to(client: Client) -> Self {
        let (cut, mended) = (CancellationToken::new(), CancellationToken::new());
        Self {
            client,
            cut,
            mended,
            held: watch::Sender::new(false),
            unknown: CancellationToken::new(),
        }
    }

    fn client(&self) -> Client {
        let line = self.clone();
        Client::new(
            tower::service_fn(move |request| line.clone().pass(request)),
            "default",
        )
    }

    /// A watch ends at the cut, and none begins before the line is mended. The first one then comes too late.
    async fn pass(self, request: Request<Body>) -> Result<Response<AnyBody>, BoxError> {
        let is_watch = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("watch=true"));
        if !is_watch || self.mended.is_cancelled() {
            let response = self.client.send(request).await?;
            if response.status() == StatusCode::NOT_FOUND {
                self.unknown.cancel();
            }
            return Ok(response.map(AnyBody::new));
        }
        if self.cut.is_cancelled() {
            self.mended.cancelled().await;
            return Ok(Response::new(AnyBody::from(TOO_LATE)));
        }
        let held = request
            .uri()
            .path()
            .ends_with("/configmaps")
            .then(|| self.held.subscribe());
        let response = self.client.send(request).await?;
        Ok(response.map(|body| self.watched(body, held)))
    }

    fn watched(self, body: Body, held: Option<watch::Receiver<bool>>) -> AnyBody {
        let chunks = AnyBody::new(body).into_data_stream().then(move |chunk| {
            let held = held.clone();
            async move {
                if let Some(mut held) = held {
                    held.wait_for(|held| !held)
                        .await
                        .expect("the line is there as long as its watches");
                }
                chunk
            }
        });
        AnyBody::from_stream(chunks.take_until(self.cut.cancelled_owned()))
    }
}

/// An operator that goes over a line.
async fn run_over(
    line: &Line,
    cluster: &Cluster,
) -> Result<(CancellationToken, JoinHandle<Result<(), ManagerError>>)> {
    // Installs the CRD.
    cluster.run(manager()).await?.stop().await?;
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(manager().run(line.client(), shutdown.clone()));
    Ok((shutdown, running))
}

#[myop::test]
async fn a_child_deleted_while_the_watch_is_down_is_made_again(cluster: Cluster) -> Result {
    let line = Line::to(cluster.client());
    let (shutdown, running) = run_over(&line, &cluster).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;
    cluster.until_ready(&scripts, "keep").await?;
    let first = config_maps.get("keep").await?.uid();

    line.cut.cancel();
    config_maps.delete("keep", &DeleteParams::default()).await?;
    line.mended.cancel();

    let made_again = |found: Option<&ConfigMap>| found.is_some_and(|found| found.uid() != first);
    cluster.until(&config_maps, "keep", made_again).await?;
    shutdown.cancel();
    Ok(running.await??)
}

#[myop::test]
async fn no_object_is_reconciled_before_its_own_writes_are_seen(cluster: Cluster) -> Result {
    let line = Line::to(cluster.client());
    let (shutdown, running) = run_over(&line, &cluster).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    line.held.send_replace(true);
    let keep = create(&scripts, "keep", Act::Keep).await?;
    cluster.until_ready(&scripts, "keep").await?;

    let touch = Patch::Merge(json!({"metadata": {"labels": {"touched": "yes"}}}));
    scripts
        .patch("keep", &PatchParams::default(), &touch)
        .await?;
    // This one comes later and is reconciled, so the first one is passed over.
    create(&scripts, "other", Act::Slow).await?;
    cluster.until_ready(&scripts, "other").await?;
    assert_eq!(
        runs_of(&keep).len(),
        1,
        "its ConfigMap is not in the cache yet"
    );

    line.held.send_replace(false);
    until_run(&keep, 2).await?;
    shutdown.cancel();
    Ok(running.await??)
}

#[myop::test]
async fn a_crd_that_is_not_there_yet_is_waited_for(cluster: Cluster) -> Result {
    let line = Line::to(cluster.client());
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(manager().run(line.client(), shutdown.clone()));
    line.unknown.cancelled().await;

    let crds: Api<CustomResourceDefinition> = cluster.all();
    crds.create(&PostParams::default(), &Script::crd()).await?;
    await_condition(crds, Script::crd_name(), is_crd_established()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;
    cluster.until_ready(&scripts, "keep").await?;
    shutdown.cancel();
    Ok(running.await??)
}
