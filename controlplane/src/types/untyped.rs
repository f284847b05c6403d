//! Bodies of kinds that are not built in: what they say that they are, and no more.

use serde_json::Value;

use super::{
    body::{Media, PARSE, Said, Undecoded, unrecognized},
    json::Json,
    yaml,
};
use crate::Refusal;

/// An object of whatever kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Untyped {
    /// All that is in it.
    pub value: Value,
    /// `duplicate field "spec.size"`, in their order.
    pub duplicates: Vec<String>,
}

/// Reads a body as an object that says of which kind it is; `wanted` is the kind that messages name.
pub fn untyped(wanted: &str, body: &[u8], media: Media) -> Result<Untyped, Undecoded> {
    let refused = |why: String| unrecognized(wanted, body, &why);
    let (json, duplicates) = match media {
        Media::Json => {
            let json = Json::read(body).map_err(|why| refused(format!("{PARSE}{why}")))?;
            let mut duplicates = Vec::new();
            json.duplicates("", &mut duplicates);
            (json, duplicates)
        }
        Media::Yaml => yaml::read(body).map_err(refused)?,
        Media::Protobuf => {
            return Err(Refusal::unsupported_media_type(
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
            )
            .into());
        }
    };
    let said = Said::of(&json).map_err(refused)?;
    let value = Value::from(&json);
    if said.kind.is_empty() {
        let text = match media {
            Media::Json => String::from_utf8_lossy(body).into_owned(),
            Media::Yaml | Media::Protobuf => value.to_string(),
        };
        return Err(refused(format!("Object 'Kind' is missing in '{text}'")));
    }
    Ok(Untyped { value, duplicates })
}
