//! Types that read themselves.

use serde_json::{Value, json};

use super::{Decoder, Wrong, mismatch};
use crate::types::{
    go::{Other, Type},
    json::Json,
    quantity::Quantity,
    time::Precision,
};

pub(super) fn quantity(json: &Json) -> Result<Value, Wrong> {
    let text = match json {
        Json::Null => return Ok(json!("0")),
        Json::String(text) | Json::Number(text) => text.trim(),
        // Go reads the text of these, which is no amount either.
        _ => "-",
    };
    let text = if text == "-" { "" } else { text };
    match Quantity::parse(text) {
        Ok(quantity) => Ok(quantity.to_string().into()),
        Err(wrong) => Err(Wrong::Own(wrong.into())),
    }
}

pub(super) fn time(precision: Precision, json: &Json) -> Result<Option<Value>, Wrong> {
    match json {
        Json::Null => Ok(None),
        Json::String(text) => precision
            .canonical(text)
            .map(|it| Some(it.into()))
            .map_err(Wrong::Own),
        _ => Err(mismatch(json.name(), "string".into())),
    }
}

pub(super) fn int_or_string(json: &Json) -> Result<Value, Wrong> {
    match json {
        Json::Null => Ok(json!(0)),
        Json::String(text) => Ok(json!(text)),
        Json::Number(text) => match text.parse::<i32>() {
            Ok(number) => Ok(json!(number)),
            Err(_) => Err(mismatch(format!("number {text}"), "int32".into())),
        },
        _ => Err(mismatch(json.name(), "int32".into())),
    }
}

/// Go reads it by a decoder of its own, which is not strict.
pub(super) fn schema_or(other: Other, json: &Json) -> Result<Value, Wrong> {
    let nested = |of: &Type| {
        let mut decoder = Decoder::default();
        let value = decoder
            .value(of, json, None)
            .map_err(|it| decoder.placed(it))?;
        match decoder.saved {
            Some(wrong) => Err(wrong),
            None => Ok(value.unwrap_or(Value::Null)),
        }
    };
    let read = |text| Type::read(text).expect("the table has it");
    match (other, json) {
        (_, Json::Object(_)) => nested(&read("apiextensions.v1.JSONSchemaProps")),
        (Other::Bool, Json::Bool(truth)) => Ok(json!(truth)),
        (Other::Bool, _) => Err(Wrong::Own("boolean or JSON schema expected".into())),
        (Other::Schemas, Json::List(_)) => nested(&read("[]apiextensions.v1.JSONSchemaProps")),
        (Other::Strings, Json::List(_)) => nested(&read("[]string")),
        _ => Ok(Value::Null),
    }
}
