//! The runs of an operator, in the order in which they ended.

use std::time::Duration;

use myop::{Manager, record::RunRecord, testing::Result};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const DEADLINE: Duration = Duration::from_secs(30);

/// The runs of an operator that nobody has asked for yet.
#[derive(Debug)]
pub struct Runs(UnboundedReceiver<RunRecord>);

/// The operator, and its runs.
pub fn followed(manager: Manager) -> (Manager, Runs) {
    let (sender, receiver) = unbounded_channel();
    let manager = manager.on_run(move |run| {
        // The test may have seen enough.
        let _ = sender.send(run.clone());
    });
    (manager, Runs(receiver))
}

impl Runs {
    /// The next run, for whichever object.
    pub async fn next(&mut self) -> Result<RunRecord> {
        self.next_that(|_| true).await
    }

    /// The next run of which this holds.
    pub async fn next_that(&mut self, holds: impl Fn(&RunRecord) -> bool) -> Result<RunRecord> {
        let found = async {
            while let Some(run) = self.0.recv().await {
                if holds(&run) {
                    return Ok(run);
                }
            }
            Err("the operator has ended".into())
        };
        let found = tokio::time::timeout(DEADLINE, found).await;
        found.map_err(|_| format!("nothing of the kind was reconciled in {DEADLINE:?}"))?
    }

    /// The next run for the object of this name.
    pub async fn next_of(&mut self, name: &str) -> Result<RunRecord> {
        Ok(self.up_to(name).await?.1)
    }

    /// The next run for the object of this name, and those for others before it.
    pub async fn up_to(&mut self, name: &str) -> Result<(Vec<RunRecord>, RunRecord)> {
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
    pub fn so_far(&mut self) -> Vec<RunRecord> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

/// What has called for a run, in the words of the operator's log.
pub fn causes(run: &RunRecord) -> Vec<String> {
    run.causes.iter().map(ToString::to_string).collect()
}
