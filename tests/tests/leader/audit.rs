//! Who wrote, and when: what the API server itself recorded, held against what the replicas sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use myop::testing::Result;
use serde_json::Value;

/// What one replica did, Leases apart. All times are written in the same length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    /// What it was about to send, by its own log: the path, and when.
    to_be_sent: Vec<(String, String)>,
    answered: Vec<Answered>,
}

/// A write as the API server recorded it.
#[derive(Clone, Debug)]
struct Answered {
    path: String,
    came_in: String,
    done: String,
}

impl Work {
    pub(crate) fn logged(log: &str) -> Self {
        let line = |line: &str| {
            let (time, rest) = line.split_once(' ')?;
            let (_, path) = rest
                .split_once("leader::gate: to be sent ")?
                .1
                .split_once("path=\"")?;
            Some((path.trim_end_matches('"').to_owned(), time.to_owned()))
        };
        Self {
            to_be_sent: log.lines().filter_map(line).collect(),
            answered: Vec::new(),
        }
    }

    /// When its first write came in.
    fn began(&self) -> Option<&str> {
        self.answered
            .iter()
            .map(|write| write.came_in.as_str())
            .min()
    }

    /// The paths with more writes answered than were to be sent by that time. An object's writes follow each other, so one
    /// of them was sent later.
    fn sent_after(&self, time: &str) -> BTreeSet<&str> {
        let mut owing: BTreeMap<&str, i64> = BTreeMap::new();
        for write in &self.answered {
            *owing.entry(&write.path).or_default() += 1;
        }
        for (path, _) in self
            .to_be_sent
            .iter()
            .filter(|(_, sent)| sent.as_str() <= time)
        {
            *owing.entry(path).or_default() -= 1;
        }
        let owing = owing.into_iter().filter(|(_, count)| *count > 0);
        owing.map(|(path, _)| path).collect()
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
            let uri = text("/requestURI");
            work.answered.push(Answered {
                path: uri.split('?').next().unwrap_or_default().to_owned(),
                came_in: text("/requestReceivedTimestamp"),
                done: text("/stageTimestamp"),
            });
        }
    }
    Ok(())
}

/// No write may be one that was to be sent after the next leader's first had come in.
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
        let next = terms.get(position + 1).map(|(began, ..)| *began);
        let wrong = work.sent_after(next.unwrap_or(FOR_EVER)).into_iter();
        findings
            .wrong
            .extend(wrong.map(|path| format!("{name} wrote {path}")));
        let Some(next) = next else { continue };
        for write in &work.answered {
            findings.in_flight += usize::from(write.done.as_str() > next);
            findings.overtaken += usize::from(write.came_in.as_str() > next);
        }
    }
    findings
}

/// After all times.
const FOR_EVER: &str = "~";

#[test]
fn what_was_to_be_sent_after_the_next_leader_s_first_write_is_wrong() {
    let work = |sent: &[&str], answered: &[(&str, &str)]| Work {
        to_be_sent: sent
            .iter()
            .map(|time| ("/a".to_owned(), (*time).to_owned()))
            .collect(),
        answered: answered
            .iter()
            .map(|(came_in, done)| Answered {
                path: "/a".into(),
                came_in: (*came_in).into(),
                done: (*done).into(),
            })
            .collect(),
    };
    let judged = |old| {
        let new = work(&["4"], &[("5", "9")]);
        judge(&BTreeMap::from([
            ("a-new".into(), new),
            ("old".into(), old),
        ]))
    };
    let refused_after_that = work(&["0", "2", "3", "7"], &[("1", "2"), ("3", "6"), ("7", "8")]);
    let expected = Findings {
        leaders: vec!["old".into(), "a-new".into()],
        writes: 4,
        in_flight: 2,
        overtaken: 1,
        wrong: Vec::new(),
    };
    assert_eq!(judged(refused_after_that), expected);
    let late = judged(work(&["0", "6"], &[("1", "2"), ("7", "8")]));
    assert_eq!(late.wrong, ["old wrote /a"]);
    let past_the_gate = judged(work(&["0"], &[("1", "2"), ("3", "4")]));
    assert_eq!(past_the_gate.wrong, ["old wrote /a"]);
}

#[test]
fn what_was_to_be_sent_is_read_from_the_log() {
    let log = "2026-01-02T03:04:05.000006Z TRACE reconcile{object=default/a}: myop::leader::gate: to be sent method=PATCH path=\"/api/a\"
2026-01-02T03:04:05.000007Z  INFO myop::manager: stopped";
    let expected = [(
        "/api/a".to_owned(),
        "2026-01-02T03:04:05.000006Z".to_owned(),
    )];
    assert_eq!(Work::logged(log).to_be_sent, expected);
}
