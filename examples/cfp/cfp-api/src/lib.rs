//! The call for papers: speakers and their proposals, kept in files, over HTTP.
//!
//! A conference's own service, which knows nothing of Kubernetes; the CFP operator keeps it in step with `Speaker` and
//! `Proposal` objects. Its tests run it in their own process:
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! # let data_dir = data.path();
//! let service = cfp_api::Service::open(data_dir)?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let served = tokio::spawn(service.serve(listener, async { stopped.await.unwrap_or_default() }));
//!
//! let speakers = reqwest::get(format!("http://{address}/api/speakers")).await?;
//! assert_eq!(speakers.text().await?, "[]\n");
//!
//! drop(stop);
//! served.await??;
//! # Ok(())
//! # }
//! ```
//!
//! # The parts
//!
//! | module | what it holds |
//! |---|---|
//! | `record` | what speakers and proposals have in common |
//! | `speaker`, `proposal` | the two kinds: what they hold, and what they need to be accepted |
//! | `json` | records as text: keys in any case in, one line out |
//! | `store` | the files, a record each; the one writer; who waits for changes |
//! | `routes` | `/api/…`, the same for both kinds |
//! | `refusal` | what is answered where a request can't be met |
//! | `page` | `/` and `/events`: the records for people, as they change |
//!
//! [`Service`] joins them. The routes read a record from the request, let it check itself against the `store`, and
//! write it there; each write wakes the pages that are open.

mod json;
mod page;
mod proposal;
mod record;
mod refusal;
mod routes;
mod speaker;
mod store;

use std::{io, path::Path, sync::Arc, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{proposal::Proposal, speaker::Speaker, store::Store};

/// How long the requests under way have to end.
const DRAIN: Duration = Duration::from_secs(10);

/// The call for papers over one data folder. Clones share it.
#[derive(Clone, Debug)]
pub struct Service {
    store: Arc<Store>,
    closing: CancellationToken,
}

impl Service {
    /// Opens the data folder; it is made where it does not exist. One process at a time may have it open.
    pub fn open(data_dir: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self {
            store: Arc::new(Store::open(data_dir.as_ref())?),
            closing: CancellationToken::new(),
        })
    }

    /// All routes, for a server or a layer of one's own.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(page::routes())
            .merge(routes::of::<Speaker>())
            .merge(routes::of::<Proposal>())
            .fallback(routes::unknown_path)
            .method_not_allowed_fallback(routes::wrong_method)
            .with_state(self.clone())
    }

    /// Serves until `shutdown`; then the pages' event streams end, and requests under way have 10 s.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let closing = self.closing.clone();
        let served = axum::serve(listener, self.router()).with_graceful_shutdown(async move {
            shutdown.await;
            closing.cancel();
        });
        tokio::select! {
            ended = served.into_future() => ended,
            () = self.drained() => Ok(()),
        }
    }

    async fn drained(&self) {
        self.closing.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    }
}
