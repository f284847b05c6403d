//! Patch: JSON patch, merge patch, strategic merge patch; apply is in [`apply`](super::apply).

use serde_json::Value;

use super::{
    Core,
    apply::AFTER_MUTATION,
    decode::{self, media_type},
    object::Object,
    query::FieldValidation,
    update::{Written, check_patched},
    write::Write,
};
use crate::{
    FieldError, FieldReason, Refusal, Subject,
    types::{self, Media},
};

/// More operations in a JSON patch are refused, as `maxJSONPatchOperations` of apiserver.
const MOST_OPERATIONS: usize = 10_000;

/// The media type of a configuration that is applied.
pub(crate) const APPLY: &str = "application/apply-patch+yaml";

/// In which language a patch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatchType {
    Json,
    Merge,
    Strategic,
    Apply,
}

impl PatchType {
    pub(crate) fn of(headers: &http::HeaderMap, is_custom: bool) -> Result<Self, Refusal> {
        match media_type(headers).as_str() {
            "application/json-patch+json" => Ok(Self::Json),
            "application/merge-patch+json" => Ok(Self::Merge),
            "application/strategic-merge-patch+json" if !is_custom => Ok(Self::Strategic),
            APPLY => Ok(Self::Apply),
            _ if is_custom => Err(Refusal::unsupported_media_type(format!(
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, {APPLY}"
            ))),
            _ => Err(Refusal {
                details: Some(serde_json::json!({})),
                ..Refusal::unsupported_media_type("415: Unsupported Media Type")
            }),
        }
    }
}

impl Core {
    pub(crate) fn patch(
        &mut self,
        write: &mut Write<'_>,
        patch_type: PatchType,
        body: &[u8],
    ) -> Result<Written, Refusal> {
        if patch_type == PatchType::Apply {
            return self.apply(write, body);
        }
        self.change(write, false, &mut |write, old| {
            let Some(old) = old else {
                return Err(Refusal::not_found(
                    &write.resource.subject(&write.call.name),
                ));
            };
            let mut new = match patch_type {
                PatchType::Json => patched_object(&json_patch(old.value(), body)?, write)?,
                PatchType::Strategic => strategic(old.value(), body, write)?,
                PatchType::Merge | PatchType::Apply => {
                    patched_object(&merge_patch(old.value(), body)?, write)?
                }
            };
            write.track(Some(old), &mut new);
            check_patched(&mut new, Some(old), write)?;
            write.dedup_owners(&mut new, AFTER_MUTATION);
            Ok(new)
        })
    }
}

pub(crate) fn json_patch(old: &Value, body: &[u8]) -> Result<Value, Refusal> {
    let operations: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("error decoding patch: {error}")))?;
    let count = operations.as_array().map_or(0, Vec::len);
    if count > MOST_OPERATIONS {
        return Err(Refusal::too_many_operations(MOST_OPERATIONS, count));
    }
    let patch: json_patch::Patch = serde_json::from_value(operations)
        .map_err(|error| Refusal::bad_request(format!("error decoding patch: {error}")))?;
    let mut new = old.clone();
    json_patch::patch(&mut new, &patch).map_err(|_| Refusal::unprocessable())?;
    Ok(new)
}

pub(crate) fn merge_patch(old: &Value, body: &[u8]) -> Result<Value, Refusal> {
    let patch: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("error decoding patch: {error}")))?;
    let mut new = old.clone();
    json_patch::merge(&mut new, &patch);
    Ok(new)
}

/// With its defaults, so it need not be read again.
fn strategic(old: &Value, body: &[u8], write: &mut Write<'_>) -> Result<Object, Refusal> {
    let resource = write.resource;
    let patched = types::strategic(
        &resource.group,
        &resource.version,
        &resource.kind,
        old,
        body,
    );
    let patched = patched.expect("custom kinds have no strategic merge")?;
    let value = match write.options.field_validation {
        FieldValidation::Strict => patched.strictly()?,
        FieldValidation::Warn => {
            write.warnings.add(patched.strict_errors);
            patched.value
        }
        FieldValidation::Ignore => patched.value,
    };
    Ok(Object::new(value).expect("a kind is an object"))
}

/// The object that a patch made, read as a body is.
fn patched_object(patched: &Value, write: &mut Write<'_>) -> Result<Object, Refusal> {
    let text = patched.to_string();
    decode::object(text.as_bytes(), Media::Json, write).map_err(|refusal| {
        let error = FieldError::new(FieldReason::Invalid, "patch", text, refusal.message);
        Refusal::invalid(&Subject::default(), &[error])
    })
}
