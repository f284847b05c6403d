//! What is outside of the operator: a cluster, and the service.

use std::{collections::BTreeMap, net::Ipv4Addr, path::Path, sync::Arc};

use axum::{Router, middleware::from_fn_with_state};
use cfp_operator::cfp::{ProposalRecord, Record, SpeakerRecord};
use myop::testing::{Cluster, Result};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::ledger::{self, Ledger};

pub(crate) struct Outside {
    pub(crate) cluster: Cluster,
    pub(crate) ledger: Arc<Ledger>,
    service: cfp_api::Service,
    url: String,
    folder: TempDir,
}

impl Outside {
    /// Installs the CRDs and the operator's rules, and starts the service.
    pub(crate) async fn of(cluster: Cluster) -> Result<Self> {
        let installed = cluster.run(cfp_operator::manager()).await?;
        installed.stop().await?;
        let folder = tempfile::tempdir()?;
        let service = cfp_api::Service::open(folder.path().join("data"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(service.clone().serve(listener, std::future::pending()));
        Ok(Self {
            cluster,
            ledger: Arc::default(),
            service,
            url,
            folder,
        })
    }

    /// The service as operators reach it.
    pub(crate) fn service(&self) -> Router {
        let keep = from_fn_with_state(self.ledger.clone(), ledger::keep);
        self.service.router().layer(keep)
    }

    /// A place for files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn speakers(&self) -> Result<BTreeMap<String, SpeakerRecord>> {
        self.records().await
    }

    pub(crate) async fn proposals(&self) -> Result<BTreeMap<String, ProposalRecord>> {
        self.records().await
    }

    async fn records<R: Record>(&self) -> Result<BTreeMap<String, R>> {
        let answer = reqwest::get(format!("{}/api/{}s", self.url, R::NAME)).await?;
        let records: Vec<R> = answer.error_for_status()?.json().await?;
        let by_id = records
            .into_iter()
            .map(|record| (record.id().to_owned(), record));
        Ok(by_id.collect())
    }
}
