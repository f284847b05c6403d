//! All scenarios, several at a time, on one kind of server.

use futures::{StreamExt, stream};
use jiff::Timestamp;

use super::{
    Result,
    play::{Definitions, play},
    scenario::Scenario,
    server::Server,
};

/// Most of the time a scenario waits.
const AT_A_TIME: usize = 8;

/// What scenarios can be played on.
pub(crate) trait Servers {
    /// A server that has what the scenario needs.
    async fn server_for(&self, scenario: &Scenario) -> Result<Server>;
}

/// A scenario and what came of it.
pub(crate) struct Played<'a> {
    pub(crate) scenario: &'a Scenario,
    /// Those of the steps as far as they could be played.
    pub(crate) answers: Vec<String>,
}

impl Played<'_> {
    /// It went through to its end.
    pub(crate) fn is_whole(&self) -> bool {
        let failed = self.answers.iter().any(|answer| answer.starts_with("!!!"));
        !failed && self.answers.len() == self.scenario.steps.len()
    }
}

/// In the order of the scenarios; those that want to be alone come after the others, one by one.
pub(crate) async fn play_all<'a>(
    servers: &impl Servers,
    scenarios: &'a [Scenario],
    definitions: &Definitions,
    now: Timestamp,
) -> Result<Vec<Played<'a>>> {
    let numbered = scenarios.iter().enumerate();
    let (alone, together): (Vec<_>, Vec<_>) = numbered.partition(|(_, one)| one.needs.alone);
    let play = async |(number, scenario): (usize, &'a Scenario)| {
        let server = servers.server_for(scenario).await?;
        let answers = play(scenario, &server, definitions, now).await;
        Ok((number, Played { scenario, answers }))
    };
    let mut all: Vec<Result<_>> = stream::iter(together)
        .map(play)
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    for scenario in alone {
        all.push(play(scenario).await);
    }
    let mut played = all.into_iter().collect::<Result<Vec<_>>>()?;
    played.sort_by_key(|(number, _)| *number);
    Ok(played.into_iter().map(|(_, played)| played).collect())
}
