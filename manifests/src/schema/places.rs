//! Where in the sources something in a schema is said, for whoever has found something wrong there.
//!
//! A reader that is asked for places marks each schema with them, under a key that no attribute has; what becomes of the
//! schema on its way into a CRD becomes of the marks, too. Nobody asks as long as nothing is wrong.

use std::cell::RefCell;

use proc_macro2::Span;
use serde_json::{Value, json};
use syn::Meta;
use syn::spanned::Spanned as _;

use super::Schemas;
use super::about::insert;
use super::meta::{self, Said};
use super::said::{self, Extension};
use crate::source::{ModuleId, Place};

/// The key of the marks: keywords by the numbers of their places, and the schema itself by no keyword.
pub(super) const MARKS: &str = "\0marks";
const RULES: &str = "x-kubernetes-validations";
const OF_MERGING: &[&str] = &[
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
];

/// The places that were found so far.
#[derive(Default)]
pub(super) struct Places(RefCell<Vec<Place>>);

impl Schemas<'_> {
    /// The place of what a path in a schema names, as the API server writes it; that of the nearest schema around it
    /// where that is not known: `properties[spec].properties[replicas].x-kubernetes-validations[0].rule`.
    pub(crate) fn place(&self, schema: &Value, path: &str) -> Option<Place> {
        let Places(places) = self.places.as_ref()?;
        places.borrow().get(find(schema, path)?).cloned()
    }

    /// Marks where a schema is said, or a keyword of it.
    pub(super) fn mark(&self, schema: &mut Value, keyword: &str, module: ModuleId, span: Span) {
        let Some(Places(places)) = &self.places else {
            return;
        };
        let mut places = places.borrow_mut();
        if schema.get(MARKS).is_none() {
            insert(schema, MARKS, json!({}));
        }
        if let Some(Value::Object(marks)) = schema.get_mut(MARKS) {
            marks.insert(keyword.to_owned(), places.len().into());
            places.push(Place::of(self.sources.file(module).to_owned(), span));
        }
    }

    /// Marks where the rule is said that comes next.
    pub(super) fn mark_rule(&self, schema: &mut Value, module: ModuleId, span: Span) {
        let there = schema.get(RULES).and_then(Value::as_array);
        let number = there.map_or(0, Vec::len);
        self.mark(schema, &format!("{RULES}[{number}]"), module, span);
    }

    /// Marks where attributes say something.
    pub(super) fn mark_said(&self, schema: &mut Value, said: &Said, module: ModuleId) {
        if self.places.is_none() {
            return;
        }
        let limits = said.of_schemars().chain(&said.validate).chain(&said.garde);
        for meta in limits.chain(&said.serde) {
            for keyword in keywords(meta) {
                self.mark(schema, keyword, module, meta.span());
            }
            for Extension { key, .. } in extensions(meta) {
                self.mark(schema, &key.value(), module, key.span());
            }
        }
        for meta in &said.x_kube {
            if meta.path().is_ident("merge_strategy") {
                for keyword in OF_MERGING {
                    self.mark(schema, keyword, module, meta.span());
                }
            }
        }
    }
}

/// The keywords that an argument can be the reason of.
fn keywords(meta: &Meta) -> &'static [&'static str] {
    match meta::name_of(meta).as_str() {
        "default" => &["default"],
        "pattern" | "regex" | "contains" => &["pattern"],
        "length" => &["minLength", "maxLength", "minItems", "maxItems"],
        "range" => &["minimum", "maximum"],
        "example" => &["example"],
        _ => &[],
    }
}

fn extensions(meta: &Meta) -> impl Iterator<Item = Extension> {
    let list = match meta {
        Meta::List(list) if list.path.is_ident("extend") => said::extensions(list).ok(),
        _ => None,
    };
    list.into_iter().flatten()
}

/// The number of the place of what a path names.
fn find(schema: &Value, path: &str) -> Option<usize> {
    let mut steps = Steps(path).peekable();
    let (mut at, mut nearest) = (schema, None);
    let number = loop {
        let marks = &at[MARKS];
        nearest = marks[""].as_u64().or(nearest);
        let below = match (steps.next(), steps.peek()) {
            (Some(Step::Name("properties")), Some(Step::Bracketed(name))) => {
                let below = at["properties"].get(*name);
                steps.next();
                below
            }
            (Some(Step::Name(key @ ("items" | "additionalProperties"))), _) => at.get(key),
            (Some(Step::Name(key)), Some(Step::Bracketed(index))) => {
                let numbered = marks[format!("{key}[{index}]")].as_u64();
                break numbered.or(marks[key].as_u64()).or(nearest);
            }
            (Some(Step::Name(key)), _) => break marks[key].as_u64().or(nearest),
            _ => None,
        };
        match below {
            Some(below) => at = below,
            None => break nearest,
        }
    };
    usize::try_from(number?).ok()
}

/// A part of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Name(&'a str),
    /// `[name]`, `[0]`
    Bracketed(&'a str),
}

struct Steps<'a>(&'a str);

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        let rest = self.0.strip_prefix('.').unwrap_or(self.0);
        if let Some(inner) = rest.strip_prefix('[') {
            // A property's name can have brackets of its own.
            let ends = inner.match_indices(']').map(|(at, _)| at);
            let mut ends = ends
                .filter(|at| inner[at + 1..].is_empty() || inner[at + 1..].starts_with(['.', '[']));
            let end = ends.next()?;
            self.0 = &inner[end + 1..];
            return Some(Step::Bracketed(&inner[..end]));
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        self.0 = &rest[end..];
        (end > 0).then_some(Step::Name(&rest[..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_the_api_server_writes_it() {
        use Step::{Bracketed, Name};
        assert_eq!(
            Steps("properties[a.b[0]].items.x-kubernetes-validations[1].rule").collect::<Vec<_>>(),
            [
                Name("properties"),
                Bracketed("a.b[0]"),
                Name("items"),
                Name("x-kubernetes-validations"),
                Bracketed("1"),
                Name("rule"),
            ]
        );
        assert_eq!(Steps("").collect::<Vec<_>>(), []);
    }
}
