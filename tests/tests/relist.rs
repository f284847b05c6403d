//! A child that is deleted while the watch is down.

use axum::{
    body::Body as AnyBody,
    http::{Request, Response, Uri, uri::PathAndQuery},
};
use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, PostParams},
    client::Body,
};
use myop::{
    BoxError, CancellationToken,
    testing::{Cluster, Result},
};
use myop_tests::{Act, Script, ScriptSpec, manager};

/// A line to the API server on which all watches can be cut.
#[derive(Clone)]
struct Line {
    client: Client,
    cut: CancellationToken,
    mended: CancellationToken,
}

impl Line {
    fn to(client: Client) -> Self {
        Self {
            client,
            cut: CancellationToken::new(),
            mended: CancellationToken::new(),
        }
    }

    fn client(&self) -> Client {
        let line = self.clone();
        Client::new(
            tower::service_fn(move |request| line.clone().pass(request)),
            "default",
        )
    }

    /// A watch ends at the cut, and none begins before the line is mended. The first one then asks for the history since
    /// version 1: the server has forgotten it, and says so, as it does to any watch that comes back too late.
    async fn pass(self, request: Request<Body>) -> Result<Response<AnyBody>, BoxError> {
        let is_watch = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("watch=true"));
        if !is_watch {
            return Ok(self.client.send(request).await?.map(AnyBody::new));
        }
        if self.mended.is_cancelled() {
            return Ok(self.client.send(request).await?.map(AnyBody::new));
        }
        if self.cut.is_cancelled() {
            self.mended.cancelled().await;
            return Ok(self
                .client
                .send(since_version_1(request)?)
                .await?
                .map(AnyBody::new));
        }
        let cut = self.cut.clone().cancelled_owned();
        let response = self.client.send(request).await?;
        Ok(response.map(|body| {
            AnyBody::from_stream(AnyBody::new(body).into_data_stream().take_until(cut))
        }))
    }
}

fn since_version_1(mut request: Request<Body>) -> Result<Request<Body>, BoxError> {
    let query = request.uri().query().unwrap_or_default();
    let parameters = query
        .split('&')
        .filter(|parameter| !parameter.starts_with("resourceVersion="));
    let query: Vec<_> = parameters.chain(["resourceVersion=1"]).collect();
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!(
        "{}?{}",
        request.uri().path(),
        query.join("&")
    ))?);
    *request.uri_mut() = Uri::from_parts(parts)?;
    Ok(request)
}

#[myop::test]
async fn a_child_deleted_while_the_watch_is_down_is_made_again(cluster: Cluster) -> Result {
    // Installs the CRD; the operator of the test then goes over the line.
    cluster.run(manager()).await?.stop().await?;
    let line = Line::to(cluster.client());
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(manager().run(line.client(), shutdown.clone()));

    let scripts: Api<Script> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    scripts
        .create(
            &PostParams::default(),
            &Script::new("keep", ScriptSpec { act: Act::Keep }),
        )
        .await?;
    cluster.until_ready(&scripts, "keep").await?;
    let first = config_maps.get("keep").await?.uid();

    line.cut.cancel();
    config_maps.delete("keep", &DeleteParams::default()).await?;
    line.mended.cancel();

    let made_again = |found: Option<&ConfigMap>| found.is_some_and(|found| found.uid() != first);
    cluster.until(&config_maps, "keep", made_again).await?;
    shutdown.cancel();
    running.await??;
    Ok(())
}
