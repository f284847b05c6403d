//! Patch: JSON patch, merge patch, strategic merge patch; apply is in [`apply`](super::apply).

use serde_json::Value;

use super::{
    Core,
    apply::AFTER_MUTATION,
    decode::media_type,
    object::Object,
    query::FieldValidation,
    update::{Written, check_patched},
    write::Write,
};
use crate::{
    FieldError, FieldReason, Refusal, Subject,
    types::{self, Media, Patchable, PatchedText},
};

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
                PatchType::Json => patched_object(write.patchable(old).json(body)?, write)?,
                PatchType::Strategic => strategic(old.value(), body, write)?,
                PatchType::Merge | PatchType::Apply => {
                    patched_object(write.patchable(old).merge(body)?, write)?
                }
            };
            write.track(Some(old), &mut new);
            check_patched(&mut new, Some(old), write)?;
            write.dedup_owners(&mut new, AFTER_MUTATION);
            Ok(new)
        })
    }
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
pub(crate) fn patched_object(
    patched: PatchedText,
    write: &mut Write<'_>,
) -> Result<Object, Refusal> {
    let resource = write.resource;
    let invalid = |why: String| {
        let error = FieldError::new(FieldReason::Invalid, "patch", patched.text.as_str(), why);
        Refusal::invalid(&Subject::default(), &[error])
    };
    // All that is wrong with fields is told at once: what the patch has, and what the object has.
    let read = resource.strategy.read(
        resource,
        patched.text.as_bytes(),
        Media::Json,
        FieldValidation::Warn,
    );
    let body = read.map_err(|undecoded| invalid(undecoded.why))?;
    let mut told = patched.strict_errors;
    told.extend(body.warnings);
    match write.options.field_validation {
        FieldValidation::Strict if !told.is_empty() => {
            return Err(invalid(format!(
                "strict decoding error: {}",
                told.join(", ")
            )));
        }
        FieldValidation::Warn => write.warnings.add(told),
        FieldValidation::Ignore | FieldValidation::Strict => {}
    }
    Ok(Object::new(body.value).expect("a kind is an object"))
}

impl Write<'_> {
    fn patchable<'a>(&self, object: &'a Object) -> Patchable<'a> {
        let resource = self.resource;
        let named = types::kind(&resource.group, &resource.version, &resource.kind);
        Patchable {
            object: object.value(),
            named: named.filter(|_| !resource.is_custom),
            validated: self.options.field_validation != FieldValidation::Ignore,
        }
    }
}
