//! Conditions: what is true of an object, in the words of kstatus.
//!
//! The shape and its limits are those of `metav1.Condition`; the meaning of `Ready`, `Reconciling` and `Stalled` is
//! that of <https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md>.

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};
use serde_json::json;

pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

/// The object is as its spec asks.
pub const READY: &str = "Ready";
/// The operator is at work on it. Present only while true.
pub const RECONCILING: &str = "Reconciling";
/// The operator cannot go on by itself. Present only while true.
pub const STALLED: &str = "Stalled";

/// The schema of a status' conditions: a list with one condition a type, limited as `metav1.Condition` is.
///
/// [`#[status]`](macro@crate::status) puts it into the CRD.
pub fn conditions_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let schema = json!({
        "description": "What is true of the object, one condition a type.",
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "items": {
            "description": "One aspect of the object's state.",
            "type": "object",
            "required": ["lastTransitionTime", "message", "reason", "status", "type"],
            "properties": {
                "lastTransitionTime": {
                    "description": "When the status last changed.",
                    "type": "string",
                    "format": "date-time",
                },
                "message": {
                    "description": "Why, in words.",
                    "type": "string",
                    "maxLength": 32768,
                },
                "observedGeneration": {
                    "description": "The generation of the spec that this is about.",
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0,
                },
                "reason": {
                    "description": "Why, in one word.",
                    "type": "string",
                    "maxLength": 1024,
                    "minLength": 1,
                    "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
                },
                "status": {
                    "description": "Whether it is so.",
                    "type": "string",
                    "enum": ["True", "False", "Unknown"],
                },
                "type": {
                    "description": "What this is about.",
                    "type": "string",
                    "maxLength": 316,
                    "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
                },
            },
        },
    });
    schema.try_into().expect("an object")
}

/// A condition as a reconcile states it; the runtime adds when it came to be and for which generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) type_: String,
    pub(crate) status: &'static str,
    pub(crate) reason: String,
    pub(crate) message: String,
}

impl Statement {
    pub(crate) fn new(type_: &str, holds: bool, reason: &str, message: &str) -> Self {
        Self {
            type_: valid_type(type_),
            status: if holds { "True" } else { "False" },
            reason: valid_reason(reason),
            message: message.chars().take(LONGEST_MESSAGE).collect(),
        }
    }

    /// The time moves only when the status does.
    pub(crate) fn into_condition(
        self,
        before: &[Condition],
        generation: Option<i64>,
        now: Timestamp,
    ) -> Condition {
        let same = before
            .iter()
            .find(|old| old.type_ == self.type_ && old.status == self.status);
        Condition {
            last_transition_time: same.map_or(Time(now), |old| old.last_transition_time.clone()),
            message: self.message,
            observed_generation: generation,
            reason: self.reason,
            status: self.status.into(),
            type_: self.type_,
        }
    }
}

const LONGEST_TYPE: usize = 316;
const LONGEST_MESSAGE: usize = 32768;
const LONGEST_REASON: usize = 1024;

/// The type, or what comes nearest to it. Its prefix, if it has one, is the author's care.
fn valid_type(type_: &str) -> String {
    let valid = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_./".contains(letter) {
            letter
        } else {
            '_'
        }
    };
    let type_: String = type_.chars().map(valid).take(LONGEST_TYPE).collect();
    match type_.trim_matches(|letter: char| !letter.is_ascii_alphanumeric()) {
        "" => "Unknown".into(),
        type_ => type_.into(),
    }
}

/// The reason, or what comes nearest to it: a status that the server refuses would say nothing at all.
fn valid_reason(reason: &str) -> String {
    let valid = |letter: char| {
        if letter.is_ascii_alphanumeric() || "_,:".contains(letter) {
            letter
        } else {
            '_'
        }
    };
    let reason: String = reason.chars().map(valid).take(LONGEST_REASON).collect();
    let reason = reason.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
    match reason.trim_end_matches([',', ':']) {
        "" => "Unknown".into(),
        reason => reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_one_that_the_server_takes() {
        for (type_, valid) in [
            ("CreateFailed", "CreateFailed"),
            ("example.com/Paid", "example.com/Paid"),
            ("has a space", "has_a_space"),
            ("_x_", "x"),
            ("", "Unknown"),
        ] {
            assert_eq!(valid_type(type_), valid, "{type_:?}");
        }
    }

    #[test]
    fn a_reason_is_always_one_that_the_server_takes() {
        for (reason, valid) in [
            ("Succeeded", "Succeeded"),
            ("has a space", "has_a_space"),
            ("", "Unknown"),
            ("404", "Unknown"),
            ("4xx: Not:", "xx:_Not"),
            ("größe", "gr__e"),
        ] {
            assert_eq!(valid_reason(reason), valid, "{reason:?}");
        }
        assert_eq!(
            Statement::new("Ready", true, "A", &"ä".repeat(40_000))
                .message
                .chars()
                .count(),
            LONGEST_MESSAGE
        );
    }
}
