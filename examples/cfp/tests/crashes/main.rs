//! The operator killed at every step between reading an object and writing its status.
//!
//! It runs as a process of its own, and reaches the API server and the service through a [`gate`] only. A step is what
//! the outside can tell apart: a request to the service, or a write to the API server. Each [`scenario`] is first run
//! without a kill. Then it is run once for each of its steps and each side of it: the operator is killed before the
//! request arrives, or after it took effect and before the operator knows. Another one is started, and when all is
//! settled service and cluster must be in [`agreement`].

mod agreement;
mod case;
mod gate;
mod ledger;
mod operator;
mod outside;
mod scenario;
mod shown;
mod step;

use std::time::Duration;

use cfp_operator::api::v1::proposal::Submission;
use myop::{
    BoxError,
    testing::{Cluster, Result},
};
use tokio::time::timeout;

use case::{Case, FIRST_TITLE};
use gate::Side;
use operator::Operator;
use outside::Outside;
use scenario::Scenario;

/// The step that hands in what is created as final.
const HANDED_IN: &str = "POST /api/proposals";

/// How long the operator may take to come to a step.
const DEADLINE: Duration = Duration::from_secs(20);

#[myop::test]
async fn a_speaker_survives_a_kill_at_any_step(cluster: Cluster) -> Result {
    killed_everywhere(cluster, &scenario::SPEAKERS).await
}

#[myop::test]
async fn a_draft_survives_a_kill_at_any_step(cluster: Cluster) -> Result {
    killed_everywhere(cluster, &scenario::DRAFTS).await
}

#[myop::test]
async fn a_submission_survives_a_kill_at_any_step(cluster: Cluster) -> Result {
    killed_everywhere(cluster, &scenario::FINALS).await
}

/// What was handed in says what its Proposal says no more, and no status says that it is its own. So it is taken for
/// another's: it stays as it is, and the Proposal is refused.
#[myop::test]
async fn a_submission_that_was_not_noted_before_an_edit_is_kept(cluster: Cluster) -> Result {
    let outside = Outside::of(cluster).await?;
    let scenario = scenario::FINAL_EDITED_MEANWHILE;
    let case = Case::new(&outside, "edited");
    let operator = Operator::start(&outside).await?;
    let at = scenario.steps.iter().position(|step| *step == HANDED_IN);
    let at = at.expect("it is created as final");
    let _next = scenario
        .kill(&outside, operator, &case, at, Side::After)
        .await?;
    case.see_refused("another proposal was handed in as 'default-edited'")
        .await?;
    let record = &outside.proposals().await?["default-edited"];
    assert_eq!(record.submission.status, Submission::Final);
    assert_eq!(record.title, FIRST_TITLE);
    Ok(())
}

async fn killed_everywhere(cluster: Cluster, scenarios: &[Scenario]) -> Result {
    let outside = Outside::of(cluster).await?;
    let mut operator = Operator::start(&outside).await?;
    for (number, scenario) in scenarios.iter().enumerate() {
        let name = format!("s{number}");
        let explain = |what: &str, name: &str, error: BoxError| {
            let (scenario, log) = (scenario.name, operator::log_about(&outside, name));
            format!("{scenario}; {what}: {error}\n{log}")
        };
        let ran = scenario.unharmed(&outside, &operator, &name).await;
        ran.map_err(|error| explain("unharmed", &name, error))?;
        for (at, step) in scenario.steps.iter().enumerate() {
            for side in [Side::Before, Side::After] {
                let name = format!("s{number}-{at}-{side}");
                let survived = scenario.survived(&outside, operator, &name, at, side);
                operator = survived
                    .await
                    .map_err(|error| explain(&format!("killed {side} {step}"), &name, error))?;
            }
        }
    }
    Ok(())
}

impl Scenario {
    /// Runs it with an operator that lives, and compares the steps.
    async fn unharmed(&self, outside: &Outside, operator: &Operator, name: &str) -> Result {
        let case = Case::new(outside, name);
        case.perform(self.before).await?;
        case.settle().await?;
        case.shown_to(&operator.gate.shown).await?;
        operator.gate.watch(name);
        case.perform(self.change).await?;
        case.settle().await?;
        agreement::same("the steps", &operator.gate.steps(), &owned(self.steps))?;
        agreement::check(outside).await
    }

    /// Kills the operator at one step, and compares what the one that takes over makes of it.
    async fn survived(
        &self,
        outside: &Outside,
        operator: Operator,
        name: &str,
        at: usize,
        side: Side,
    ) -> Result<Operator> {
        let case = Case::new(outside, name);
        let operator = self.kill(outside, operator, &case, at, side).await?;
        case.settle().await?;
        agreement::check(outside).await?;
        Ok(operator)
    }

    /// Kills the operator at one step, and starts the one that takes over.
    async fn kill(
        &self,
        outside: &Outside,
        operator: Operator,
        case: &Case<'_>,
        at: usize,
        side: Side,
    ) -> Result<Operator> {
        case.perform(self.before).await?;
        case.settle().await?;
        case.shown_to(&operator.gate.shown).await?;
        let shut = operator.gate.shut_at(case.name, at, side);
        let changed = case.perform(self.change);
        let replaced = async {
            let sprung = timeout(DEADLINE, shut).await;
            sprung.map_err(|_| "the operator did not come to this step")??;
            let mut steps = operator.kill().await?;
            steps.truncate(at + 1);
            agreement::same("the steps", &steps, &owned(&self.steps[..=at]))?;
            case.perform(self.while_dead).await?;
            Operator::start(outside).await
        };
        let ((), operator) = tokio::try_join!(changed, replaced)?;
        Ok(operator)
    }
}

fn owned(steps: &[&str]) -> Vec<String> {
    steps.iter().map(ToString::to_string).collect()
}
