//! What of an object is as it was: a value beside the one that it was before.
//!
//! Source: apiserver `pkg/cel/common/equality.go` and `maplist.go`.

use serde_json::{Map, Value};

use super::structural::{ListType, Node};

/// A value, what it was before, and the schema by which the two belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Correlated<'a> {
    pub(crate) new: &'a Value,
    pub(crate) old: &'a Value,
    pub(crate) node: &'a Node,
}

impl<'a> Correlated<'a> {
    /// A field that was there before too.
    pub(crate) fn field(&self, name: &str) -> Option<Correlated<'a>> {
        let (new, old) = (self.new.as_object()?, self.old.as_object()?);
        Some(Correlated {
            new: new.get(name)?,
            old: old.get(name)?,
            node: self.node.field(name)?,
        })
    }

    /// An item that was there before too: known by its keys, so only in a list of type map.
    pub(crate) fn index(&self, index: usize) -> Option<Correlated<'a>> {
        let (new, old) = (self.new.as_array()?, self.old.as_array()?);
        let new = new.get(index)?;
        Some(Correlated {
            new,
            old: with_keys_of(self.node, old, new)?,
            node: self.node.items.as_deref()?,
        })
    }

    /// Whether it is as before; an order of items in a list of type map means nothing, and a field that no schema
    /// knows counts as changed.
    pub(crate) fn unchanged(&self) -> bool {
        match (self.new, self.old) {
            (Value::Null, Value::Null) => true,
            (Value::Array(new), Value::Array(old)) => self.same_items(new, old),
            (Value::Object(new), Value::Object(old)) => {
                new.len() == old.len()
                    && new
                        .keys()
                        .all(|name| self.field(name).is_some_and(|field| field.unchanged()))
            }
            (Value::Array(_) | Value::Object(_) | Value::Null, _)
            | (_, Value::Array(_) | Value::Object(_) | Value::Null) => false,
            (new, old) => new == old,
        }
    }

    fn same_items(&self, new: &[Value], old: &[Value]) -> bool {
        if !matches!(self.node.list_type, ListType::Map(_)) {
            return new == old;
        }
        new.len() == old.len()
            && (0..new.len()).all(|index| self.index(index).is_some_and(|item| item.unchanged()))
    }
}

/// The item that has the same keys, in a list of type map.
pub(crate) fn with_keys_of<'a>(
    node: &Node,
    items: &'a [Value],
    wanted: &Value,
) -> Option<&'a Value> {
    let ListType::Map(keys) = &node.list_type else {
        return None;
    };
    let wanted = keys_of(wanted.as_object()?, keys)?;
    items.iter().find(|item| {
        let fields = item.as_object();
        fields
            .and_then(|fields| keys_of(fields, keys))
            .is_some_and(|found| found == wanted)
    })
}

fn keys_of<'a>(fields: &'a Map<String, Value>, keys: &[String]) -> Option<Vec<&'a Value>> {
    let scalar =
        |value: &&Value| !matches!(value, Value::Null | Value::Array(_) | Value::Object(_));
    keys.iter()
        .map(|key| fields.get(key).filter(scalar))
        .collect()
}
