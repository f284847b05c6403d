//! The one door through which an operator writes, and through which it looks where its cache may be behind.

use std::{sync::Arc, time::Duration};

use axum::http::{Request, StatusCode};
use kube::{
    Client,
    api::{DeleteParams, ListParams, Patch, PatchParams, Preconditions},
    client::Body,
    core::{ObjectList, ObjectMeta, PartialObjectMeta, Request as Requests, Status, request},
};
use serde::de::Error as _;
use serde_json::{Value, json};

use crate::{
    object::{NamespacedName, Object},
    parsed::{Parsed, Read},
};

/// A client, and the name under which the API server keeps what it writes.
#[derive(Clone)]
pub(crate) struct Writer {
    client: Client,
    field_manager: Arc<str>,
}

/// The API server's own limit for a request (`--request-timeout`).
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) type Sent<K> = Result<K, kube::Error>;

/// What came back from an apply.
pub(crate) struct Answer<K> {
    pub(crate) read: Read<K>,
    /// Whether the apply has made the object.
    pub(crate) is_new: bool,
}

impl Writer {
    pub(crate) fn new(client: Client, field_manager: &str) -> Self {
        Self {
            client,
            field_manager: field_manager.into(),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Applies `wanted`, taking over what others have set otherwise.
    pub(crate) async fn apply<K: Object>(
        &self,
        name: &NamespacedName,
        wanted: &Value,
    ) -> Sent<Answer<K>> {
        let params = PatchParams::apply(&self.field_manager).force();
        self.send(requests::<K>(name).patch(&name.name, &params, &Patch::Apply(wanted)))
            .await
    }

    /// Applies a status. Conditions that others state stay.
    pub(crate) async fn apply_status<K: Object>(
        &self,
        name: &NamespacedName,
        wanted: &Value,
    ) -> Sent<Arc<K>> {
        let params = PatchParams::apply(&self.field_manager).force();
        let patch = Patch::Apply(wanted);
        let request = requests::<K>(name).patch_subresource("status", &name.name, &params, &patch);
        Ok(self.send::<K>(request).await?.read.object)
    }

    /// Sets the finalizers. The list goes out whole, so it must be made from the version that `object` is: where
    /// another has come between, the server answers 409.
    pub(crate) async fn set_finalizers<K: Object>(
        &self,
        object: &K,
        finalizers: &[String],
    ) -> Sent<Arc<K>> {
        let name = NamespacedName::of(object);
        let params = PatchParams {
            field_manager: Some(self.field_manager.to_string()),
            ..PatchParams::default()
        };
        let patch = Patch::Merge(json!({
            "metadata": { "resourceVersion": object.meta().resource_version, "finalizers": finalizers }
        }));
        let request = requests::<K>(&name).patch(&name.name, &params, &patch);
        Ok(self.send::<K>(request).await?.read.object)
    }

    /// Deletes this very object, not one that took its name meanwhile: then the server answers 409, as it does where
    /// somebody else has just written the object. It is no error when it is gone already.
    pub(crate) async fn delete<K: Object>(&self, object: &K) -> Sent<()> {
        let name = NamespacedName::of(object);
        let params = DeleteParams {
            preconditions: Some(Preconditions {
                uid: object.meta().uid.clone(),
                resource_version: None,
            }),
            ..DeleteParams::background()
        };
        let request = requests::<K>(&name)
            .delete(&name.name, &params)
            .map_err(kube::Error::BuildRequest)?;
        unless_gone(in_time(self.client.request_text(request)).await).map(drop)
    }

    /// The metadata of an object as it is now. It is asked for by a list of one: that is what every controller may do with
    /// what it watches.
    pub(crate) async fn look_up<K: Object>(
        &self,
        name: &NamespacedName,
    ) -> Sent<Option<ObjectMeta>> {
        let params = ListParams::default().fields(&format!("metadata.name={}", name.name));
        let request = requests::<K>(name).list_metadata(&params);
        let request = request.map_err(kube::Error::BuildRequest)?;
        let found: ObjectList<PartialObjectMeta<K>> = in_time(self.client.request(request)).await?;
        Ok(found.items.into_iter().next().map(|found| found.metadata))
    }

    async fn send<K: Object>(
        &self,
        request: Result<Request<Vec<u8>>, request::Error>,
    ) -> Sent<Answer<K>> {
        let request = request.map_err(kube::Error::BuildRequest)?;
        let (code, body) = in_time(async {
            let answer = self.client.send(request.map(Body::from)).await?;
            Ok((answer.status(), answer.into_body().collect_bytes().await?))
        })
        .await?;
        if !code.is_success() {
            return Err(refusal(code, &body));
        }
        let broken = |error| kube::Error::SerdeError(error);
        match serde_json::from_slice(&body).map_err(broken)? {
            Parsed::Read(read) => Ok(Answer {
                read,
                is_new: code == StatusCode::CREATED,
            }),
            Parsed::Unreadable(object) => Err(broken(serde_json::Error::custom(object.reason))),
        }
    }
}

/// What the API server says in words of its own; whoever else answers, a proxy for example, is quoted.
fn refusal(code: StatusCode, body: &[u8]) -> kube::Error {
    let status: Status = serde_json::from_slice(body).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(body);
        Status::failure(text.trim(), "Failed to parse error data").with_code(code.as_u16())
    });
    kube::Error::Api(status.boxed())
}

/// A worker that waits for ever is lost to all other objects.
async fn in_time<T>(request: impl Future<Output = Sent<T>>) -> Sent<T> {
    let late =
        |_| kube::Error::Service(format!("no answer within {} s", PATIENCE.as_secs()).into());
    tokio::time::timeout(PATIENCE, request)
        .await
        .map_err(late)?
}

fn requests<K: Object>(name: &NamespacedName) -> Requests {
    Requests::new(K::url_path(&(), name.namespace.as_deref()))
}

/// The answer, or none where the object is gone: then there is nothing left to write. A 404 that does not say so comes of
/// a server that does not know the kind, or of a proxy that knows no server.
pub(crate) fn unless_gone<K>(answer: Sent<K>) -> Sent<Option<K>> {
    match answer {
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(None),
        answer => answer.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_404_that_says_so_is_of_an_object_that_is_gone() {
        let answer = |message, reason| -> Sent<()> {
            let status = Status::failure(message, reason).with_code(404);
            Err(kube::Error::Api(status.boxed()))
        };
        assert!(unless_gone(answer("pods \"a\" not found", "NotFound")).is_ok());
        // As kube words an answer that is no Status.
        let unknown = answer("404 page not found", "Failed to parse error data");
        assert!(unless_gone(unknown).is_err());
    }
}
