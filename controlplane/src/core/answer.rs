//! What the server says.

use serde_json::Value;

use super::watch::Watch;
use crate::Refusal;

/// What becomes of a request.
pub enum Answer {
    /// It is answered.
    Reply(Reply),
    /// It is answered for as long as something happens.
    Watch(Watch),
}

/// An answer that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: &'static str,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// The texts of its `Warning` headers.
    pub warnings: Vec<String>,
    /// What is answered.
    pub body: Vec<u8>,
}

const JSON: &str = "application/json";

impl Reply {
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        let bytes = serde_json::to_vec(value).expect("a JSON value is JSON");
        Self::json_bytes(status, bytes)
    }

    pub(crate) fn json_bytes(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type: JSON,
            retry_after: None,
            warnings: Vec::new(),
            body,
        }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            retry_after: None,
            warnings: Vec::new(),
            body: body.into(),
        }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self {
            retry_after: refusal.retry_after_seconds(),
            ..Self::json(refusal.code, &refusal.body())
        }
    }
}
