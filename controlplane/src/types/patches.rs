//! JSON patches and merge patches, as Go's library carries them out.
//!
//! What they do not touch stays as it was written; the fields of what they touch come in the order of their names.
//! Rules: evanphx' `json-patch` v4 (`patch.go`, `merge.go`), apiserver's `pkg/endpoints/handlers/patch.go`.

mod operation;

use std::collections::BTreeMap;

use serde_json::Value;

use self::operation::Operation;
use super::{
    go::{Kind, Named, Type},
    json::Json,
};
use crate::Refusal;

/// More operations in a JSON patch are refused, as `maxJSONPatchOperations` of apiserver.
const MOST_OPERATIONS: usize = 10_000;

/// What a patch made of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchedText {
    /// The object, in JSON.
    pub text: String,
    /// What is in the patch twice, or is nothing that a patch has: of no concern where fields are not validated.
    pub strict_errors: Vec<String>,
}

/// An object that is to be patched.
pub struct Patchable<'a> {
    /// As it is.
    pub object: &'a Value,
    /// Its type: that of a custom kind has none.
    pub named: Option<&'static Named>,
    /// Whether fields are validated: then a patch is read twice, and refused in other words.
    pub validated: bool,
}

impl Patchable<'_> {
    /// Carries out a JSON patch.
    pub fn json(&self, patch: &[u8]) -> Result<PatchedText, Refusal> {
        let json = self.read(patch)?;
        let operations = match &json {
            Json::List(items) => items.as_slice(),
            Json::Null => &[],
            other => return Err(self.misread(other, "[]handlers.jsonPatchOp", "jsonpatch.Patch")),
        };
        let mut strict_errors = Vec::new();
        if self.validated {
            operation::check(operations).map_err(|why| self.undecodable(&why))?;
            json.duplicates("", &mut strict_errors);
            strict_errors.extend(operation::unknown_fields(operations));
            for error in &mut strict_errors {
                error.insert_str(0, "json patch ");
            }
        }
        if operations.len() > MOST_OPERATIONS {
            let count = operations.len();
            return Err(Refusal::too_many_operations(MOST_OPERATIONS, count));
        }
        let mut document = self.document();
        for operation in operations {
            let Json::Object(fields) = operation else {
                return Err(self.misread(operation, "handlers.jsonPatchOp", "jsonpatch.Operation"));
            };
            Operation(fields)
                .carry_out(&mut document)
                .ok_or_else(Refusal::unprocessable)?;
        }
        Ok(PatchedText {
            text: document.text(),
            strict_errors,
        })
    }

    /// Carries out a merge patch.
    pub fn merge(&self, patch: &[u8]) -> Result<PatchedText, Refusal> {
        let invalid = || Refusal::bad_request("Invalid JSON Patch");
        let mut patch = if self.validated {
            self.read(patch)?
        } else {
            Json::read(patch).map_err(|_| invalid())?
        };
        let mut strict_errors = Vec::new();
        patch.duplicates("", &mut strict_errors);
        let mut document = self.document();
        match &mut patch {
            Json::Object(_) => merge(&mut document, patch),
            Json::List(_) if !self.validated => {
                without_nulls(&mut patch);
                document = patch;
            }
            Json::Null => return Err(invalid()),
            other if self.validated => {
                return Err(self.misread(other, "map[string]interface {}", ""));
            }
            _ => return Err(invalid()),
        }
        Ok(PatchedText {
            text: document.text(),
            strict_errors,
        })
    }

    fn read(&self, patch: &[u8]) -> Result<Json, Refusal> {
        Json::read(patch).map_err(|why| self.undecodable(&why))
    }

    fn misread(&self, found: &Json, validated: &str, otherwise: &str) -> Refusal {
        let wanted = if self.validated { validated } else { otherwise };
        self.undecodable(&format!(
            "json: cannot unmarshal {} into Go value of type {wanted}",
            found.name()
        ))
    }

    fn undecodable(&self, why: &str) -> Refusal {
        if self.validated {
            Refusal::bad_request(format!("error decoding patch: {why}"))
        } else {
            Refusal::bad_request(why)
        }
    }

    /// The object as the server writes it: the fields of structs in Go's order.
    fn document(&self) -> Json {
        let mut document = match self.named {
            Some(named) => of_struct(named, self.object),
            None => sorted(self.object),
        };
        document.sort();
        document
    }
}

fn of_struct(named: &'static Named, value: &Value) -> Json {
    let Value::Object(values) = value else {
        return sorted(value);
    };
    let fields = named.fields().iter();
    let fields = fields.filter_map(|field| {
        let value = values.get(field.name)?;
        Some((field.name.to_owned(), of_type(&field.of, value)))
    });
    Json::Object(fields.collect())
}

fn of_type(of: &Type, value: &Value) -> Json {
    match (&of.kind, value) {
        (Kind::Struct(named), value) => of_struct(named, value),
        (Kind::Pointer(of), value) => of_type(of, value),
        (Kind::List(of), Value::Array(items)) => {
            Json::List(items.iter().map(|item| of_type(of, item)).collect())
        }
        (Kind::Map(of), Value::Object(entries)) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, value)| (key.clone(), of_type(of, value)));
            let mut map = Json::Object(entries.collect());
            map.sort();
            map
        }
        (_, value) => sorted(value),
    }
}

fn sorted(value: &Value) -> Json {
    match value {
        Value::Array(items) => Json::List(items.iter().map(sorted).collect()),
        Value::Object(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, value)| (key.clone(), sorted(value)));
            let mut object = Json::Object(entries.collect());
            object.sort();
            object
        }
        plain => Json::from(plain),
    }
}

fn merge(document: &mut Json, patch: Json) {
    let (Json::Object(fields), Json::Object(changes)) = (&mut *document, patch) else {
        return;
    };
    let mut merged = last_ones(std::mem::take(fields));
    for (key, mut change) in last_ones(changes) {
        match merged.get_mut(&key) {
            _ if change == Json::Null => {
                merged.remove(&key);
            }
            Some(field @ Json::Object(_)) if matches!(change, Json::Object(_)) => {
                merge(field, change);
            }
            _ => {
                without_nulls(&mut change);
                merged.insert(key, change);
            }
        }
    }
    *fields = merged.into_iter().collect();
}

/// Of what is there twice, the last counts.
fn last_ones(entries: Vec<(String, Json)>) -> BTreeMap<String, Json> {
    entries.into_iter().collect()
}

/// What is new is taken without the fields that are null; in lists nulls stay.
fn without_nulls(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            let mut all = last_ones(std::mem::take(entries));
            all.retain(|_, value| *value != Json::Null);
            all.values_mut().for_each(without_nulls);
            *entries = all.into_iter().collect();
        }
        Json::List(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
