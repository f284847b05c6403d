//! The service, which can be out for a while, and tells that it was asked.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use cfp_operator::cfp::{CfpFlags, Record};
use myop::testing::Result;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch};

pub(crate) struct Service {
    front: Arc<Front>,
    /// Where the operator reaches it.
    address: String,
    /// Where its records are read, also while it is out, and nobody counts.
    back: String,
    _records: TempDir,
}

#[derive(Default)]
struct Front {
    is_out: AtomicBool,
    requests: watch::Sender<u64>,
}

impl Service {
    pub(crate) async fn start() -> Result<Self> {
        let records = tempfile::tempdir()?;
        let service = cfp_api::Service::open(records.path())?;
        let front = Arc::new(Front::default());
        let router = service.router();
        let watched = router
            .clone()
            .layer(from_fn_with_state(front.clone(), pass));
        Ok(Self {
            front,
            address: serve(watched).await?,
            back: serve(router).await?,
            _records: records,
        })
    }

    pub(crate) fn flags(&self) -> Result<CfpFlags> {
        Ok(CfpFlags {
            cfp_api: self.address.parse()?,
        })
    }

    /// From now on it refuses everything, or does so no more.
    pub(crate) fn set_out(&self, is_out: bool) {
        self.front.is_out.store(is_out, Ordering::SeqCst);
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> watch::Receiver<u64> {
        self.front.requests.subscribe()
    }

    pub(crate) async fn records<R: Record>(&self) -> Result<BTreeMap<String, R>> {
        let answer = reqwest::get(format!("{}/api/{}s", self.back, R::NAME)).await?;
        let records: Vec<R> = answer.error_for_status()?.json().await?;
        let by_id = records
            .into_iter()
            .map(|record| (record.id().to_owned(), record));
        Ok(by_id.collect())
    }
}

async fn serve(router: axum::Router) -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(address)
}

/// What is refused has had no effect.
async fn pass(State(front): State<Arc<Front>>, request: Request, next: Next) -> Response {
    front.requests.send_modify(|requests| *requests += 1);
    if front.is_out.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}
