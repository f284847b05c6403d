//! The code of docs/from-kube-rs.md: a kind that kube's derive makes, as it is in an existing crate, with a controller.

use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{CustomResource, CustomResourceExt, ResourceExt};
use myop::{Context, Controller, Manager, Outcome, Reconcile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Document", namespaced, status = "DocumentStatus")]
pub struct DocumentSpec {
    pub title: String,
}

#[myop::status]
pub struct DocumentStatus {
    pub hidden: bool,
}

#[derive(Controller)]
#[controller(reconciles = Document, owns(ConfigMap))]
pub struct DocumentController;

impl Reconcile for DocumentController {
    type Error = myop::Error;

    async fn reconcile(&self, document: Arc<Document>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        let mut page = ConfigMap::default();
        page.metadata.name = Some(document.name_any());
        page.data = Some([("title".to_owned(), document.spec.title.clone())].into());
        ctx.apply(page).await?;
        ctx.status(DocumentStatus { hidden: false, ..DocumentStatus::default() });
        Ok(Outcome::done())
    }
}

fn manager() -> Manager {
    Manager::new("documents", vec![Document::crd()]).controller::<DocumentController>()
}

fn main() {
    let _ = manager();
}
