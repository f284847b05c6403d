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
    BoxError, CancellationToken, Manager, ManagerError,
    record::RunEnd,
    testing::{Cluster, Result},
};
use myop_tests::{
    Act, Script, manager,
    runs::{causes, followed},
    runs_of,
    scripts::create,
    until_run,
};
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

/// What kube-apiserver 1.35.4 answers to a watch whose version it has forgotten.
const TOO_LATE: &str = r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (206)","reason":"Expired","code":410}}
"#;

/// A line to the API server on which watches can be cut, and those of one resource held up.
#[derive(Clone)]
struct Line {
    client: Client,
    cut: CancellationToken,
    mended: CancellationToken,
    held: watch::Sender<Option<&'static str>>,
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
            held: watch::Sender::new(None),
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
        let path = request.uri().path().to_owned();
        let response = self.client.send(request).await?;
        Ok(response.map(|body| self.watched(body, path)))
    }

    fn watched(self, body: Body, path: String) -> AnyBody {
        let held = self.held.clone();
        let chunks = AnyBody::new(body).into_data_stream().then(move |chunk| {
            let (mut held, path) = (held.subscribe(), path.clone());
            async move {
                held.wait_for(|held| held.is_none_or(|resource| !path.ends_with(resource)))
                    .await
                    .expect("the line is there as long as its watches");
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
    operator: Manager,
) -> Result<(CancellationToken, JoinHandle<Result<(), ManagerError>>)> {
    // Installs the CRD.
    cluster.run(manager()).await?.stop().await?;
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(operator.run(line.client(), shutdown.clone()));
    Ok((shutdown, running))
}

#[myop::test]
async fn a_child_deleted_while_the_watch_is_down_is_made_again(cluster: Cluster) -> Result {
    let line = Line::to(cluster.client());
    let (shutdown, running) = run_over(&line, &cluster, manager()).await?;
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
    let (shutdown, running) = run_over(&line, &cluster, manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    line.held.send_replace(Some("/configmaps"));
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

    line.held.send_replace(None);
    until_run(&keep, 2).await?;
    shutdown.cancel();
    Ok(running.await??)
}

/// What the operator has yet to see of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unseen {
    Deleting,
    Gone,
    MadeAgain,
}

/// The garbage collector takes the owner off a child that is to stay. Where that is seen first, a child that got its owner
/// back would be deleted with it.
#[myop::test]
async fn what_a_deleted_owner_leaves_behind_is_not_taken_again(cluster: Cluster) -> Result {
    let line = Line::to(cluster.client());
    let (operator, mut runs) = followed(manager());
    let (shutdown, running) = run_over(&line, &cluster, operator).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    for (name, unseen) in [
        ("deleting", Unseen::Deleting),
        ("gone", Unseen::Gone),
        ("made-again", Unseen::MadeAgain),
    ] {
        create(&scripts, name, Act::Keep).await?;
        cluster.until_ready(&scripts, name).await?;
        runs.next_of(name).await?;
        // This one comes later and is reconciled, so all that was written to the first one has been seen.
        let other = format!("{name}-other");
        create(&scripts, &other, Act::Drop).await?;
        cluster.until_ready(&scripts, &other).await?;

        line.held.send_replace(Some("/scripts"));
        scripts.delete(name, &DeleteParams::default()).await?;
        if unseen != Unseen::Deleting {
            let freed = Patch::Merge(json!({"metadata": {"finalizers": null}}));
            scripts.patch(name, &PatchParams::default(), &freed).await?;
        }
        if unseen == Unseen::MadeAgain {
            create(&scripts, name, Act::Keep).await?;
        }
        let orphaned = Patch::Merge(json!({"metadata": {"ownerReferences": null}}));
        config_maps
            .patch(name, &PatchParams::default(), &orphaned)
            .await?;
        let run = runs.next_of(name).await?;
        assert_eq!(causes(&run), [format!("ConfigMap default/{name} updated")]);
        assert_eq!((&run.end, &*run.writes), (&RunEnd::Idle, &[][..]));
        assert_eq!(config_maps.get(name).await?.owner_references(), []);

        line.held.send_replace(None);
        if unseen == Unseen::MadeAgain {
            let uid = scripts.get(name).await?.uid();
            let is_taken = |found: Option<&ConfigMap>| {
                found.is_some_and(|found| {
                    let mut owners = found.owner_references().iter();
                    owners.any(|owner| Some(&owner.uid) == uid.as_ref())
                })
            };
            cluster.until(&config_maps, name, is_taken).await?;
        } else {
            cluster
                .until(&scripts, name, |found| found.is_none())
                .await?;
            assert_eq!(config_maps.get(name).await?.owner_references(), []);
        }
    }
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
