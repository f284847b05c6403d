//! What is wrong with one field of an object, in the words of Kubernetes' `field.Error`.

use std::fmt;

use serde_json::{Value, json};

use crate::go;

/// Why a field was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldReason {
    /// The value is none that is allowed.
    Invalid,
    /// The value is of another type.
    TypeInvalid,
    /// There must be a value.
    Required,
    /// The value is there twice.
    Duplicate,
    /// What the value names is not there.
    NotFound,
    /// The value is none of a list.
    NotSupported,
    /// There must be no value, or none now.
    Forbidden,
    /// The text is too long.
    TooLong,
    /// There are too many.
    TooMany,
    /// The server could not tell.
    Internal,
}

impl FieldReason {
    /// As in `status.details.causes[].reason`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "FieldValueInvalid",
            Self::TypeInvalid => "FieldValueTypeInvalid",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::NotFound => "FieldValueNotFound",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::Internal => "InternalError",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::NotFound => "Not found",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::Internal => "Internal error",
        }
    }

    fn shows_value(self) -> bool {
        matches!(
            self,
            Self::Invalid
                | Self::TypeInvalid
                | Self::Duplicate
                | Self::NotFound
                | Self::NotSupported
                | Self::TooMany
        )
    }
}

/// How a message shows the value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum BadValue {
    /// Not at all.
    Omitted,
    /// As Go prints it.
    Value(Value),
    /// In these words: structs of Go have an order of fields.
    Text(String),
}

/// A field, its value, and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// Why it was not accepted.
    pub reason: FieldReason,
    /// `spec.replicas`, `spec.list[0].name`, `metadata.labels[key]`; empty for the object as a whole.
    pub field: String,
    /// The value that was not accepted.
    pub value: BadValue,
    /// What would be accepted.
    pub detail: String,
}

impl FieldError {
    /// A field that was not accepted.
    pub fn new(
        reason: FieldReason,
        field: impl Into<String>,
        value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            reason,
            field: field.into(),
            value: BadValue::Value(value.into()),
            detail: detail.into(),
        }
    }

    /// A value that is none of those that are allowed.
    pub fn invalid(
        field: impl Into<String>,
        value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(FieldReason::Invalid, field, value, detail)
    }

    /// A value that is missing.
    pub fn required(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(FieldReason::Required, field, "", detail)
    }

    /// A value that may not be there.
    pub fn forbidden(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(FieldReason::Forbidden, field, "", detail)
    }

    /// A value that is there twice.
    pub fn duplicate(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(FieldReason::Duplicate, field, value, "")
    }

    /// A value that is none of these.
    pub fn not_supported(
        field: impl Into<String>,
        value: impl Into<Value>,
        supported: &[&str],
    ) -> Self {
        let supported: Vec<_> = supported.iter().map(|one| go::quoted(one)).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        Self::new(FieldReason::NotSupported, field, value, detail)
    }

    /// A text of more bytes than are allowed.
    pub fn too_long(field: impl Into<String>, limit: usize) -> Self {
        let detail = format!("may not be more than {limit} bytes");
        Self::new(FieldReason::TooLong, field, "", detail)
    }

    /// A list of more items than are allowed.
    pub fn too_many(field: impl Into<String>, count: usize, limit: usize) -> Self {
        let detail = format!("must have at most {limit} items");
        Self::new(FieldReason::TooMany, field, count, detail)
    }

    /// The same without its value.
    #[must_use]
    pub fn omitting_value(self) -> Self {
        Self {
            value: BadValue::Omitted,
            ..self
        }
    }

    /// The same with its value in these words.
    #[must_use]
    pub fn showing(self, text: impl Into<String>) -> Self {
        Self {
            value: BadValue::Text(text.into()),
            ..self
        }
    }

    /// What is said of the field, without its name: the message of a cause.
    pub fn message(&self) -> String {
        let mut text = self.reason.words().to_owned();
        if let (true, Some(value)) = (self.reason.shows_value(), self.value.shown()) {
            text.push_str(": ");
            text.push_str(&value);
        }
        if !self.detail.is_empty() {
            text.push_str(": ");
            text.push_str(&self.detail);
        }
        text
    }

    /// As in `status.details.causes`.
    pub fn cause(&self) -> Value {
        json!({"reason": self.reason.name(), "message": self.message(), "field": self.shown_field()})
    }

    fn shown_field(&self) -> &str {
        if self.field.is_empty() {
            "<nil>"
        } else {
            &self.field
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.shown_field(), self.message())
    }
}

impl BadValue {
    fn shown(&self) -> Option<String> {
        match self {
            Self::Omitted => None,
            Self::Value(Value::String(text)) => Some(go::quoted(text)),
            Self::Value(Value::Number(number)) => Some(go::number(number)),
            Self::Value(other) => Some(go::json(other)),
            Self::Text(text) => Some(text.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_the_api_server_writes_it() {
        let error = FieldError::new(
            FieldReason::Invalid,
            "spec.replicas",
            -1,
            "must be greater than or equal to 0",
        );
        assert_eq!(
            error.to_string(),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        );
        let error = FieldError::new(FieldReason::Required, "spec.image", "", "");
        assert_eq!(error.to_string(), "spec.image: Required value");
    }
}
