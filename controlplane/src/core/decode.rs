//! From the body of a request to an object.

use http::HeaderMap;
use serde_json::Value;

use super::{
    object::Object,
    query::FieldValidation,
    resource::Resource,
    write::{LARGEST_BODY, Write},
};
use crate::{
    Refusal,
    types::{self, Media, Undecoded},
};

/// How a body is written, by its header; without one it is JSON.
pub(crate) fn media(headers: &HeaderMap) -> Result<Media, Refusal> {
    match media_type(headers).as_str() {
        "" | "application/json" => Ok(Media::Json),
        "application/yaml" => Ok(Media::Yaml),
        "application/vnd.kubernetes.protobuf" => Ok(Media::Protobuf),
        _ => Err(Refusal::unsupported_media_type(
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
        )),
    }
}

/// The media type of a body, without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let header = headers.get(http::header::CONTENT_TYPE);
    let text = header
        .and_then(|text| text.to_str().ok())
        .unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().into()
}

pub(crate) fn check_size(body: &[u8]) -> Result<(), Refusal> {
    if body.len() > LARGEST_BODY {
        return Err(Refusal::too_large_body(LARGEST_BODY));
    }
    Ok(())
}

/// What a body holds.
pub(crate) struct Body {
    pub(crate) value: Value,
    /// What the client is told of fields that nobody knows, or that are there twice.
    pub(crate) warnings: Vec<String>,
}

impl Body {
    /// Of a built-in kind: the object with its defaults.
    pub(crate) fn of_builtin(
        resource: &Resource,
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Self, Undecoded> {
        let of = (
            resource.group.as_str(),
            resource.version.as_str(),
            resource.kind.as_str(),
        );
        Self::of_kind(of, body, media, validation)
    }

    /// Of the built-in kind of this group, version and name.
    pub(crate) fn of_kind(
        (group, version, kind): (&str, &str, &str),
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Self, Undecoded> {
        let decoded = types::decode(group, version, kind, body, media);
        let decoded = decoded.expect("the kind is in the table")?;
        let warnings = match validation {
            FieldValidation::Warn => decoded.warnings(),
            FieldValidation::Ignore | FieldValidation::Strict => Vec::new(),
        };
        let value = match validation {
            FieldValidation::Strict => decoded.strictly()?,
            FieldValidation::Ignore | FieldValidation::Warn => decoded.value,
        };
        Ok(Self { value, warnings })
    }
}

/// The object that a body holds, as the server takes it: of the kind that is asked for, without what nobody knows, and
/// with its defaults.
pub(crate) fn object(body: &[u8], media: Media, write: &mut Write<'_>) -> Result<Object, Refusal> {
    let resource = write.resource;
    let validation = write.options.field_validation;
    let body = resource.strategy.read(resource, body, media, validation)?;
    write.warnings.add(body.warnings);
    Ok(Object::new(body.value).expect("a kind is an object"))
}
