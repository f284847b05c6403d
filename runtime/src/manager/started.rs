//! A running operator, and how it ends.

use std::{future::pending, sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::ManagerError;
use crate::{
    leader::{Campaign, lost},
    metrics::Metrics,
    ready::Readiness,
};

/// How long runs under way may take to end, as in controller-runtime (`GracefulShutdownTimeout`).
pub(super) const GRACE: Duration = Duration::from_secs(30);

/// A running operator.
pub(crate) struct Started {
    pub(super) cache_sync_timeout: Duration,
    pub(super) tasks: JoinSet<()>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) metrics: Metrics,
    pub(super) shutdown: CancellationToken,
    pub(super) campaign: Option<Campaign>,
}

impl Started {
    pub(crate) async fn wait(mut self) -> Result<(), ManagerError> {
        let mut campaign = self.campaign.take();
        let ended = tokio::select! {
            biased;
            lost = lost(campaign.as_mut()) => Err(ManagerError::LeadLost(lost.into())),
            ended = self.work() => ended,
        };
        // What still works goes with `self`.
        self.shutdown.cancel();
        ended?;
        if let Some(campaign) = campaign {
            campaign.end().await;
        }
        info!("stopped");
        Ok(())
    }

    /// Works until the shutdown, and until what is under way then has ended.
    async fn work(&mut self) -> Result<(), ManagerError> {
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => {}
            error = unsynced(&self.readiness, self.cache_sync_timeout) => return Err(error),
            Some(ended) = self.tasks.join_next() => return Err(ManagerError::Lost(ended.err())),
        }
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        let drained = timeout(GRACE, drained).await;
        drained.map_err(|_| ManagerError::Grace)
    }
}

/// Waits until the caches have been empty for too long.
async fn unsynced(readiness: &Readiness, limit: Duration) -> ManagerError {
    if timeout(limit, readiness.wait()).await.is_ok() {
        return pending().await;
    }
    ManagerError::CacheSync {
        kinds: readiness.missing().join(", "),
        timeout: limit,
    }
}
