//! An election as the manager sees it.

use std::future::pending;

use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use tracing::error;

use super::{
    election::{Election, Lost},
    leadership::Leadership,
};

/// A replica that does not take part yet.
pub(crate) struct Contender {
    pub(super) leadership: Leadership,
    pub(super) election: Election,
}

/// A replica that takes part, until this value goes.
pub(crate) struct Campaign {
    running: AbortOnDropHandle<Option<Lost>>,
    end: CancellationToken,
}

impl Contender {
    pub(crate) fn leadership(&self) -> Leadership {
        self.leadership.clone()
    }

    pub(crate) fn run(self) -> Campaign {
        let end = CancellationToken::new();
        Campaign {
            running: AbortOnDropHandle::new(tokio::spawn(self.election.run(end.clone()))),
            end,
        }
    }
}

impl Campaign {
    /// Waits until this replica has led, and does not any more.
    async fn lost(&mut self) -> Lost {
        match (&mut self.running).await {
            Ok(Some(lost)) => lost,
            Ok(None) => pending().await,
            Err(error) => Lost::Failed(error),
        }
    }

    /// Gives the Lease up, where this replica holds it: all that only a leader may do has ended.
    pub(crate) async fn end(self) {
        self.end.cancel();
        if let Err(error) = self.running.await {
            error!(%error, "the leader election has failed");
        }
    }
}

/// Waits until this replica leads; without an election it does.
pub(crate) async fn won(leadership: Option<Leadership>) {
    if let Some(leadership) = leadership {
        leadership.won().await;
    }
}

/// Waits until this replica has led, and does not any more; without an election it always does.
pub(crate) async fn lost(campaign: Option<&mut Campaign>) -> Lost {
    match campaign {
        Some(campaign) => campaign.lost().await,
        None => pending().await,
    }
}
