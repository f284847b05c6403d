//! Defaults.
use serde_json::Value;

use super::go::Named;

pub(super) fn set(_named: &'static Named, _value: &mut Value) {}
