//! The requests about one Lease. Each is sent once and has its time.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, future, stream, stream::BoxStream};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{
    Api, Client,
    api::{PostParams, WatchEvent, WatchParams},
};
use tokio::time::timeout;

/// How long the server may keep a watch open before it ends it.
const WATCH_SECONDS: u32 = 290;

pub(crate) struct Leases {
    api: Api<Lease>,
    object: String,
    /// With its namespace.
    name: String,
    patience: Duration,
}

impl Leases {
    /// The Lease of this name, with the time that each request may take.
    pub(crate) fn new(client: Client, namespace: &str, name: &str, patience: Duration) -> Self {
        Self {
            api: Api::namespaced(client, namespace),
            object: name.into(),
            name: format!("{namespace}/{name}"),
            patience,
        }
    }

    /// The Lease's namespace and name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn get(&self) -> Result<Option<Lease>, kube::Error> {
        self.in_time(self.api.get_opt(&self.object)).await
    }

    /// Writes the Lease where it still has the version that this one was made from, and creates it where that has none.
    pub(crate) async fn write(&self, lease: &Lease) -> Result<Lease, kube::Error> {
        let params = PostParams::default();
        match lease.metadata.resource_version {
            Some(_) => {
                self.in_time(self.api.replace(&self.object, &params, lease))
                    .await
            }
            None => self.in_time(self.api.create(&params, lease)).await,
        }
    }

    /// The Lease as it becomes after this version. It ends with the first error.
    pub(crate) fn changes(&self, version: &str) -> BoxStream<'static, Lease> {
        let (api, version) = (self.api.clone(), version.to_owned());
        let params = WatchParams::default()
            .fields(&format!("metadata.name={}", self.object))
            .timeout(WATCH_SECONDS);
        let watch = async move { api.watch(&params, &version).await };
        stream::once(watch)
            .try_flatten()
            .map(|event| match event {
                Ok(WatchEvent::Added(lease) | WatchEvent::Modified(lease)) => Some(lease),
                _ => None,
            })
            .take_while(|lease| future::ready(lease.is_some()))
            .filter_map(future::ready)
            .boxed()
    }

    async fn in_time<T>(
        &self,
        request: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, kube::Error> {
        let late = |_| {
            let words = format!("no answer within {:?}", self.patience);
            kube::Error::Service(words.into())
        };
        timeout(self.patience, request).await.map_err(late)?
    }
}
