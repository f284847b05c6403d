//! From the body of a request to an object.

use http::HeaderMap;
use serde_json::Value;

use super::{
    object::Object,
    query::FieldValidation,
    resource::Resource,
    write::{LARGEST_BODY, Write},
};
use crate::Refusal;

/// In which language a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Json,
    Yaml,
    Protobuf,
}

impl Language {
    /// What the header says; without one it is JSON.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        match media_type(headers).as_str() {
            "" | "application/json" => Ok(Self::Json),
            "application/yaml" => Ok(Self::Yaml),
            "application/vnd.kubernetes.protobuf" => Ok(Self::Protobuf),
            _ => Err(Refusal::unsupported_media_type(
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
            )),
        }
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

/// The object that a body holds, as the server takes it: of the kind that is asked for, without what nobody knows, and
/// with its defaults.
pub(crate) fn object(
    body: &[u8],
    language: Language,
    write: &mut Write<'_>,
) -> Result<Object, Refusal> {
    let resource = write.resource;
    let value: Value = match language {
        Language::Json => serde_json::from_slice(body)
            .map_err(|error| unreadable(resource, &error.to_string()))?,
        Language::Yaml => yaml(body).map_err(|why| unreadable(resource, &why))?,
        Language::Protobuf => return Err(Refusal::not_implemented("bodies in protobuf")),
    };
    check_type(&value, resource)?;
    let mut object = Object::new(value).ok_or_else(|| unreadable(resource, "not an object"))?;
    object.set_type(&resource.api_version(), &resource.kind);
    if write.options.field_validation == FieldValidation::Strict {}
    resource.strategy.default(&mut object);
    Ok(object)
}

pub(crate) fn yaml(body: &[u8]) -> Result<Value, String> {
    serde_yaml::from_slice(body).map_err(|error| error.to_string())
}

fn unreadable(resource: &Resource, why: &str) -> Refusal {
    Refusal::bad_request(format!(
        "the object provided is unrecognized (must be of type {}): {why}",
        resource.kind
    ))
}

fn check_type(value: &Value, resource: &Resource) -> Result<(), Refusal> {
    let api_version = value["apiVersion"].as_str().unwrap_or_default();
    let kind = value["kind"].as_str().unwrap_or_default();
    if !kind.is_empty() && kind != resource.kind {
        return Err(Refusal::bad_request(format!(
            "{kind} in version {:?} cannot be handled as a {}: converting (v1.{kind}) to (v1.{}): unknown conversion",
            api_version.rsplit('/').next().unwrap_or_default(),
            resource.kind,
            resource.kind
        )));
    }
    if !api_version.is_empty() && api_version != resource.api_version() {
        return Err(Refusal::bad_request(format!(
            "the API version in the data ({api_version}) does not match the expected API version ({})",
            resource.api_version()
        )));
    }
    Ok(())
}
