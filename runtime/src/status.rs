//! The book-keeping of a status: the author says what is true, the runtime keeps conditions and observedGeneration.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use kube::core::object::HasStatus;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    apply::drop_nulls,
    condition::{Condition, READY, RECONCILING, STALLED, Statement},
    diff::{FieldChange, changes},
    object::Object,
    outcome::{Failure, Outcome},
};

/// A status that the runtime keeps. [`#[status]`](macro@crate::status) implements it.
#[diagnostic::on_unimplemented(
    message = "the status `{Self}` is not kept by this operator",
    label = "this kind's status is not made by #[status]",
    note = "put #[status] on the struct `{Self}`; the status of a kind that another operator keeps is not ours to write"
)]
pub trait Status: Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static {
    /// The generation of the spec that the status describes.
    fn observed_generation(&self) -> Option<i64>;
    /// Sets the generation.
    fn set_observed_generation(&mut self, generation: Option<i64>);
    /// What is true of the object, one condition a type.
    fn conditions(&self) -> &[Condition];
    /// The conditions, to be changed.
    fn conditions_mut(&mut self) -> &mut Vec<Condition>;
}

/// How the status of a kind is read; found by [`status_of!`](crate::status_of).
pub struct StatusOf<K> {
    pub(crate) read: fn(&K) -> Result<Recorded, serde_json::Error>,
}

impl<K> Clone for StatusOf<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for StatusOf<K> {}

impl<K> std::fmt::Debug for StatusOf<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StatusOf")
    }
}

impl<K> StatusOf<K>
where
    K: Object + HasStatus<Status: Status>,
{
    /// The status of a kind made by `#[resource(status = ...)]`.
    pub const KEPT: Self = Self {
        read: |object| Recorded::of(object.status().cloned().unwrap_or_default()),
    };
}

/// How the status of a kind is kept: `Some` where the status is made by `#[status]`, else `None`.
///
/// It asks the type itself, as `reconciles = Deployment` is right too and says nothing of a status. An associated
/// constant of the type wins over one of a trait, where its bounds hold.
#[macro_export]
macro_rules! status_of {
    ($kind:ty) => {{
        struct Probe<K>(::std::marker::PhantomData<K>);
        #[allow(dead_code)]
        trait Foreign<K> {
            const STATUS: ::std::option::Option<$crate::StatusOf<K>> = ::std::option::Option::None;
        }
        impl<K> Foreign<K> for Probe<K> {}
        #[allow(dead_code)]
        impl<K> Probe<K>
        where
            K: $crate::Object + $crate::HasStatus<Status: $crate::Status>,
        {
            const STATUS: ::std::option::Option<$crate::StatusOf<K>> =
                ::std::option::Option::Some($crate::StatusOf::<K>::KEPT);
        }
        Probe::<$kind>::STATUS
    }};
}

/// What the author says, without what the runtime keeps.
pub(crate) fn fields_of<S: Status>(mut status: S) -> Result<Map<String, Value>, serde_json::Error> {
    status.set_observed_generation(None);
    status.conditions_mut().clear();
    let mut status = serde_json::to_value(status)?;
    drop_nulls(&mut status);
    match status {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

/// A status, taken apart; the conditions in the order of their types.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recorded {
    pub(crate) fields: Map<String, Value>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) observed_generation: Option<i64>,
}

/// What a run found out.
pub(crate) struct Findings {
    /// The author's fields, where the run set them.
    pub(crate) fields: Option<Map<String, Value>>,
    /// The author's own conditions. What a run does not state is not so.
    pub(crate) statements: Vec<Statement>,
    pub(crate) result: Result<Outcome, Failure>,
}

impl Recorded {
    fn of<S: Status>(status: S) -> Result<Self, serde_json::Error> {
        let mut conditions = status.conditions().to_vec();
        conditions.sort_by(|a, b| a.type_.cmp(&b.type_));
        Ok(Self {
            conditions,
            observed_generation: status.observed_generation(),
            fields: fields_of(status)?,
        })
    }

    /// The status while the first run on this `generation` takes its time; none where the generation is not new.
    ///
    /// An object of which nothing is said counts as ready in kstatus, so then Ready is said to be unknown.
    pub(crate) fn under_way(&self, generation: Option<i64>, now: Timestamp) -> Option<Self> {
        if self.observed_generation == generation && !self.conditions.is_empty() {
            return None;
        }
        let replaced = [RECONCILING, STALLED];
        let mut conditions = self.conditions.clone();
        conditions.retain(|one| !replaced.contains(&one.type_.as_str()));
        let unknown = conditions.is_empty().then(|| Statement {
            status: "Unknown",
            ..Statement::new(
                READY,
                false,
                "Progressing",
                "the first reconcile is under way",
            )
        });
        let stated = unknown.into_iter().chain([progressing(generation)]);
        conditions.extend(
            stated.map(|statement| statement.into_condition(&self.conditions, generation, now)),
        );
        Some(Self {
            conditions,
            ..self.clone()
        })
    }

    /// The status after a run on this `generation`.
    pub(crate) fn after(
        &self,
        findings: Findings,
        generation: Option<i64>,
        now: Timestamp,
    ) -> Self {
        let settled = !matches!(&findings.result, Err(failure) if !failure.terminal);
        let observed_generation = if settled {
            generation
        } else {
            self.observed_generation
        };
        let mut statements = findings.statements;
        if let Err(failure) = &findings.result {
            statements.extend(failure.statements.iter().cloned());
        }
        statements.retain(|own| ![READY, RECONCILING, STALLED].contains(&own.type_.as_str()));
        match &findings.result {
            Ok(outcome) => {
                statements.push(Statement::new(
                    READY,
                    outcome.ready,
                    &outcome.reason,
                    &outcome.message,
                ));
                if !outcome.ready {
                    statements.push(Statement::new(
                        RECONCILING,
                        true,
                        &outcome.reason,
                        &outcome.message,
                    ));
                }
            }
            Err(failure) => {
                statements.push(Statement::new(
                    READY,
                    false,
                    &failure.reason,
                    &failure.message,
                ));
                if failure.terminal {
                    statements.push(Statement::new(
                        STALLED,
                        true,
                        &failure.reason,
                        &failure.message,
                    ));
                } else if observed_generation != generation {
                    statements.push(progressing(generation));
                }
            }
        }
        let by_type: BTreeMap<_, _> = statements
            .into_iter()
            .map(|own| (own.type_.clone(), own))
            .collect();
        Self {
            fields: findings.fields.unwrap_or_else(|| self.fields.clone()),
            conditions: by_type
                .into_values()
                .map(|statement| statement.into_condition(&self.conditions, generation, now))
                .collect(),
            observed_generation,
        }
    }

    /// Which fields `next` has otherwise.
    pub(crate) fn changes_to(&self, next: &Self) -> Vec<FieldChange> {
        changes(".status", &self.to_json(), &next.to_json())
    }

    /// The status as it goes out.
    pub(crate) fn to_json(&self) -> Value {
        let mut status = self.fields.clone();
        if let Some(generation) = self.observed_generation {
            status.insert("observedGeneration".into(), generation.into());
        }
        let conditions = self
            .conditions
            .iter()
            .map(|condition| serde_json::json!(condition))
            .collect();
        status.insert("conditions".into(), conditions);
        Value::Object(status)
    }
}

fn progressing(generation: Option<i64>) -> Statement {
    let generation = generation.unwrap_or_default();
    let message = format!("Reconciling a new generation of the object {generation}");
    Statement::new(RECONCILING, true, "Progressing", &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn found(result: Result<Outcome, Failure>) -> Findings {
        Findings {
            fields: None,
            statements: Vec::new(),
            result,
        }
    }

    fn words(status: &Recorded) -> Vec<(&str, &str, i64)> {
        let words = |one: &'_ Condition| one.last_transition_time.0.as_second();
        status
            .conditions
            .iter()
            .map(|one| (one.type_.as_str(), one.status.as_str(), words(one)))
            .collect()
    }

    #[test]
    fn the_time_moves_only_when_the_status_does() {
        let first = Recorded::default().after(
            found(Ok(Outcome::waiting("Soon", "1 of 2"))),
            Some(1),
            at(10),
        );
        assert_eq!(
            words(&first),
            [("Ready", "False", 10), ("Reconciling", "True", 10)]
        );
        let second = first.after(
            found(Ok(Outcome::waiting("Soon", "2 of 3"))),
            Some(2),
            at(20),
        );
        assert_eq!(
            words(&second),
            [("Ready", "False", 10), ("Reconciling", "True", 10)]
        );
        let third = second.after(found(Ok(Outcome::done())), Some(2), at(30));
        assert_eq!(words(&third), [("Ready", "True", 30)]);
        assert_eq!(
            third.after(found(Ok(Outcome::done())), Some(2), at(40)),
            third,
            "nothing to write"
        );
    }

    #[test]
    fn a_generation_is_observed_once_it_is_ready_waits_or_has_stalled() {
        let seen = Recorded::default().after(found(Ok(Outcome::done())), Some(1), at(1));
        assert_eq!(seen.observed_generation, Some(1));
        let fails = seen.after(
            found(Err(Failure::retry("Unlucky", "again"))),
            Some(2),
            at(2),
        );
        assert_eq!(fails.observed_generation, Some(1));
        assert_eq!(
            words(&fails),
            [("Ready", "False", 2), ("Reconciling", "True", 2)]
        );
        let stalls = fails.after(
            found(Err(Failure::terminal("Hopeless", "never"))),
            Some(2),
            at(3),
        );
        assert_eq!(stalls.observed_generation, Some(2));
        assert_eq!(
            words(&stalls),
            [("Ready", "False", 2), ("Stalled", "True", 3)]
        );
        let fails = stalls.after(
            found(Err(Failure::retry("Unlucky", "again"))),
            Some(2),
            at(4),
        );
        assert_eq!(
            words(&fails),
            [("Ready", "False", 2)],
            "not a new generation"
        );
    }

    #[test]
    fn a_new_generation_is_announced_and_no_other() {
        let first = Recorded::default().under_way(Some(1), at(1)).expect("new");
        assert_eq!(
            words(&first),
            [("Ready", "Unknown", 1), ("Reconciling", "True", 1)]
        );
        let ready = first.after(found(Ok(Outcome::done())), Some(1), at(2));
        assert_eq!(ready.under_way(Some(1), at(3)), None);
        let second = ready.under_way(Some(2), at(3)).expect("new");
        assert_eq!(
            words(&second),
            [("Ready", "True", 2), ("Reconciling", "True", 3)]
        );
        assert_eq!(second.under_way(Some(2), at(4)).as_ref(), Some(&second));

        let failure = Failure::terminal("Hopeless", "never");
        let stalled = ready.after(found(Err(failure)), Some(2), at(3));
        let third = stalled.under_way(Some(3), at(4)).expect("new");
        assert_eq!(
            words(&third),
            [("Ready", "False", 3), ("Reconciling", "True", 4)]
        );
    }

    #[test]
    fn a_failure_s_own_conditions_go_with_it() {
        let failure = Failure::retry("CreateAccountFailed", "closed")
            .condition("CreateFailed", "CreateAccountFailed")
            .condition(READY, "NotTheAuthor_s");
        let failed = Recorded::default().after(found(Err(failure)), Some(1), at(1));
        assert_eq!(
            words(&failed),
            [
                ("CreateFailed", "True", 1),
                ("Ready", "False", 1),
                ("Reconciling", "True", 1)
            ]
        );
        let mended = failed.after(found(Ok(Outcome::done())), Some(1), at(2));
        assert_eq!(words(&mended), [("Ready", "True", 2)]);
    }

    #[test]
    fn fields_stay_until_they_are_set_anew() {
        let healthy = Map::from_iter([("healthy".to_owned(), Value::Bool(true))]);
        let set = Findings {
            fields: Some(healthy.clone()),
            ..found(Ok(Outcome::done()))
        };
        let after = Recorded::default().after(set, Some(1), at(1));
        let failed = after.after(
            found(Err(Failure::retry("Unlucky", "again"))),
            Some(1),
            at(2),
        );
        assert_eq!(failed.fields, healthy);
    }
}
