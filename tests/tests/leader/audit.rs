//! What the API server itself recorded of who wrote, and when.

use std::{collections::BTreeMap, fs, path::Path};

use myop::testing::Result;
use serde_json::Value;

/// The writes of one replica, Leases apart.
#[derive(Debug, Default)]
struct Writes {
    /// When each came in, and when it was answered. The server's times are all of the same length.
    times: Vec<(String, String)>,
}

/// What a record shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The replicas that wrote, in the order of their first writes.
    pub(crate) leaders: Vec<String>,
    pub(crate) writes: usize,
    /// Those that had come in before the first write of the next leader, and were answered after it.
    pub(crate) in_flight: usize,
    /// Those that came in after the first write of the next leader.
    pub(crate) late: Vec<String>,
}

/// Reads what users of these names wrote.
pub(crate) fn read(log: &Path, is_replica: impl Fn(&str) -> bool) -> Result<Findings> {
    let mut by_author: BTreeMap<String, Writes> = BTreeMap::new();
    for line in fs::read_to_string(log)?.lines() {
        let event: Value = serde_json::from_str(line)?;
        let text = |pointer: &str| {
            let value = event.pointer(pointer).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let author = text("/impersonatedUser/username");
        if is_replica(&author) && text("/objectRef/resource") != "leases" {
            let times = (text("/requestReceivedTimestamp"), text("/stageTimestamp"));
            by_author.entry(author).or_default().times.push(times);
        }
    }
    Ok(judge(by_author))
}

fn judge(by_author: BTreeMap<String, Writes>) -> Findings {
    let mut terms: Vec<_> = by_author.into_iter().collect();
    let first = |writes: &Writes| {
        writes
            .times
            .iter()
            .map(|(came_in, _)| came_in.clone())
            .min()
    };
    terms.sort_by_key(|(_, writes)| first(writes));
    let mut findings = Findings {
        leaders: terms.iter().map(|(author, _)| author.clone()).collect(),
        writes: terms.iter().map(|(_, writes)| writes.times.len()).sum(),
        in_flight: 0,
        late: Vec::new(),
    };
    for pair in terms.windows(2) {
        let [(author, writes), (next, of_next)] = pair else {
            continue;
        };
        let Some(taken_over) = first(of_next) else {
            continue;
        };
        for (came_in, answered) in &writes.times {
            if *came_in > taken_over {
                let late = format!("{author} wrote at {came_in}, {next} at {taken_over}");
                findings.late.push(late);
            } else if *answered > taken_over {
                findings.in_flight += 1;
            }
        }
    }
    findings
}

#[test]
fn a_write_after_the_next_leader_s_first_is_found() {
    let writes = |times: &[(&str, &str)]| Writes {
        times: times
            .iter()
            .map(|(came_in, answered)| ((*came_in).to_owned(), (*answered).to_owned()))
            .collect(),
    };
    let mut by_author = BTreeMap::from([
        ("old".to_owned(), writes(&[("1", "2"), ("3", "6")])),
        ("new".to_owned(), writes(&[("5", "7")])),
    ]);
    let expected = Findings {
        leaders: vec!["old".into(), "new".into()],
        writes: 3,
        in_flight: 1,
        late: Vec::new(),
    };
    assert_eq!(judge(std::mem::take(&mut by_author)), expected);
    let by_author = BTreeMap::from([
        ("old".to_owned(), writes(&[("1", "2"), ("6", "7")])),
        ("new".to_owned(), writes(&[("5", "7")])),
    ]);
    assert_eq!(judge(by_author).late, ["old wrote at 6, new at 5"]);
}
