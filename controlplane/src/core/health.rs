//! `/healthz`, `/livez` and `/readyz`: a server that answers is well.
//!
//! The words are those of k8s.io/apiserver's `pkg/server/healthz`, on a server with one check.

use std::fmt::Write as _;

use super::{answer::Reply, query::Query};

/// The one check: that there is an answer.
const CHECK: &str = "ping";

/// None where it is another path.
pub(crate) fn answer(path: &str, query: &Query) -> Option<Reply> {
    let (name, check) = match path.strip_prefix('/')?.split_once('/') {
        Some((name, check)) => (name, Some(check)),
        None => (&path[1..], None),
    };
    if !matches!(name, "healthz" | "livez" | "readyz") {
        return None;
    }
    match check {
        None if query.all("verbose").next().is_some() => {
            Some(Reply::text(200, &verbose(name, query)))
        }
        None | Some(CHECK) => Some(Reply::text(200, "ok")),
        Some(_) => None,
    }
}

fn verbose(name: &str, query: &Query) -> String {
    let (excluded, unknown): (Vec<&str>, Vec<&str>) =
        query.all("exclude").partition(|check| *check == CHECK);
    let mut text = if excluded.is_empty() {
        format!("[+]{CHECK} ok\n")
    } else {
        format!("[+]{CHECK} excluded: ok\n")
    };
    if !unknown.is_empty() {
        let mut unknown: Vec<String> = unknown.iter().map(|check| format!("{check:?}")).collect();
        unknown.sort();
        unknown.dedup();
        // Writing into a String can't fail.
        let _ = writeln!(
            text,
            "warn: some health checks cannot be excluded: no matches for {}",
            unknown.join(", ")
        );
    }
    text + name + " check passed\n"
}
