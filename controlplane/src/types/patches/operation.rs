//! One operation of a JSON patch.

use super::super::json::{Json, quoted};
use crate::deep::DEEPEST;

/// The fields of an operation.
pub(super) struct Operation<'a>(pub(super) &'a [(String, Json)]);

const FIELDS: [&str; 4] = ["op", "path", "from", "value"];

/// What Go says where operations are none, or have fields of other types.
pub(super) fn check(operations: &[Json]) -> Result<(), String> {
    for operation in operations {
        let fields = match operation {
            Json::Object(fields) => fields.as_slice(),
            Json::Null => &[],
            other => {
                return Err(format!(
                    "json: cannot unmarshal {} into Go value of type handlers.jsonPatchOp",
                    other.name()
                ));
            }
        };
        let texts = fields
            .iter()
            .filter(|(name, _)| FIELDS[..3].contains(&&**name));
        for (name, value) in texts {
            if !matches!(value, Json::String(_) | Json::Null) {
                return Err(format!(
                    "json: cannot unmarshal {} into Go struct field jsonPatchOp.{name} of type string",
                    value.name()
                ));
            }
        }
    }
    Ok(())
}

/// The fields that no operation has.
pub(super) fn unknown_fields(operations: &[Json]) -> Vec<String> {
    let mut unknown = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let Json::Object(fields) = operation else {
            continue;
        };
        for (name, _) in fields.iter().filter(|(name, _)| !FIELDS.contains(&&**name)) {
            unknown.push(format!(
                "unknown field {}",
                quoted(&format!("[{at}].{name}"))
            ));
        }
    }
    unknown
}

impl Operation<'_> {
    /// None where it does not apply.
    pub(super) fn carry_out(&self, document: &mut Json) -> Option<()> {
        match self.text("op")? {
            "add" => add(document, self.text("path")?, self.value()),
            "remove" => remove(document, self.text("path")?).map(drop),
            "replace" => self.replace(document),
            "move" => {
                let moved = remove(document, self.text("from")?)?;
                add(document, self.text("path")?, moved)
            }
            "copy" => {
                let (container, key) = find(document, self.text("from")?)?;
                let copied = get(container, &key)?.clone();
                add(document, self.text("path")?, copied)
            }
            "test" => self.test(document),
            _ => None,
        }
    }

    fn field(&self, name: &str) -> Option<&Json> {
        let mut fields = self.0.iter().rev();
        fields
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.field(name)? {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// Without one it is nothing.
    fn value(&self) -> Json {
        self.field("value").cloned().unwrap_or(Json::Null)
    }

    fn replace(&self, document: &mut Json) -> Option<()> {
        let path = self.text("path")?;
        if path.is_empty() {
            let value = self.value();
            if !matches!(value, Json::Object(_) | Json::List(_)) {
                return None;
            }
            *document = value;
            document.sort();
            return Some(());
        }
        let (container, key) = find(document, path)?;
        match container {
            Json::List(items) => {
                let place = place(&key, items.len())?;
                *items.get_mut(place)? = self.value();
            }
            // An object takes it even where there was none.
            object => set(object, key, self.value()),
        }
        Some(())
    }

    fn test(&self, document: &mut Json) -> Option<()> {
        let path = self.text("path")?;
        let found = if path.is_empty() {
            &*document
        } else {
            let (container, key) = find(document, path)?;
            get(container, &key)?
        };
        is_same(found, &self.value()).then_some(())
    }
}

/// The object or list that holds what a path names, and by which key. What is before the first slash counts for nothing.
fn find<'a>(document: &'a mut Json, path: &str) -> Option<(&'a mut Json, String)> {
    let mut parts: Vec<&str> = path.split('/').skip(1).collect();
    let key = decoded(parts.pop()?);
    let mut container = document;
    for part in parts {
        let part = decoded(part);
        container = match container {
            Json::Object(fields) => {
                let found = fields.iter_mut().find(|(name, _)| *name == part);
                let (_, value) = found?;
                value
            }
            Json::List(items) => {
                let place = place(&part, items.len())?;
                items.get_mut(place)?
            }
            _ => return None,
        };
        // Whatever is looked into is written anew.
        container.sort();
    }
    matches!(container, Json::Object(_) | Json::List(_)).then_some((container, key))
}

fn decoded(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// An index; from the end where it is negative.
fn place(key: &str, length: usize) -> Option<usize> {
    let index: isize = key.parse().ok()?;
    match usize::try_from(index) {
        Ok(place) => Some(place),
        Err(_) => length.checked_sub(index.unsigned_abs()),
    }
}

/// None where a list has no such place; where an object has no such field, there is a null.
fn get<'a>(container: &'a Json, key: &str) -> Option<&'a Json> {
    match container {
        Json::List(items) => items.get(place(key, items.len())?),
        Json::Object(fields) => {
            let found = fields.iter().find(|(name, _)| name == key);
            Some(found.map_or(&Json::Null, |(_, value)| value))
        }
        _ => None,
    }
}

fn set(object: &mut Json, key: String, value: Json) {
    if let Json::Object(fields) = object {
        match fields.iter_mut().find(|(name, _)| *name == key) {
            Some(field) => field.1 = value,
            None => fields.push((key, value)),
        }
    }
    object.sort();
}

fn add(document: &mut Json, path: &str, value: Json) -> Option<()> {
    if path.split('/').count() + value.depth() > DEEPEST {
        return None;
    }
    let (container, key) = find(document, path)?;
    match container {
        Json::List(items) if key == "-" => items.push(value),
        Json::List(items) => {
            let place = place(&key, items.len() + 1)?;
            if place > items.len() {
                return None;
            }
            items.insert(place, value);
        }
        object => set(object, key, value),
    }
    Some(())
}

fn remove(document: &mut Json, path: &str) -> Option<Json> {
    let (container, key) = find(document, path)?;
    match container {
        Json::List(items) => {
            let place = place(&key, items.len())?;
            (place < items.len()).then(|| items.remove(place))
        }
        Json::Object(fields) => {
            let place = fields.iter().position(|(name, _)| *name == key)?;
            Some(fields.remove(place).1)
        }
        _ => None,
    }
}

/// In objects the order does not count, and numbers are the same that are written so.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Object(one), Json::Object(other)) => {
            let has = |key: &str, value: &Json| {
                let found = other.iter().find(|(name, _)| name == key);
                found.is_some_and(|(_, found)| is_same(value, found))
            };
            one.len() == other.len() && one.iter().all(|(key, value)| has(key, value))
        }
        (Json::List(one), Json::List(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (one, other) => one == other,
    }
}
