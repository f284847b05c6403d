//! Answers in other forms: tables, as kubectl shows them, and metadata alone.
//!
//! [`Offer::negotiate`] says what a client gets; [`Wanted::form`] is then carried out by [`Printer::table`],
//! [`metadata`] or [`metadata_list`]. A [`Printer`] is the columns of a kind and how its objects fill them:
//! [`Printer::built_in`] has those of Kubernetes' own kinds, and a custom kind makes its own of its columns.

mod accept;
mod age;
mod cells;
mod columns;
mod selector;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use accept::{
    Encoding, Endpoint, Form, IncludeObject, LISTS, MetaVersion, OBJECTS, Offer, Wanted,
    check_route, not_acceptable,
};
pub use age::human_duration;

use crate::Refusal;

/// The cells of an object, in the order of the columns.
pub type Cells<'a> = dyn Fn(&Value, Timestamp) -> Vec<Value> + 'a;

/// How objects of a kind become rows.
pub struct Printer<'a> {
    /// `columnDefinitions`: name, type, format, description and priority of each.
    pub columns: &'a Value,
    /// The cells of an object, in the order of the columns.
    pub cells: Box<Cells<'a>>,
}

/// How a table is wanted.
#[derive(Clone, Copy, Debug)]
pub struct TableOptions<'a> {
    /// The version of the table.
    pub version: MetaVersion,
    /// What rows hold of their objects.
    pub include: IncludeObject,
    /// Whether the columns are told: in a watch only by the first event.
    pub headers: bool,
    /// `apiVersion` of the objects, which items of lists don't tell.
    pub api_version: &'a str,
    /// `kind` of the objects.
    pub kind: &'a str,
}

impl Printer<'static> {
    /// The printer of a kind of Kubernetes' own; name and time of creation where it has none of its own.
    pub fn built_in(group: &str, kind: &str) -> Self {
        let own = columns::of(group, kind).zip(cells::of(group, kind));
        match own {
            Some((columns, cells)) => Self {
                columns,
                cells: Box::new(cells),
            },
            None => Self {
                columns: columns::default(),
                cells: Box::new(name_and_creation),
            },
        }
    }
}

fn name_and_creation(object: &Value, _: Timestamp) -> Vec<Value> {
    let metadata = &object["metadata"];
    let created = metadata["creationTimestamp"].as_str();
    vec![
        cells::text(&metadata["name"]).into(),
        created.unwrap_or("0001-01-01T00:00:00Z").into(),
    ]
}

impl Printer<'static> {
    /// The printer of custom kinds that declare no columns.
    pub fn custom() -> Self {
        Self {
            columns: columns::custom(),
            cells: Box::new(|object, now| {
                let metadata = &object["metadata"];
                let age = age::since(&metadata["creationTimestamp"], now);
                vec![cells::text(&metadata["name"]).into(), age.into()]
            }),
        }
    }
}

impl Printer<'_> {
    /// An object or a list as a table.
    pub fn table(&self, answer: &Value, options: &TableOptions, now: Timestamp) -> Value {
        let objects = items(answer).unwrap_or(std::slice::from_ref(answer));
        let rows: Vec<_> = objects
            .iter()
            .map(|object| self.row(object, options, now))
            .collect();
        let columns = if options.headers {
            self.columns.clone()
        } else {
            Value::Null
        };
        json!({
            "kind": "Table",
            "apiVersion": options.version.api_version(),
            "metadata": list_metadata(answer),
            "columnDefinitions": columns,
            "rows": rows,
        })
    }

    fn row(&self, object: &Value, options: &TableOptions, now: Timestamp) -> Value {
        let shown = match options.include {
            IncludeObject::Metadata => partial(object, options.version),
            IncludeObject::None if ends_initial_events(object) => partial(object, options.version),
            IncludeObject::None => Value::Null,
            IncludeObject::Object => {
                let mut object = object.clone();
                object["kind"] = options.kind.into();
                object["apiVersion"] = options.api_version.into();
                object
            }
        };
        let mut row = json!({ "cells": (self.cells)(object, now), "object": shown });
        if let ("v1", "Pod") = (options.api_version, options.kind) {
            let conditions = cells::pod_conditions(object);
            if !conditions.is_null() {
                row["conditions"] = conditions;
            }
        }
        row
    }
}

/// The metadata of an object; 406 for a list. `go_type` is what the server calls the list (`*core.PodList`).
pub fn metadata(answer: &Value, version: MetaVersion, go_type: &str) -> Result<Value, Refusal> {
    if items(answer).is_some() {
        return Err(accept::not_acceptable(&format!(
            "you requested PartialObjectMetadata, but the requested object is a list ({go_type})"
        )));
    }
    Ok(partial(answer, version))
}

/// The metadata of a list's items; 406 for an object, 500 for a custom one. `go_type` is what the server calls the object
/// (`*core.Pod`, `*unstructured.Unstructured`).
pub fn metadata_list(
    answer: &Value,
    version: MetaVersion,
    go_type: &str,
) -> Result<Value, Refusal> {
    let Some(items) = items(answer) else {
        if go_type == "*unstructured.Unstructured" {
            return Err(Refusal::unknown("content is not a list"));
        }
        return Err(accept::not_acceptable(&format!(
            "you requested PartialObjectMetadataList, but the requested object is not a list ({go_type})"
        )));
    };
    let items: Vec<_> = items.iter().map(|item| partial(item, version)).collect();
    Ok(json!({
        "kind": "PartialObjectMetadataList",
        "apiVersion": version.api_version(),
        "metadata": list_metadata(answer),
        // As Go writes a list to which nothing was added.
        "items": if items.is_empty() { Value::Null } else { items.into() },
    }))
}

/// Whether it is the bookmark that ends the events by which a watch tells what there is.
fn ends_initial_events(object: &Value) -> bool {
    object["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true"
}

fn partial(object: &Value, version: MetaVersion) -> Value {
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": version.api_version(),
        "metadata": object["metadata"],
    })
}

/// The items of a list; none for an object.
fn items(answer: &Value) -> Option<&[Value]> {
    let is_list = answer["kind"]
        .as_str()
        .is_some_and(|kind| kind.ends_with("List"));
    let items = answer["items"].as_array().map(Vec::as_slice);
    items.filter(|_| is_list)
}

/// What a list or an object tells of itself as a list.
fn list_metadata(answer: &Value) -> Value {
    let mut metadata = Map::new();
    let told = ["resourceVersion", "continue", "remainingItemCount"];
    for field in told {
        let value = &answer["metadata"][field];
        if !value.is_null() && value != "" {
            metadata.insert(field.to_owned(), value.clone());
        }
    }
    metadata.into()
}
