//! What a test has made on a cluster that was there before it: just that is removed in the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    body::{Body as AnyBody, to_bytes},
    http::{self, StatusCode, Uri},
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, ResourceExt,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams,
        Preconditions,
    },
    client::Body,
    runtime::{
        conditions::is_deleted,
        wait::{self, await_condition},
        watcher,
    },
};
use serde_json::json;

use super::{Result, SETTLE, faults::Request, installation::FIELD_MANAGER};
use crate::BoxError;

/// An object that was made, told from one of the same name by its uid.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Made {
    resource: ApiResource,
    namespace: Option<String>,
    name: String,
    uid: String,
}

/// All that was made so far, in that order. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Footprint(Arc<Mutex<Vec<Made>>>);

impl Footprint {
    /// A client whose creations are remembered.
    pub(super) fn between(&self, client: Client) -> Client {
        let footprint = self.clone();
        let namespace = client.default_namespace().to_owned();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            footprint.clone().pass(client.clone(), request)
        });
        Client::new(service, namespace)
    }

    async fn pass(
        self,
        client: Client,
        request: http::Request<Body>,
    ) -> Result<http::Response<AnyBody>, BoxError> {
        let (asked, uri) = (
            Request::of(request.method(), request.uri()),
            request.uri().clone(),
        );
        let (head, body) = client.send(request).await?.into_parts();
        // What is installed is the test's, also where one that was killed has left it.
        let installs = asked.verb == "patch" && uri.query().is_some_and(is_installation);
        if head.status != StatusCode::CREATED && !(installs && head.status.is_success()) {
            return Ok(http::Response::from_parts(head, AnyBody::new(body)));
        }
        let body = to_bytes(AnyBody::new(body), usize::MAX).await?;
        if let Some(made) = made(&asked, &uri, &body) {
            let mut all = self.lock();
            if !all.contains(&made) {
                all.push(made);
            }
        }
        Ok(http::Response::from_parts(head, AnyBody::from(body)))
    }

    /// Deletes all of it, the last first, and waits until it is gone.
    pub(super) async fn remove(&self, client: &Client) -> Result {
        let all = std::mem::take(&mut *self.lock());
        for made in all.iter().rev() {
            made.delete(client).await?;
        }
        for made in &all {
            made.until_gone(client).await?;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Made>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_installation(query: &str) -> bool {
    query
        .split('&')
        .any(|one| one.strip_prefix("fieldManager=") == Some(FIELD_MANAGER))
}

/// The object that an answer says was made; none for what is no object, as a review or a token.
fn made(asked: &Request, uri: &Uri, answer: &[u8]) -> Option<Made> {
    let object: DynamicObject = serde_json::from_slice(answer).ok()?;
    let types = object.types.as_ref()?;
    if asked.resource.contains('/') {
        return None;
    }
    let (group, version) = match uri.path().trim_matches('/').split('/').collect::<Vec<_>>()[..] {
        ["api", version, ..] => ("", version),
        ["apis", group, version, ..] => (group, version),
        _ => return None,
    };
    let resource = ApiResource {
        group: group.to_owned(),
        version: version.to_owned(),
        api_version: types.api_version.clone(),
        kind: types.kind.clone(),
        plural: asked.resource.clone(),
    };
    Some(Made {
        resource,
        namespace: object.namespace(),
        uid: object.uid()?,
        name: object.name_any(),
    })
}

impl Made {
    fn api(&self, client: &Client) -> Api<DynamicObject> {
        match &self.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &self.resource),
            None => Api::all_with(client.clone(), &self.resource),
        }
    }

    async fn delete(&self, client: &Client) -> Result {
        if self.resource.plural == "customresourcedefinitions" {
            release_objects_of(client, &self.name).await?;
        }
        let this = Preconditions {
            uid: Some(self.uid.clone()),
            ..Preconditions::default()
        };
        let params = DeleteParams::background().preconditions(this);
        let api = self.api(client);
        let Some(deleted) = unless_gone(api.delete(&self.name, &params).await)? else {
            return Ok(());
        };
        // What is gone at once may be answered by a status in its place.
        match deleted.left() {
            Some(object) => release(&api, &object).await,
            None => Ok(()),
        }
    }

    async fn until_gone(&self, client: &Client) -> Result {
        let (name, kind) = (&self.name, &self.resource.kind);
        let gone = await_condition(self.api(client), name, is_deleted(&self.uid));
        let late = |_| {
            let seconds = SETTLE.as_secs();
            format!("{kind} {name} is not gone {seconds} s after its deletion")
        };
        match tokio::time::timeout(SETTLE, gone).await.map_err(late)? {
            Err(wait::Error::ProbeFailed(watcher::Error::InitialListFailed(error))) => {
                // Its kind may be gone, too.
                unless_gone::<()>(Err(error)).map(drop)
            }
            waited => Ok(waited.map(drop)?),
        }
    }
}

/// Of a kind that goes, all objects go: those with finalizers, too.
async fn release_objects_of(client: &Client, crd: &str) -> Result {
    let crds: Api<CustomResourceDefinition> = Api::all(client.clone());
    let Some(crd) = crds.get_opt(crd).await? else {
        return Ok(());
    };
    let spec = crd.spec;
    for version in spec.versions.iter().filter(|version| version.served) {
        let kind = GroupVersionKind::gvk(&spec.group, &version.name, &spec.names.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, &spec.names.plural);
        let all: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        for object in all.list(&ListParams::default()).await? {
            let one = match object.namespace() {
                Some(namespace) => Api::namespaced_with(client.clone(), &namespace, &resource),
                None => all.clone(),
            };
            release(&one, &object).await?;
        }
    }
    Ok(())
}

/// Kubernetes' own ends what its own finalizers stand for; an operator that would clean up has ended with its test.
async fn release(api: &Api<DynamicObject>, object: &DynamicObject) -> Result {
    let kept: Vec<_> = object
        .finalizers()
        .iter()
        .filter(|one| is_kubernetes(one))
        .collect();
    if kept.len() == object.finalizers().len() {
        return Ok(());
    }
    let release = json!({"metadata": {"uid": object.uid(), "finalizers": kept}});
    let released = api
        .patch(
            &object.name_any(),
            &PatchParams::default(),
            &Patch::Merge(release),
        )
        .await;
    unless_gone(released).map(drop)
}

fn is_kubernetes(finalizer: &str) -> bool {
    let domain = finalizer
        .split_once('/')
        .map_or("k8s.io", |(domain, _)| domain);
    ["kubernetes.io", "k8s.io"]
        .iter()
        .any(|one| domain.ends_with(one))
}

/// What is not there any more, or is another by now, need not be removed.
fn unless_gone<T>(answer: kube::Result<T>) -> Result<Option<T>> {
    match answer {
        Err(kube::Error::Api(status)) if [404, 409].contains(&status.code) => Ok(None),
        answer => Ok(Some(answer?)),
    }
}
