//! What the status of a Job may say, and how it may change: `ValidateJobStatusUpdate` of `pkg/apis/batch/validation`.
//!
//! A rule about a field is asked only where that field, or what it depends on, has changed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{super::object::Object, index_ranges, rules};
use crate::{FieldError, go, types};

pub(super) fn validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    let change = Change {
        spec: &new.value()["spec"],
        new: Status(&new.value()["status"]),
        old: Status(&old.value()["status"]),
    };
    let mut errors = change.new.counts();
    errors.extend(change.conditions_and_times());
    errors.extend(change.finished());
    errors.extend(change.indexes());
    errors.extend(change.running());
    errors.extend(change.success());
    errors.extend(change.taken_back());
    errors
}

#[derive(Clone, Copy)]
struct Status<'a>(&'a Value);

impl<'a> Status<'a> {
    fn is(self, condition: &str) -> bool {
        self.has(condition, "True")
    }

    fn has(self, condition: &str, status: &str) -> bool {
        let mut conditions = self.0["conditions"].as_array().into_iter().flatten();
        conditions.any(|one| one["type"] == condition && one["status"] == status)
    }

    fn is_finished(self) -> bool {
        self.is("Complete") || self.is("Failed")
    }

    fn field(self, name: &str) -> &'a Value {
        &self.0[name]
    }

    fn count(self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or_default()
    }

    fn text(self, name: &str) -> &'a str {
        self.0[name].as_str().unwrap_or_default()
    }

    /// Pods that ended and are to be counted yet.
    fn uncounted(self, how: &str) -> impl Iterator<Item = &'a str> {
        let list = self.0["uncountedTerminatedPods"][how].as_array();
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    fn counts(self) -> Vec<FieldError> {
        let counts = ["active", "succeeded", "failed", "ready", "terminating"];
        let mut errors = rules::all_nonnegative(self.0, "status", &counts);
        let mut seen = BTreeSet::new();
        for how in ["succeeded", "failed"] {
            for (index, uid) in self.uncounted(how).enumerate() {
                let path = format!("status.uncountedTerminatedPods.{how}[{index}]");
                if uid.is_empty() {
                    errors.push(FieldError::invalid(path, uid, "must not be empty"));
                } else if !seen.insert(uid) {
                    errors.push(FieldError::duplicate(path, uid));
                }
            }
        }
        errors
    }
}

fn wrong_conditions(why: impl Into<String>) -> FieldError {
    FieldError::invalid("status.conditions", "", why).omitting_value()
}

struct Change<'a> {
    spec: &'a Value,
    new: Status<'a>,
    old: Status<'a>,
}

impl Change<'_> {
    fn has_changed(&self, field: &str) -> bool {
        self.new.field(field) != self.old.field(field)
    }

    fn has_count_changed(&self, field: &str) -> bool {
        self.new.count(field) != self.old.count(field)
    }

    fn has_turned(&self, condition: &str) -> bool {
        self.new.is(condition) != self.old.is(condition)
    }

    fn has_turned_finished(&self) -> bool {
        self.new.is_finished() != self.old.is_finished()
    }

    fn is_indexed(&self) -> bool {
        self.spec["completionMode"] == "Indexed"
    }

    fn conditions_and_times(&self) -> Vec<FieldError> {
        let new = self.new;
        let (complete, failed) = (self.has_turned("Complete"), self.has_turned("Failed"));
        let (started, completed) = (new.text("startTime"), new.text("completionTime"));
        let mut errors = Vec::new();
        if (complete || failed) && new.is("Complete") && new.is("Failed") {
            errors.push(wrong_conditions(
                "cannot set Complete=True and Failed=true conditions",
            ));
        }
        let targeted = self.has_turned("FailureTarget");
        if (complete || targeted) && new.is("Complete") && new.is("FailureTarget") {
            errors.push(wrong_conditions(
                "cannot set Complete=True and FailureTarget=true conditions",
            ));
        }
        let is_moved = self.has_changed("completionTime");
        if (complete || is_moved) && !completed.is_empty() && !new.is("Complete") {
            let why = "cannot set completionTime when there is no Complete=True condition";
            errors.push(FieldError::invalid("status.completionTime", completed, why));
        }
        if (complete || is_moved) && completed.is_empty() && new.is("Complete") {
            let why = "completionTime is required for Complete jobs";
            errors.push(FieldError::required("status.completionTime", why));
        }
        let both = !started.is_empty() && !completed.is_empty();
        if (is_moved || self.has_changed("startTime")) && both && completed < started {
            let why = "must be equal to or after `startTime`";
            errors.push(FieldError::invalid("status.completionTime", completed, why));
        }
        let has_failed_indexes_changed = self.has_changed("failedIndexes");
        if (failed || has_failed_indexes_changed) && new.is("Failed") && !new.is("FailureTarget") {
            errors.push(wrong_conditions(
                "cannot set Failed=True condition without the FailureTarget=true condition",
            ));
        }
        let met = self.has_turned("SuccessCriteriaMet");
        if (complete || met) && new.is("Complete") && !new.is("SuccessCriteriaMet") {
            errors.push(wrong_conditions(
                "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
            ));
        }
        errors
    }

    /// A Job that has finished has no Pods any more.
    fn finished(&self) -> Vec<FieldError> {
        let new = self.new;
        let turned = self.has_turned_finished();
        let mut errors = Vec::new();
        if !new.is_finished() {
            return errors;
        }
        let active = new.count("active");
        if (turned || self.has_count_changed("active")) && active > 0 {
            let why = "active>0 is invalid for finished job";
            errors.push(FieldError::invalid("status.active", active, why));
        }
        let none_was_needed = self.spec["suspend"] == true && self.spec["completions"] == 0;
        let is_asked = (turned || self.has_changed("startTime")) && !none_was_needed;
        if is_asked && new.field("startTime").is_null() {
            let why = "startTime is required for finished job";
            errors.push(FieldError::required("status.startTime", why));
        }
        let uncounted = new
            .uncounted("failed")
            .chain(new.uncounted("succeeded"))
            .count();
        if (turned || self.has_changed("uncountedTerminatedPods")) && uncounted > 0 {
            let path = "status.uncountedTerminatedPods";
            let error = FieldError::invalid(path, "", "must be empty for finished job");
            let pods = new.field("uncountedTerminatedPods");
            errors.push(error.showing(types::internal("batch.UncountedTerminatedPods", pods)));
        }
        errors
    }

    fn indexes(&self) -> Vec<FieldError> {
        let (completed, failed) = (
            self.new.text("completedIndexes"),
            self.new.text("failedIndexes"),
        );
        let completions = self.spec["completions"].as_i64();
        let limited = !self.spec["backoffLimitPerIndex"].is_null();
        let (completed_changed, failed_changed) = (
            self.has_changed("completedIndexes"),
            self.has_changed("failedIndexes"),
        );
        let wrong = |field: &str, why: String| {
            FieldError::invalid(format!("status.{field}"), self.new.text(field), why)
        };
        let has_failed = !self.new.field("failedIndexes").is_null();
        let mut errors = Vec::new();
        if let Some(completions) = completions {
            if let (true, Err(why)) = (
                completed_changed,
                index_ranges::count(completed, completions),
            ) {
                let why = format!("error parsing completedIndexes: {why}");
                errors.push(wrong("completedIndexes", why));
            }
            let is_asked = failed_changed && limited && has_failed;
            if let (true, Err(why)) = (is_asked, index_ranges::count(failed, completions)) {
                let why = format!("error parsing failedIndexes: {why}");
                errors.push(wrong("failedIndexes", why).showing(go::json(&failed.into())));
            }
        }
        if completed_changed && !completed.is_empty() && !self.is_indexed() {
            let why = "cannot set non-empty completedIndexes when non-indexed completion mode";
            errors.push(wrong("completedIndexes", why.into()));
        }
        if failed_changed && has_failed && !limited {
            let why = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
            errors.push(wrong("failedIndexes", why.into()));
        }
        let common = completions.and_then(|all| index_ranges::first_common(completed, failed, all));
        if let (true, Some(index)) = (completed_changed || failed_changed, common) {
            let why = format!("failedIndexes and completedIndexes overlap at index: {index}");
            errors.push(wrong("failedIndexes", why));
        }
        errors
    }

    fn running(&self) -> Vec<FieldError> {
        let new = self.new;
        let (ready, terminating) = (new.count("ready"), new.count("terminating"));
        let mut errors = Vec::new();
        let is_asked = self.has_turned_finished() || self.has_changed("terminating");
        if is_asked && terminating > 0 && new.is_finished() {
            let why = "terminating>0 is invalid for finished job";
            errors.push(FieldError::invalid("status.terminating", terminating, why));
        }
        let is_asked = self.has_changed("ready") || self.has_count_changed("active");
        if is_asked && !new.field("ready").is_null() && ready > new.count("active") {
            let why = "cannot set more ready pods than active";
            errors.push(FieldError::invalid("status.ready", ready, why));
        }
        errors
    }

    fn success(&self) -> Vec<FieldError> {
        let new = self.new;
        let met = new.is("SuccessCriteriaMet");
        let mut errors = Vec::new();
        if met && new.is("Failed") {
            errors.push(wrong_conditions(
                "cannot set SuccessCriteriaMet=True and Failed=true conditions",
            ));
        }
        if met && new.is("FailureTarget") {
            errors.push(wrong_conditions(
                "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions",
            ));
        }
        if !self.spec["successPolicy"].is_null() && !met && new.is("Complete") {
            errors.push(wrong_conditions(
                "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True",
            ));
        }
        errors
    }

    /// What has been said is not taken back.
    fn taken_back(&self) -> Vec<FieldError> {
        let (new, old) = (self.new, self.old);
        let mut errors = Vec::new();
        for condition in ["Failed", "Complete", "FailureTarget"] {
            if old.is(condition) && !new.is(condition) {
                let why = format!("cannot disable the terminal {condition}=True condition");
                errors.push(wrong_conditions(why));
            }
        }
        let can_shrink = self.is_indexed() && self.spec["completions"] == self.spec["parallelism"];
        for (field, is_asked) in [("failed", true), ("succeeded", !can_shrink)] {
            if is_asked && new.count(field) < old.count(field) {
                let why = format!("cannot decrease the {field} counter");
                let path = format!("status.{field}");
                errors.push(FieldError::invalid(path, new.count(field), why));
            }
        }
        let (completed, before) = (new.text("completionTime"), old.text("completionTime"));
        if !completed.is_empty() && !before.is_empty() && completed != before {
            let path = "status.completionTime";
            errors.push(FieldError::invalid(path, completed, "field is immutable"));
        }
        let resumes = old.is("Suspended") && new.has("Suspended", "False");
        let is_asked = self.has_changed("startTime") && !resumes && self.spec["suspend"] != true;
        if is_asked && !old.field("startTime").is_null() {
            let why = "startTime cannot be removed for unsuspended job";
            errors.push(FieldError::required("status.startTime", why));
        }
        let (met, was_met) = (new.is("SuccessCriteriaMet"), old.is("SuccessCriteriaMet"));
        if was_met && !met {
            let why = "cannot disable the SuccessCriteriaMet=True condition";
            errors.push(wrong_conditions(why));
        }
        if old.is("Complete") && !was_met && met {
            errors.push(wrong_conditions(
                "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions",
            ));
        }
        errors
    }
}
