//! Why a request was not carried out: `Status` of `meta/v1`, with the code that goes with it.
//!
//! Each kind of refusal is one function here, with the code, the reason and the words of apimachinery's
//! `pkg/api/errors`.

use serde_json::{Map, Value, json};

use crate::{FieldError, go::quoted};

/// A request that was not carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub code: u16,
    /// `NotFound`, `Conflict`, …; empty where Kubernetes gives none.
    pub reason: &'static str,
    /// What a person reads.
    pub message: String,
    /// `details`: which object, what causes.
    pub details: Option<Value>,
    /// `metadata.continue`: where a list may go on; empty where it may not.
    pub next: String,
    /// The texts of its `Warning` headers.
    pub warnings: Box<[String]>,
}

/// What a request was about, for `details` and for the words of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The API group; empty for the core.
    pub group: String,
    /// `deployments`, or the kind where the server says that.
    pub resource: String,
    /// The object; empty where none is named.
    pub name: String,
}

impl Subject {
    /// `deployments.apps`.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.resource.clone()
        } else {
            format!("{}.{}", self.resource, self.group)
        }
    }

    fn details(&self, causes: Vec<Value>) -> Value {
        let mut details = Map::new();
        let texts = [
            ("name", &self.name),
            ("group", &self.group),
            ("kind", &self.resource),
        ];
        for (key, text) in texts {
            if !text.is_empty() {
                details.insert(key.into(), text.as_str().into());
            }
        }
        if !causes.is_empty() {
            details.insert("causes".into(), causes.into());
        }
        Value::Object(details)
    }
}

impl Refusal {
    /// As it goes over the wire.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "code": self.code,
        });
        if !self.reason.is_empty() {
            body["reason"] = self.reason.into();
        }
        if let Some(details) = &self.details {
            body["details"] = details.clone();
        }
        if !self.next.is_empty() {
            body["metadata"]["continue"] = self.next.as_str().into();
        }
        body
    }

    /// After how many seconds a client may ask again; none where that would not help.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.details.as_ref()?.get("retryAfterSeconds")?.as_u64()
    }

    /// Without details.
    pub(crate) fn of(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: None,
            next: String::new(),
            warnings: Box::default(),
        }
    }

    fn about(mut self, subject: &Subject, causes: Vec<Value>) -> Self {
        self.details = Some(subject.details(causes));
        self
    }

    /// 400: what was sent can't be read.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::of(400, "BadRequest", message)
    }

    /// 401: nobody knows who asks.
    pub fn unauthorized() -> Self {
        Self::of(401, "Unauthorized", "Unauthorized")
    }

    /// 403, with the server's whole sentence after "is forbidden: ".
    pub fn forbidden(subject: &Subject, why: &str) -> Self {
        let message = if subject.resource.is_empty() {
            format!("forbidden: {why}")
        } else if subject.name.is_empty() {
            format!("{} is forbidden: {why}", subject.qualified())
        } else {
            format!(
                "{} {} is forbidden: {why}",
                subject.qualified(),
                quoted(&subject.name)
            )
        };
        Self::of(403, "Forbidden", message).about(subject, Vec::new())
    }

    /// 404: there is no such object.
    pub fn not_found(subject: &Subject) -> Self {
        let message = format!(
            "{} {} not found",
            subject.qualified(),
            quoted(&subject.name)
        );
        Self::of(404, "NotFound", message).about(subject, Vec::new())
    }

    /// 404: there is no such path.
    pub fn no_such_path() -> Self {
        Self {
            details: Some(json!({})),
            ..Self::of(
                404,
                "NotFound",
                "the server could not find the requested resource",
            )
        }
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self {
            details: Some(json!({})),
            ..Self::of(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
            )
        }
    }

    /// 405, as custom kinds say it.
    pub fn not_supported(subject: &Subject, verb: &str) -> Self {
        let message = format!(
            "{verb} is not supported on resources of kind {:?}",
            subject.qualified()
        );
        Self::of(405, "MethodNotAllowed", message).about(subject, Vec::new())
    }

    /// 409: there is such an object already.
    pub fn already_exists(subject: &Subject) -> Self {
        let message = format!(
            "{} {} already exists",
            subject.qualified(),
            quoted(&subject.name)
        );
        Self::of(409, "AlreadyExists", message).about(subject, Vec::new())
    }

    /// 409: the object is another than the request went by.
    pub fn conflict(subject: &Subject, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {}: {why}",
            subject.qualified(),
            quoted(&subject.name)
        );
        Self::of(409, "Conflict", message).about(subject, Vec::new())
    }

    /// 409: a generated name is taken.
    pub fn generated_name_exists(subject: &Subject) -> Self {
        let message = format!(
            "{} {} already exists, the server was not able to generate a unique name for the object",
            subject.qualified(),
            quoted(&subject.name)
        );
        let mut refusal = Self::of(409, "AlreadyExists", message).about(subject, Vec::new());
        if let Some(details) = &mut refusal.details {
            details["retryAfterSeconds"] = 1.into();
        }
        refusal
    }

    /// 410: what was known at that time is forgotten.
    pub fn expired(message: impl Into<String>) -> Self {
        Self::of(410, "Expired", message)
    }

    /// 504: the server has not come to this revision yet.
    pub fn too_large_resource_version(wanted: u64, current: u64) -> Self {
        Self {
            details: Some(json!({
                "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
                "retryAfterSeconds": 1,
            })),
            ..Self::of(
                504,
                "Timeout",
                format!("Timeout: Too large resource version: {wanted}, current: {current}"),
            )
        }
    }

    /// 415, 406: a media type that is not spoken here.
    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::of(415, "UnsupportedMediaType", message)
    }

    /// 422: the object is no valid one. `subject` names the kind.
    pub fn invalid(subject: &Subject, errors: &[FieldError]) -> Self {
        let message = format!(
            "{} {} is invalid: {}",
            subject.qualified(),
            quoted(&subject.name),
            aggregate(errors.iter().map(ToString::to_string))
        );
        let causes = errors.iter().map(FieldError::cause).collect();
        Self::of(422, "Invalid", message).about(subject, causes)
    }

    /// 429: a disruption budget does not allow it, and perhaps will after a while.
    pub fn too_many_disruptions(message: &str, why: &str, retry_after: u64) -> Self {
        let mut details = json!({"causes": [{"reason": "DisruptionBudget", "message": why}]});
        if retry_after > 0 {
            details["retryAfterSeconds"] = retry_after.into();
        }
        Self {
            details: Some(details),
            ..Self::of(429, "TooManyRequests", message)
        }
    }

    /// 413: the body is longer than what is read.
    pub fn too_large_body(limit: usize) -> Self {
        Self::of(
            413,
            "RequestEntityTooLarge",
            format!("Request entity too large: limit is {limit}"),
        )
    }

    /// 413: a JSON patch of so many operations is not carried out.
    pub fn too_many_operations(limit: usize, count: usize) -> Self {
        Self::of(
            413,
            "RequestEntityTooLarge",
            format!(
                "Request entity too large: The allowed maximum operations in a JSON patch is {limit}, got {count}"
            ),
        )
    }

    /// 422: a patch does not fit the object; the real server does not say why.
    pub fn unprocessable() -> Self {
        Self {
            details: Some(json!({})),
            ..Self::of(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request",
            )
        }
    }

    /// 500, without a reason.
    pub fn unknown(message: &str) -> Self {
        Self::of(500, "", message)
    }

    /// 500.
    pub fn internal(message: &str) -> Self {
        Self {
            details: Some(json!({"causes": [{"message": message}]})),
            ..Self::of(
                500,
                "InternalError",
                format!("Internal error occurred: {message}"),
            )
        }
    }

    /// 501: Kubernetes has it, and this server does not.
    pub fn not_implemented(what: &str) -> Self {
        Self::of(
            501,
            "NotImplemented",
            format!("the embedded control plane does not implement {what}"),
        )
    }
}

/// One as it is, several in brackets, none twice: as apimachinery's `Aggregate`.
pub(crate) fn aggregate(messages: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for message in messages {
        if !distinct.contains(&message) {
            distinct.push(message);
        }
    }
    match distinct.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}
