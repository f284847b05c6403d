//! Through which controllers read and write.

use std::sync::Arc;

use http::{Method, Request};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Answer, Core, Refusal,
    auth::{AUTHENTICATED, MASTERS, User},
    core::{
        object::{Key, Object},
        resource::Resource,
        store::{Store, Stored},
    },
    deep,
};

/// The core, at a moment.
pub(crate) struct Desk<'a> {
    pub(crate) core: &'a mut Core,
    pub(crate) now: Timestamp,
}

/// As whom a controller writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// A ServiceAccount of `kube-system`, as kube-controller-manager uses one for each controller.
    Controller(&'static str),
    /// The API server itself.
    ApiServer,
    /// The kubelet of a node of this name.
    Kubelet(&'static str),
    Scheduler,
}

impl Who {
    fn user(self) -> User {
        match self {
            Self::Controller(name) => User::service_account("kube-system", name).authenticated(),
            Self::ApiServer => masterly("system:apiserver".into()),
            // Nodes have their own authorizer, which lets them do what they do to their own Pods.
            Self::Kubelet(node) => masterly(format!("system:node:{node}")),
            Self::Scheduler => masterly("system:kube-scheduler".into()),
        }
    }

    fn agent(self) -> &'static str {
        match self {
            Self::Controller(_) => "kube-controller-manager/v1.35.0",
            Self::ApiServer => "kube-apiserver/v1.35.0",
            Self::Kubelet(_) => "kubelet/v1.35.0",
            Self::Scheduler => "kube-scheduler/v1.35.0",
        }
    }
}

fn masterly(name: String) -> User {
    User {
        name,
        groups: vec![MASTERS.into(), AUTHENTICATED.into()],
        ..User::default()
    }
}

impl Desk<'_> {
    pub(crate) fn store(&self) -> &Store {
        self.core.store()
    }

    pub(crate) fn get(&self, collection: &str, key: &Key) -> Option<Arc<Stored>> {
        self.store().get(collection, key).cloned()
    }

    /// The objects of a namespace, or all.
    pub(crate) fn objects(&self, collection: &str, namespace: Option<&str>) -> Vec<Arc<Stored>> {
        let found = self.store().collection(collection);
        found.map(|one| one.objects(namespace)).unwrap_or_default()
    }

    /// The kind of a collection's objects, in one of its versions.
    pub(crate) fn resource(&self, collection: &str) -> Option<Arc<Resource>> {
        self.core.resource_of(collection)
    }

    /// Creates an object, and returns it.
    pub(crate) fn create(
        &mut self,
        who: Who,
        collection: &str,
        namespace: &str,
        object: &Value,
    ) -> Result<Object, Refusal> {
        self.ask(
            who,
            Method::POST,
            collection,
            &Key::new(namespace, ""),
            "",
            Some(object),
        )
    }

    /// Has a Pod run on a node.
    pub(crate) fn bind(&mut self, who: Who, pod: &Key, node: &str) -> Result<(), Refusal> {
        let binding = json!({
            "apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod.name},
            "target": {"kind": "Node", "name": node},
        });
        self.ask(who, Method::POST, "pods", pod, "binding", Some(&binding))?;
        Ok(())
    }

    /// Puts an object, or a part of it, in the place of another.
    pub(crate) fn update(
        &mut self,
        who: Who,
        collection: &str,
        subresource: &str,
        object: &Object,
    ) -> Result<Object, Refusal> {
        let key = object.key();
        self.ask(
            who,
            Method::PUT,
            collection,
            &key,
            subresource,
            Some(object.value()),
        )
    }

    /// Merges a patch into an object.
    pub(crate) fn patch(
        &mut self,
        who: Who,
        collection: &str,
        key: &Key,
        patch: &Value,
    ) -> Result<Object, Refusal> {
        self.ask(who, Method::PATCH, collection, key, "", Some(patch))
    }

    /// Applies a configuration to an object, whoever owns what it says.
    pub(crate) fn apply(
        &mut self,
        who: Who,
        manager: &str,
        collection: &str,
        key: &Key,
        configuration: &Value,
    ) -> Result<Object, Refusal> {
        let resource = self
            .resource(collection)
            .ok_or_else(Refusal::no_such_path)?;
        let path = path(&resource, key, "");
        let uri = format!("{path}?fieldManager={manager}&force=true");
        let content = "application/apply-patch+yaml";
        self.send(who, Method::PATCH, &uri, content, Some(configuration))
    }

    /// Reads a part of an object.
    pub(crate) fn read(
        &mut self,
        who: Who,
        collection: &str,
        key: &Key,
        subresource: &str,
    ) -> Result<Object, Refusal> {
        self.ask(who, Method::GET, collection, key, subresource, None)
    }

    /// Deletes an object, with `DeleteOptions`. What is gone already is no error.
    pub(crate) fn delete(
        &mut self,
        who: Who,
        collection: &str,
        key: &Key,
        options: &Value,
    ) -> Result<(), Refusal> {
        match self.ask(who, Method::DELETE, collection, key, "", Some(options)) {
            Err(refusal) if refusal.code != 404 => Err(refusal),
            _ => Ok(()),
        }
    }

    fn ask(
        &mut self,
        who: Who,
        method: Method,
        collection: &str,
        key: &Key,
        subresource: &str,
        body: Option<&Value>,
    ) -> Result<Object, Refusal> {
        let resource = self
            .resource(collection)
            .ok_or_else(Refusal::no_such_path)?;
        let content = match method {
            Method::PATCH => "application/merge-patch+json",
            _ => "application/json",
        };
        self.send(
            who,
            method,
            &path(&resource, key, subresource),
            content,
            body,
        )
    }

    fn send(
        &mut self,
        who: Who,
        method: Method,
        uri: &str,
        content: &str,
        body: Option<&Value>,
    ) -> Result<Object, Refusal> {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(http::header::CONTENT_TYPE, content)
            .header(http::header::USER_AGENT, who.agent())
            .body(body.map(Value::to_string).unwrap_or_default().into_bytes())
            .expect("names of resources and of objects are written as they must be in paths");
        match self.core.try_answer(&request, &who.user(), self.now)? {
            Answer::Reply(reply) => Ok(deep::read_own(&reply.body)
                .ok()
                .and_then(Object::new)
                .unwrap_or_else(empty)),
            Answer::Watch(_) => Ok(empty()),
        }
    }
}

fn empty() -> Object {
    Object::new(json!({})).expect("an object is one")
}

fn path(resource: &Resource, key: &Key, subresource: &str) -> String {
    let quoted = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let mut parts = if resource.group.is_empty() {
        vec!["/api".to_owned(), resource.version.clone()]
    } else {
        vec![
            "/apis".to_owned(),
            resource.group.clone(),
            resource.version.clone(),
        ]
    };
    if resource.namespaced && !key.namespace.is_empty() {
        parts.extend(["namespaces".to_owned(), quoted(&key.namespace)]);
    }
    parts.push(resource.plural.clone());
    let named = [key.name.as_str(), subresource].into_iter();
    parts.extend(named.filter(|part| !part.is_empty()).map(quoted));
    parts.join("/")
}
