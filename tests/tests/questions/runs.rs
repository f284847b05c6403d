//! The runs of an operator, in the order in which they ended.

use std::time::Duration;

use myop::{Manager, record::RunRecord, testing::Result};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const DEADLINE: Duration = Duration::from_secs(30);

/// The runs of an operator that nobody has asked for yet.
pub(crate) struct Runs(UnboundedReceiver<RunRecord>);

/// The operator, and its runs.
pub(crate) fn followed(manager: Manager) -> (Manager, Runs) {
    let (sender, receiver) = unbounded_channel();
    let manager = manager.on_run(move |run| {
        // The test may have seen enough.
        let _ = sender.send(run.clone());
    });
    (manager, Runs(receiver))
}

impl Runs {
    /// The next run, for whichever object.
    pub(crate) async fn next(&mut self) -> Result<RunRecord> {
        let next = tokio::time::timeout(DEADLINE, self.0.recv()).await;
        let next = next.map_err(|_| format!("nothing was reconciled in {DEADLINE:?}"))?;
        next.ok_or_else(|| "the operator has ended".into())
    }

    /// The next run for the object of this name.
    pub(crate) async fn next_of(&mut self, name: &str) -> Result<RunRecord> {
        Ok(self.up_to(name).await?.1)
    }

    /// The next run for the object of this name, and those for others before it.
    pub(crate) async fn up_to(&mut self, name: &str) -> Result<(Vec<RunRecord>, RunRecord)> {
        let mut others = Vec::new();
        loop {
            let run = self.next().await?;
            if run.object.name == name {
                return Ok((others, run));
            }
            others.push(run);
        }
    }

    /// The runs that have ended and that nobody has asked for.
    pub(crate) fn so_far(&mut self) -> Vec<RunRecord> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

/// What has called for a run, in the words of the operator's log.
pub(crate) fn causes(run: &RunRecord) -> Vec<String> {
    run.causes.iter().map(ToString::to_string).collect()
}
