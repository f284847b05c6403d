//! Strategic merge patches: lists are merged by the keys that the types tell.
//!
//! Rules, texts and order: apimachinery's `pkg/util/strategicpatch`, apiserver's `pkg/endpoints/handlers/patch.go`.

mod order;
mod target;

use serde_json::{Map, Value};

use self::target::Target;
use super::{defaults, go::Named, json::Json, unstructured};
use crate::{FieldError, FieldReason, Refusal, Subject};

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM: &str = "$deleteFromPrimitiveList";
const SET_ORDER: &str = "$setElementOrder";

type Fields = Map<String, Value>;

/// An object to which a patch was applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    /// The object as it would be stored, with its defaults.
    pub value: Value,
    /// Duplicate fields of the patch, then unknown fields: the warnings of `fieldValidation=Warn`.
    pub strict_errors: Vec<String>,
    patch: String,
}

impl Patched {
    /// The object, where no field was unknown or there twice: `fieldValidation=Strict`.
    pub fn strictly(self) -> Result<Value, Refusal> {
        if self.strict_errors.is_empty() {
            return Ok(self.value);
        }
        Err(invalid(
            &self.patch,
            &format!("strict decoding error: {}", self.strict_errors.join(", ")),
        ))
    }
}

/// Applies the body of a strategic merge patch to an object of a built-in kind. `None` where the kind is not built in.
///
/// ```
/// use myop_controlplane::types::strategic;
/// use serde_json::json;
///
/// let original = json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"a": "1"}});
/// let patch = br#"{"data": {"b": "2"}}"#;
/// let patched = strategic("", "v1", "ConfigMap", &original, patch).expect("it is built in").unwrap();
/// assert_eq!(patched.value["data"], json!({"a": "1", "b": "2"}));
/// ```
pub fn strategic(
    group: &str,
    version: &str,
    kind: &str,
    original: &Value,
    patch: &[u8],
) -> Option<Result<Patched, Refusal>> {
    let named = super::kind(group, version, kind)?;
    let patched = patched(named, original, patch);
    Some(patched.map(|mut it| {
        it.value["kind"] = kind.into();
        it.value["apiVersion"] = super::api_version(group, version).into();
        it
    }))
}

fn patched(named: &'static Named, original: &Value, body: &[u8]) -> Result<Patched, Refusal> {
    let (mut patch, mut strict_errors) = read(body)?;
    let original = original.as_object().cloned().unwrap_or_default();
    let merged = map(original, &mut patch, Target::Struct(named)).map_err(Wrong::refusal)?;
    let patch = shown(&Value::Object(patch));
    let read =
        unstructured::read(named, &Value::Object(merged)).map_err(|it| invalid(&patch, &it))?;
    let mut value = read.value;
    defaults::set(named, &mut value);
    strict_errors.extend(read.strict);
    Ok(Patched {
        value,
        strict_errors,
        patch,
    })
}

/// The patch, and what is there twice in it.
fn read(body: &[u8]) -> Result<(Fields, Vec<String>), Refusal> {
    let json = Json::read(body).map_err(Refusal::bad_request)?;
    let mut twice = Vec::new();
    json.duplicates("", &mut twice);
    match Value::from(&json) {
        Value::Object(patch) => Ok((patch, twice)),
        Value::Null => Ok((Map::new(), twice)),
        _ => Err(Refusal::bad_request(format!(
            "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            json.name()
        ))),
    }
}

fn invalid(patch: &str, why: &str) -> Refusal {
    let error = FieldError::new(FieldReason::Invalid, "patch", patch, why);
    Refusal::invalid(&Subject::default(), &[error])
}

/// Why a patch can't be applied.
#[derive(Debug)]
enum Wrong {
    /// The patch has no such form: 400.
    Form(&'static str),
    /// Lists in lists: 422.
    Lists(&'static str),
    /// All else, for which Kubernetes has no better status than 500.
    Other(String),
}

impl Wrong {
    const PRIMITIVE_LIST: Self = Self::Form("invalid patch format of primitive list");
    const RETAIN_KEYS: Self = Self::Form("invalid patch format of retainKeys");
    const ORDER: Self = Self::Form("invalid patch format of setElementOrder list");
    const LIST_OF_LISTS: Self = Self::Lists("lists of lists are not supported");

    fn no_key(item: &Fields, key: &str) -> Self {
        let item = shown(&Value::Object(item.clone()));
        Self::Other(format!(
            "map: {item} does not contain declared merge key: {key}"
        ))
    }

    fn no_map(item: &Value) -> Self {
        Self::Other(format!(
            "expected a map[string]interface {{}}, but received a {}",
            type_name(item)
        ))
    }

    fn no_list(value: &Value) -> Self {
        Self::Other(format!(
            "expected a []interface {{}}, but received a {}",
            type_name(value)
        ))
    }

    fn directive(directive: &Value, patch: &Fields) -> Self {
        let patch = shown(&Value::Object(patch.clone()));
        Self::Other(format!(
            "unknown patch type: {} in map: {patch}",
            shown(directive)
        ))
    }

    fn refusal(self) -> Refusal {
        let (code, reason, message) = match self {
            Self::Form(message) => return Refusal::bad_request(message),
            Self::Lists(message) => (422, "Invalid", message.to_owned()),
            Self::Other(message) => (500, "", message),
        };
        Refusal::of(code, reason, message)
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
        other => unstructured::kind(other),
    }
}

/// Merges a patch into an object. What was merged of the patch's ordered lists is taken out of it, as Go does: what is
/// left is what an error shows.
fn map(mut original: Fields, patch: &mut Fields, target: Target<'_>) -> Result<Fields, Wrong> {
    if let Some(directive) = patch.get(DIRECTIVE).cloned() {
        return match directive.as_str() {
            Some("replace") => {
                patch.remove(DIRECTIVE);
                Ok(patch.clone())
            }
            Some("delete") => Ok(Map::new()),
            _ => Err(Wrong::directive(&directive, patch)),
        };
    }
    retain_keys(&mut original, patch)?;
    order::apply(&mut original, patch, target)?;
    for (name, value) in patch.iter_mut() {
        field(&mut original, name, value, target)?;
    }
    Ok(original)
}

fn retain_keys(original: &mut Fields, patch: &mut Fields) -> Result<(), Wrong> {
    let Some(keys) = patch.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    let Value::Array(keys) = keys else {
        return Err(Wrong::RETAIN_KEYS);
    };
    let is_kept = |name: &String| keys.iter().any(|it| it == name.as_str());
    let is_directive = |name: &String| name.starts_with(DELETE_FROM) || name.starts_with(SET_ORDER);
    if patch
        .iter()
        .any(|(name, value)| !value.is_null() && !is_directive(name) && !is_kept(name))
    {
        return Err(Wrong::RETAIN_KEYS);
    }
    original.retain(|name, _| is_kept(name));
    Ok(())
}

fn field(
    original: &mut Fields,
    name: &str,
    value: &mut Value,
    target: Target<'_>,
) -> Result<(), Wrong> {
    let (name, deletes) = match name.strip_prefix(DELETE_FROM) {
        Some(rest) => (rest.strip_prefix('/').ok_or(Wrong::PRIMITIVE_LIST)?, true),
        None => (name, false),
    };
    if value.is_null() {
        original.remove(name);
        return Ok(());
    }
    match (original.get_mut(name), value) {
        (Some(Value::Object(inner)), Value::Object(patch)) => {
            let merged = map(std::mem::take(inner), patch, target.field(name)?.0)?;
            *inner = merged;
        }
        (Some(Value::Array(items)), Value::Array(patch)) => {
            let (inner, by) = target.items(name)?;
            *items = if by.merge || deletes {
                list(
                    std::mem::take(items),
                    patch,
                    inner,
                    by.merge_key.as_deref(),
                    deletes,
                )?
            } else {
                patch.clone()
            };
        }
        (_, _) if deletes => {}
        (present, value) => {
            if present.is_none_or(|it| unstructured::kind(it) != unstructured::kind(value)) {
                without_nulls(value);
            }
            match without_directives(value) {
                Some(value) => original.insert(name.into(), value),
                None => original.remove(name),
            };
        }
    }
    Ok(())
}

/// Merges lists; `merge_key` is none for lists of scalars.
fn list(
    original: Vec<Value>,
    patch: &mut [Value],
    target: Target<'_>,
    merge_key: Option<&str>,
    deletes: bool,
) -> Result<Vec<Value>, Wrong> {
    if original.is_empty() && patch.is_empty() {
        return Ok(original);
    }
    if order::holds_maps(&original, patch)? {
        let Some(key) = merge_key else {
            return Err(Wrong::Other(format!(
                "cannot merge lists without merge key for {}",
                target.kind()
            )));
        };
        let (original, mut patch) = special_items(original, patch, key)?;
        let merged = merged_items(original.clone(), &mut patch, target, key)?;
        return order::of_maps(merged, &patch, &patch, &original, key);
    }
    if deletes {
        return Ok(original
            .into_iter()
            .filter(|it| !patch.contains(it))
            .collect());
    }
    let mut merged: Vec<Value> = Vec::new();
    for item in original.iter().chain(patch.iter()) {
        if !merged.contains(item) {
            merged.push(item.clone());
        }
    }
    Ok(order::of_scalars(merged, patch, &original))
}

/// Carries out the directives of items, and leaves the items without one.
fn special_items(
    mut original: Vec<Value>,
    patch: &[Value],
    key: &str,
) -> Result<(Vec<Value>, Vec<Value>), Wrong> {
    let mut plain = Vec::new();
    let mut replaces = false;
    for item in patch {
        let Value::Object(fields) = item else {
            return Err(Wrong::no_map(item));
        };
        match fields.get(DIRECTIVE) {
            None => plain.push(item.clone()),
            Some(directive) => match directive.as_str() {
                Some("delete") => {
                    let value = fields.get(key).ok_or_else(|| Wrong::no_key(fields, key))?;
                    original.retain(|it| it.get(key) != Some(value));
                }
                Some("replace") => replaces = true,
                Some("merge") => {
                    return Err(Wrong::Other(
                        "merging lists cannot yet be specified in the patch".into(),
                    ));
                }
                _ => return Err(Wrong::directive(directive, fields)),
            },
        }
    }
    Ok(if replaces {
        (plain, Vec::new())
    } else {
        (original, plain)
    })
}

fn merged_items(
    mut items: Vec<Value>,
    patch: &mut [Value],
    target: Target<'_>,
    key: &str,
) -> Result<Vec<Value>, Wrong> {
    for item in patch {
        let Value::Object(fields) = item else {
            return Err(Wrong::no_map(item));
        };
        let value = fields.get(key).ok_or_else(|| Wrong::no_key(fields, key))?;
        match items.iter_mut().find(|it| it.get(key) == Some(value)) {
            Some(Value::Object(found)) => *found = map(std::mem::take(found), fields, target)?,
            _ => items.push(Value::Object(fields.clone())),
        }
    }
    Ok(items)
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, it| !it.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// What is left of a value where there is nothing to merge it with; none where it is a directive itself.
fn without_directives(value: &Value) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key(DIRECTIVE) => None,
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter_map(|(name, it)| Some((name.clone(), without_directives(it)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(items) => Some(items.iter().filter_map(without_directives).collect()),
        other => Some(other.clone()),
    }
}

/// As Go's `%v` shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(shown).collect::<Vec<_>>().join(" ")
            )
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, it)| format!("{name}:{}", shown(it)));
            format!("map[{}]", fields.collect::<Vec<_>>().join(" "))
        }
        other => other.to_string(),
    }
}
