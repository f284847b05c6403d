//! Whether the children of an object are written again and again, and which field is to blame.
//!
//! Two operators, or an operator and an autoscaler, that want one field otherwise write it for ever, and so does a
//! reconcile that never says the same twice. Each write alone looks well.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    error::Write,
    record::{Effect, WriteRecord},
};

/// This many runs that write one field ...
const RUNS: usize = 10;
/// ... within this time are too many.
const WINDOW: Duration = Duration::from_secs(60);

/// What the last runs for one object changed of its children.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flapping {
    runs: VecDeque<(Instant, BTreeSet<Place>)>,
}

/// A field of a child, or the child itself.
type Place = (String, String);

impl Flapping {
    /// Takes in a run that ended at `now`. Returns the fields that each of the last runs wrote, in words, once they are
    /// too many; then it begins to count anew.
    pub(crate) fn ran(&mut self, now: Instant, writes: &[WriteRecord]) -> Option<String> {
        self.runs
            .retain(|(at, _)| now.duration_since(*at) <= WINDOW);
        let places: BTreeSet<_> = writes.iter().flat_map(places_of).collect();
        if places.is_empty() {
            return None;
        }
        self.runs.push_back((now, places));
        if self.runs.len() > RUNS {
            self.runs.pop_front();
        }
        if self.runs.len() < RUNS {
            return None;
        }
        let mut runs = self.runs.iter().map(|(_, places)| places.clone());
        let first = runs.next()?;
        let same = runs.fold(first, |same, places| &same & &places);
        if same.is_empty() {
            return None;
        }
        self.runs.clear();
        let words = same.iter().map(|(child, path)| format!("{child}{path}"));
        Some(words.collect::<Vec<_>>().join(", "))
    }
}

fn places_of(write: &WriteRecord) -> Vec<Place> {
    let child = format!("{} {}", write.kind, write.object);
    match (write.write, &write.effect) {
        (Write::Status | Write::Finalizers, _) | (_, Effect::Unchanged | Effect::Failed) => {
            Vec::new()
        }
        (_, Effect::Created | Effect::Deleted) => vec![(child, String::new())],
        (_, Effect::Changed(fields) | Effect::Corrected(fields)) => fields
            .iter()
            .map(|field| (child.clone(), format!(" {}", field.path)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diff::FieldChange, object::NamespacedName};

    fn write(effect: Effect) -> WriteRecord {
        WriteRecord {
            write: Write::Apply,
            kind: "Deployment".into(),
            object: NamespacedName {
                namespace: Some("default".into()),
                name: "shop".into(),
            },
            effect,
        }
    }

    fn changed(paths: &[&str]) -> WriteRecord {
        let field = |path: &&str| FieldChange {
            path: (*path).to_owned(),
            before: None,
            after: None,
        };
        write(Effect::Changed(paths.iter().map(field).collect()))
    }

    /// What ten runs, this long after one another, are told of.
    fn told(every: Duration, run: impl Fn(usize) -> WriteRecord) -> Option<String> {
        let (mut flapping, start) = (Flapping::default(), Instant::now());
        (0..10).find_map(|number: usize| {
            let now = start + every * u32::try_from(number).expect("ten");
            flapping.ran(now, &[run(number)])
        })
    }

    #[test]
    fn a_field_that_every_run_writes_is_named() {
        let second = Duration::from_secs(1);
        let told = |run: &dyn Fn(usize) -> WriteRecord| told(second, run);
        assert_eq!(
            told(&|number| changed(&[".spec.replicas", [".a", ".b"][number % 2]])).as_deref(),
            Some("Deployment default/shop .spec.replicas")
        );
        assert_eq!(
            told(&|_| write(Effect::Created)).as_deref(),
            Some("Deployment default/shop")
        );
        assert_eq!(told(&|number| changed(&[[".a", ".b"][number % 2]])), None);
        assert_eq!(told(&|_| changed(&[])), None);
    }

    #[test]
    fn a_slow_change_is_none() {
        assert_eq!(told(Duration::from_secs(7), |_| changed(&[".a"])), None);
    }
}
