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
    pub(crate) leadership: Leadership,
    pub(super) election: Election,
}

/// A replica that takes part, until this value goes.
pub(crate) struct Campaign {
    running: AbortOnDropHandle<Option<Lost>>,
    end: CancellationToken,
}

impl Contender {
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
    pub(crate) async fn lost(&mut self) -> Lost {
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
