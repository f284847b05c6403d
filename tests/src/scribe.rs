//! An operator that always writes: each of its replicas signs what it writes, so that a test sees who leads.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use clap::Args;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, CustomResourceExt, ResourceExt,
    api::{ObjectMeta, Patch, PatchParams},
};
use myop::{
    BoxError, Context, Controller, Failure, FromSetup, Manager, Outcome, Reconcile, Setup,
    resource, status,
};
use serde_json::json;

/// A journal, which is written in all the time.
#[resource(group = "test.example.com", version = "v1", kind = "Journal", namespaced, status = JournalStatus)]
pub struct JournalSpec {}

/// What the operator has seen.
#[status]
pub struct JournalStatus {}

/// The flags of the operator.
#[derive(Debug, Args)]
pub struct ScribeFlags {
    /// What this replica signs with
    #[arg(long, default_value = "nobody")]
    pub author: String,
}

/// Writes.
#[derive(Controller)]
#[controller(
    reconciles = Journal,
    owns(ConfigMap),
    rbac(groups = [""], resources = ["configmaps"], verbs = ["patch"]),
)]
pub struct ScribeController {
    pen: Pen,
}

struct Pen {
    author: String,
    pages: AtomicU64,
}

impl FromSetup for Pen {
    fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
        Ok(Self {
            author: setup.flags::<ScribeFlags>()?.author.clone(),
            pages: AtomicU64::new(0),
        })
    }
}

impl Reconcile for ScribeController {
    type Error = Failure;

    async fn reconcile(
        &self,
        journal: Arc<Journal>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Failure> {
        let page = self.pen.pages.fetch_add(1, Ordering::Relaxed);
        let data = BTreeMap::from([
            ("author".to_owned(), self.pen.author.clone()),
            ("page".to_owned(), page.to_string()),
        ]);
        let name = journal.name_any();
        ctx.apply(ConfigMap {
            metadata: ObjectMeta {
                name: Some(name.clone()),
                ..ObjectMeta::default()
            },
            data: Some(data),
            ..ConfigMap::default()
        })
        .await?;
        // The raw client is no way round the lease.
        let namespace = journal.namespace().unwrap_or_default();
        let maps: Api<ConfigMap> = Api::namespaced(ctx.undeclared_client(), &namespace);
        let signed = Patch::Merge(json!({"metadata": {"annotations": {"page": page.to_string()}}}));
        maps.patch(&name, &PatchParams::default(), &signed).await?;
        Ok(Outcome::done().requeue_after(Duration::from_millis(1)))
    }
}

/// The operator.
pub fn manager() -> Manager {
    Manager::new("scribe", vec![Journal::crd()])
        .controller::<ScribeController>()
        .flags::<ScribeFlags>()
}
