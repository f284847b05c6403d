//! What `@until` waits for.

use serde_json::Value;

use super::{Result, learnt::find};

/// `status 404`, `metadata.finalizers exists`, `metadata.finalizers absent`, `status.phase == "Active"`.
#[derive(Debug)]
pub(crate) enum Condition {
    Status(u16),
    Exists(String),
    Absent(String),
    Equals(String, Value),
}

impl Condition {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let words: Vec<_> = text.splitn(3, ' ').collect();
        Ok(match words[..] {
            ["status", code] => Self::Status(code.parse()?),
            [path, "exists"] => Self::Exists(path.into()),
            [path, "absent"] => Self::Absent(path.into()),
            [path, "==", value] => Self::Equals(path.into(), serde_json::from_str(value)?),
            _ => return Err(format!("no condition: {text}").into()),
        })
    }

    pub(crate) fn holds(&self, status: u16, body: &Value) -> bool {
        match self {
            Self::Status(wanted) => status == *wanted,
            Self::Exists(path) => status < 300 && find(body, path).is_some(),
            Self::Absent(path) => status < 300 && find(body, path).is_none(),
            Self::Equals(path, value) => find(body, path) == Some(value),
        }
    }
}
