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
            type_: type_.into(),
            status: if holds { "True" } else { "False" },
            reason: reason.into(),
            message: message.into(),
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
