//! `/healthz`, `/livez` and `/readyz`: a server that answers is well, and so is each of its parts.
//!
//! The words are those of k8s.io/apiserver's `pkg/server/healthz`, the checks those of kube-apiserver, for clients that ask
//! for one by its name or leave one out.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{answer::Reply, query::Query};

/// In the order in which they are told; after `readyz` those that it alone has.
const CHECKS: &str = include_str!("health_checks.txt");

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
        None => Some(Reply::text(200, "ok")),
        Some(check) => {
            let is_known = checks(name).any(|known| known == check);
            is_known.then(|| Reply::text(200, "ok"))
        }
    }
}

fn checks(name: &str) -> impl Iterator<Item = &'static str> {
    CHECKS
        .lines()
        .filter_map(move |line| match line.split_once(' ') {
            Some((of, check)) => (of == name).then_some(check),
            None => Some(line),
        })
}

fn verbose(name: &str, query: &Query) -> String {
    let excluded: BTreeSet<&str> = query.all("exclude").collect();
    let mut text = String::new();
    for check in checks(name) {
        let how = if excluded.contains(check) {
            " excluded:"
        } else {
            ""
        };
        // Writing into a String can't fail.
        let _ = writeln!(text, "[+]{check}{how} ok");
    }
    let unknown = excluded.into_iter();
    let unknown = unknown.filter(|one| checks(name).all(|check| check != *one));
    let unknown: Vec<String> = unknown.map(|check| format!("{check:?}")).collect();
    if !unknown.is_empty() {
        let _ = writeln!(
            text,
            "warn: some health checks cannot be excluded: no matches for {}",
            unknown.join(",")
        );
    }
    text + name + " check passed\n"
}
