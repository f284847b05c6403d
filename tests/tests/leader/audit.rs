//! Who wrote, and when: what the API server itself recorded, held against what the replicas sent.

use std::{collections::BTreeMap, fs, path::Path};

use myop::testing::Result;
use serde_json::Value;

/// What one replica did, Leases apart. All times are written in the same length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    /// When it sent its writes, by its own log.
    sent: Vec<String>,
    /// When each came in at the API server, and when it was answered.
    answered: Vec<(String, String)>,
}

impl Work {
    pub(crate) fn of(sent: Vec<String>) -> Self {
        Self {
            sent,
            answered: Vec::new(),
        }
    }

    /// When its first write came in.
    fn began(&self) -> Option<&String> {
        self.answered.iter().map(|(came_in, _)| came_in).min()
    }
}

/// What a record shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The replicas that wrote, in the order of their first writes.
    pub(crate) leaders: Vec<String>,
    pub(crate) writes: usize,
    /// How many were on their way when the next leader's first write came in.
    pub(crate) in_flight: usize,
    /// Those of them that came in after that.
    pub(crate) overtaken: usize,
    /// What must not be.
    pub(crate) wrong: Vec<String>,
}

/// Completes what the replicas sent, by their names, with what the server recorded of it.
pub(crate) fn read(log: &Path, replicas: &mut BTreeMap<String, Work>) -> Result {
    for line in fs::read_to_string(log)?.lines() {
        let event: Value = serde_json::from_str(line)?;
        let text = |pointer: &str| {
            let value = event.pointer(pointer).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        if let Some(work) = replicas.get_mut(&text("/impersonatedUser/username"))
            && text("/objectRef/resource") != "leases"
        {
            let times = (text("/requestReceivedTimestamp"), text("/stageTimestamp"));
            work.answered.push(times);
        }
    }
    Ok(())
}

/// A write is right where it was sent before the next leader's first one had come in.
pub(crate) fn judge(replicas: &BTreeMap<String, Work>) -> Findings {
    let mut findings = Findings::default();
    let mut terms: Vec<_> = replicas
        .iter()
        .filter_map(|(name, work)| Some((work.began()?, name, work)))
        .collect();
    terms.sort_unstable_by_key(|(began, ..)| *began);
    for (position, (_, name, work)) in terms.iter().enumerate() {
        findings.leaders.push((*name).clone());
        findings.writes += work.answered.len();
        if work.answered.len() > work.sent.len() {
            let (answered, sent) = (work.answered.len(), work.sent.len());
            let unseen = format!("{name} had {answered} writes answered, and sent {sent}");
            findings.wrong.push(unseen);
        }
        let Some((began, next, _)) = terms.get(position + 1) else {
            continue;
        };
        let late = work.sent.iter().filter(|sent| sent > began);
        let late = late.map(|sent| format!("{name} sent at {sent}, after {next} had begun"));
        findings.wrong.extend(late);
        for (came_in, answered) in &work.answered {
            findings.in_flight += usize::from(answered > *began);
            findings.overtaken += usize::from(came_in > *began);
        }
    }
    findings
}

#[test]
fn what_is_sent_after_the_next_leader_s_first_write_is_wrong() {
    let work = |sent: &[&str], answered: &[(&str, &str)]| Work {
        sent: sent.iter().map(ToString::to_string).collect(),
        answered: answered
            .iter()
            .map(|(came_in, answered)| ((*came_in).to_owned(), (*answered).to_owned()))
            .collect(),
    };
    let judged = |old| {
        let new = work(&["4"], &[("5", "9")]);
        judge(&BTreeMap::from([
            ("a-new".into(), new),
            ("old".into(), old),
        ]))
    };
    let right = judged(work(
        &["0", "2", "3"],
        &[("1", "2"), ("3", "6"), ("7", "8")],
    ));
    let expected = Findings {
        leaders: vec!["old".into(), "a-new".into()],
        writes: 4,
        in_flight: 2,
        overtaken: 1,
        wrong: Vec::new(),
    };
    assert_eq!(right, expected);
    let late = judged(work(&["0", "6"], &[("1", "2"), ("7", "8")]));
    assert_eq!(late.wrong, ["old sent at 6, after a-new had begun"]);
    let past_the_gate = judged(work(&["0"], &[("1", "2"), ("7", "8")]));
    assert_eq!(
        past_the_gate.wrong,
        ["old had 2 writes answered, and sent 1"]
    );
}
