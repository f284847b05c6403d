//! What is wrong: scenarios that are answered otherwise than recorded, and those that were not expected to pass.

use std::collections::BTreeMap;

use similar::TextDiff;

use super::{Result, play_all::Played};

/// Scenarios that a server doesn't pass yet, each with the reason.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    reasons: BTreeMap<String, String>,
}

impl Pending {
    /// A line each: `create/exists: why`. Lines with `#` are comments.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let reasons = lines.map(|line| match line.split_once(": ") {
            Some((name, reason)) => Ok((name.to_owned(), reason.to_owned())),
            None => Err(format!("no reason is given: {line}").into()),
        });
        Ok(Self {
            reasons: reasons.collect::<Result<_>>()?,
        })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.reasons.keys().map(String::as_str)
    }

    pub(crate) fn reason(&self, name: &str) -> Option<&str> {
        self.reasons.get(name).map(String::as_str)
    }
}

/// What a person has to look at: nothing where all is as expected.
pub(crate) fn complaints(played: &[Played<'_>], pending: &Pending) -> Vec<String> {
    let complaint = |played: &Played<'_>| {
        let name = &played.scenario.name;
        match (difference(played), pending.reasons.get(name)) {
            (Some(difference), None) => Some(format!("{name}: {difference}")),
            (None, Some(reason)) => Some(format!(
                "{name} passes: take it off the list, where it is with «{reason}»"
            )),
            _ => None,
        }
    };
    played.iter().filter_map(complaint).collect()
}

/// At the first step that is answered otherwise.
fn difference(played: &Played<'_>) -> Option<String> {
    let steps = played
        .scenario
        .steps
        .iter()
        .zip(&played.answers)
        .enumerate();
    let mut differing = steps.filter(|(_, (step, answer))| step.answer.as_ref() != Some(answer));
    let (index, (step, answer)) = differing.next()?;
    let more = match differing.count() {
        0 => String::new(),
        count => format!("\n(and {count} more of its steps)"),
    };
    let recorded = step.answer.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(recorded, answer);
    let diff = diff
        .unified_diff()
        .header("recorded", "answered")
        .to_string();
    Some(format!(
        "step {} is answered otherwise\n{}\n{diff}{more}",
        index + 1,
        step.title()
    ))
}
