//! What the API says of its own types, and k8s-openapi's schemas do not: how server-side apply merges their lists and
//! maps, and their defaults.
//!
//! `lost.txt` has it, a block for each type. A finished schema has no names of types, so that one is known by its
//! fields and their documentation; then it makes no difference whether its sources were read or a program printed it.
//!
//! ```text
//! api::core::v1::ContainerPort mark=containerPort doc=738
//!  protocol default="TCP"
//! api::core::v1::PodSpec mark=terminationGracePeriodSeconds doc=1275
//!  containers keys=name
//!  readinessGates list=atomic
//! api::core::v1::LocalObjectReference mark=name doc=688 map=atomic
//!  name default=""
//! ```
//!
//! The mark is the field by which a type is looked for, with the number of its documentation.

use std::{collections::HashMap, sync::OnceLock};

use serde_json::{Map, Value};

use crate::{
    blocks::{Block, word},
    types::{Type, is_documented},
};

const TABLE: &str = include_str!("lost.txt");

/// Restores in a schema of a CRD what is lost of the built-in types in it. What it says already stays as it is.
///
/// ```
/// use myop_builtin::Builtin;
/// use serde_json::json;
///
/// let Some(Builtin::Schema(mut pod)) = myop_builtin::schema("api::core::v1::PodSpec") else {
///     panic!("there is such a type")
/// };
/// myop_builtin::restore(&mut pod);
/// let containers = &pod["properties"]["containers"];
/// assert_eq!(containers["x-kubernetes-list-type"], "map");
/// assert_eq!(containers["x-kubernetes-list-map-keys"], json!(["name"]));
/// ```
pub fn restore(schema: &mut Value) {
    let Value::Object(schema) = schema else {
        return;
    };
    restore_types(schema);
    // What is below `anyOf` and its like can say nothing of the kind in a CRD.
    for key in ["items", "additionalProperties"] {
        if let Some(below) = schema.get_mut(key) {
            restore(below);
        }
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.values_mut().for_each(restore);
    }
}

/// Restores what is lost of the type that this is, and of those whose fields are flattened into it.
fn restore_types(schema: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let marked = properties.iter().flat_map(|(name, field)| {
        let said = field.get("description").and_then(Value::as_str);
        let marked = marked_by(name).unwrap_or_default().iter();
        marked.filter(move |lost| is_documented(lost.block.words, said))
    });
    let types: Vec<(Block, Type)> = marked
        .filter_map(|lost| Some((lost.block, lost.of()?)))
        .filter(|(_, of)| has_fields_of(properties, of))
        .collect();
    for (lost, of) in types {
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        for line in lost.lines() {
            if let Some((name, words)) = line.split_once(' ')
                && let Some(Value::Object(field)) = properties.get_mut(name)
            {
                say(field, words);
            }
        }
        if properties.len() == of.fields().count() {
            say(schema, lost.words);
        }
    }
}

/// What is lost of a type.
struct Lost {
    block: Block,
    of: OnceLock<Option<Type>>,
}

impl Lost {
    fn of(&self) -> Option<Type> {
        *self.of.get_or_init(|| Type::find(self.block.name))
    }
}

/// What is lost of the types that have this field as their mark.
fn marked_by(name: &str) -> Option<&'static [Lost]> {
    static MARKS: OnceLock<HashMap<&'static str, Vec<Lost>>> = OnceLock::new();
    let marks = MARKS.get_or_init(|| {
        let mut marks: HashMap<_, Vec<_>> = HashMap::new();
        for block in Block::all(TABLE) {
            if let Some(mark) = word(block.words, "mark") {
                let of = OnceLock::new();
                marks.entry(mark).or_default().push(Lost { block, of });
            }
        }
        marks
    });
    marks.get(name).map(Vec::as_slice)
}

/// Whether each field of a type is among these, with the words that the type's documentation has for it.
fn has_fields_of(properties: &Map<String, Value>, of: &Type) -> bool {
    let names = || of.fields().map(|field| field.name);
    names().all(|name| properties.contains_key(name))
        && of.fields().all(|field| {
            let said = properties[field.name].get("description");
            field.is_documented(said.and_then(Value::as_str))
        })
}

fn say(schema: &mut Map<String, Value>, words: &str) {
    let mut put = |key: &str, value: Value| {
        schema.entry(key).or_insert(value);
    };
    for (key, said) in words.split(' ').filter_map(|word| word.split_once('=')) {
        match key {
            "list" => put("x-kubernetes-list-type", said.into()),
            "keys" => {
                put("x-kubernetes-list-type", "map".into());
                let keys: Vec<&str> = said.split(',').collect();
                put("x-kubernetes-list-map-keys", keys.into());
            }
            "map" => put("x-kubernetes-map-type", said.into()),
            "default" => put(
                "default",
                serde_json::from_str(said).expect("the generator wrote JSON"),
            ),
            _ => {}
        }
    }
}
