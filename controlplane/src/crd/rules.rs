//! `x-kubernetes-validations`: rules in CEL, compiled once, and what they say of an object.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/cel/validation.go`. What the server counts in costs while it
//! evaluates is not counted here.

mod cost;
mod escaping;
mod evaluation;
mod functions;
mod kubernetes;
mod literals;
mod nesting;
mod overloads;
mod parser;
mod patterns;
mod program;
mod syntax;
mod told;
mod types;
mod value;

use std::collections::BTreeMap;

use serde_json::Value;

use self::value::{Failure, Val};
pub(crate) use self::{
    cost::cardinality,
    program::{Misfit, Program, Wanted},
};
use super::{
    correlation::{Correlated, with_keys_of},
    field_paths, object_meta,
    path::Path,
    structural::{Node, RuleText, Type},
};
use crate::{FieldError, FieldReason};

/// The rules of a schema and of all below it.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    here: Vec<Rule>,
    /// The schema as rules see it, where that's another.
    seen_as: Option<Box<Node>>,
    properties: BTreeMap<String, Rules>,
    additional: Option<Box<Rules>>,
    items: Option<Box<Rules>>,
}

#[derive(Debug)]
struct Rule {
    text: RuleText,
    program: Result<Program, String>,
    message: Option<Program>,
    /// Where the error is, from the value on.
    place: Option<String>,
}

/// What rules said: errors, and warnings about what was wrong before too.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) errors: Vec<FieldError>,
    pub(crate) warnings: Vec<String>,
}

impl Rules {
    /// Compiles the rules of a schema; none if there are none.
    pub(crate) fn of(node: &Node, is_resource: bool) -> Option<Self> {
        let below = |node: &Node| Self::of(node, node.embedded);
        let rules = Self {
            here: node.rules.iter().map(|rule| Rule::of(rule, node)).collect(),
            seen_as: (is_resource && !node.rules.is_empty())
                .then(|| Box::new(object_meta::with_meta(node.clone()))),
            properties: node
                .properties
                .iter()
                .filter_map(|(name, property)| Some((name.clone(), below(property)?)))
                .collect(),
            additional: node.additional.schema().and_then(below).map(Box::new),
            items: node.items.as_deref().and_then(below).map(Box::new),
        };
        let empty = rules.here.is_empty()
            && rules.properties.is_empty()
            && rules.additional.is_none()
            && rules.items.is_none();
        (!empty).then_some(rules)
    }

    /// What they say of a new object, or of one that was another before.
    pub(crate) fn check(
        &self,
        node: &Node,
        value: &Value,
        old: Option<&Value>,
        path: &Path<'_>,
    ) -> Said {
        let mut said = Said::default();
        let known = Known {
            current: old.map(|old| Correlated {
                new: value,
                old,
                node,
            }),
            nearest: None,
        };
        self.of_value(node, value, old, known, path, &mut said);
        said
    }

    fn of_value<'a>(
        &'a self,
        node: &'a Node,
        value: &'a Value,
        old: Option<&'a Value>,
        known: Known<'a>,
        path: &Path<'_>,
        said: &mut Said,
    ) {
        if value.is_null() {
            return;
        }
        let old = old.filter(|old| !old.is_null());
        let seen = self.seen_as.as_deref().unwrap_or(node);
        for rule in &self.here {
            rule.check(seen, value, old, known, path, said);
        }
        match value {
            Value::Object(fields) => {
                let of_old = |name: &str| old.and_then(|old| old.get(name));
                if let (Some(rules), Some(values)) = (&self.additional, node.additional.schema()) {
                    for (name, field) in fields {
                        rules.of_value(
                            values,
                            field,
                            of_old(name),
                            known.field(name),
                            &path.key(name),
                            said,
                        );
                    }
                }
                for (name, rules) in &self.properties {
                    if let (Some(field), Some(property)) =
                        (fields.get(name), node.properties.get(name))
                    {
                        rules.of_value(
                            property,
                            field,
                            of_old(name),
                            known.field(name),
                            &path.field(name),
                            said,
                        );
                    }
                }
            }
            Value::Array(items) => {
                if let (Some(rules), Some(of_item)) = (&self.items, node.items.as_deref()) {
                    let old = old.and_then(Value::as_array);
                    for (index, item) in items.iter().enumerate() {
                        let old = old.and_then(|old| with_keys_of(node, old, item));
                        rules.of_value(
                            of_item,
                            item,
                            old,
                            known.index(index),
                            &path.index(index),
                            said,
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

/// What is known of how a value was before: itself, or the nearest one around it that can be compared.
#[derive(Clone, Copy)]
struct Known<'a> {
    current: Option<Correlated<'a>>,
    nearest: Option<Correlated<'a>>,
}

impl Known<'_> {
    fn field(self, name: &str) -> Self {
        let Some(current) = self.current else {
            return self;
        };
        if self.nearest.is_none() && matches!(name, "apiVersion" | "kind") {
            return Self {
                current: None,
                nearest: None,
            };
        }
        Self {
            current: current.field(name),
            nearest: Some(current),
        }
    }

    fn index(self, index: usize) -> Self {
        let Some(current) = self.current else {
            return self;
        };
        Self {
            current: current.index(index),
            nearest: Some(current),
        }
    }

    fn unchanged(self) -> bool {
        self.current
            .or(self.nearest)
            .is_some_and(|known| known.unchanged())
    }
}

impl Rule {
    fn of(text: &RuleText, node: &Node) -> Self {
        let message = (!text.message_expression.is_empty())
            .then(|| Program::of(&text.message_expression).ok());
        Self {
            program: Program::of(&text.rule),
            message: message.flatten(),
            place: field_paths::resolve(&text.field_path, node)
                .ok()
                .map(|(place, _)| place),
            text: text.clone(),
        }
    }

    fn check<'a>(
        &'a self,
        node: &'a Node,
        value: &'a Value,
        old: Option<&'a Value>,
        known: Known<'a>,
        path: &Path<'_>,
        said: &mut Said,
    ) {
        let type_name = node.kind.map_or("", Type::name);
        let invalid =
            |why: String| FieldError::new(FieldReason::Invalid, path.text(), type_name, why);
        let program = match &self.program {
            Ok(program) => program,
            Err(why) => {
                said.errors.push(invalid(format!(
                    "rule compile error: compilation failed: {why}"
                )));
                return;
            }
        };
        let optional = self.text.optional_old_self.unwrap_or_default();
        if program.uses_old_self() && old.is_none() && !optional {
            return;
        }
        let old_value = old.map(|old| Val::of(old, Some(node)));
        let seen_old = if optional {
            Some(Val::Optional(old_value.clone().map(Box::new)))
        } else {
            old_value.clone()
        };
        match program.evaluate(Val::of(value, Some(node)), seen_old) {
            Ok(Val::Bool(true)) => {}
            Ok(_) => {
                let error = self.failed(node, value, old_value, path);
                if !program.uses_old_self() && known.unchanged() {
                    said.warnings.push(error.to_string());
                } else {
                    said.errors.push(error);
                }
            }
            Err(failure) => said.errors.push(invalid(self.not_evaluated(&failure))),
        }
    }

    fn not_evaluated(&self, failure: &Failure) -> String {
        let (why, rule) = (&failure.0, self.shown());
        if why.starts_with("no such overload") {
            return format!(
                "'{why}': call arguments did not match a supported operator, function or macro signature for rule: {rule}"
            );
        }
        format!("{why} evaluating rule: {rule}")
    }

    fn shown(&self) -> &str {
        if self.text.message.is_empty() {
            self.text.rule.trim()
        } else {
            self.text.message.trim()
        }
    }

    fn failed(
        &self,
        node: &Node,
        value: &Value,
        old: Option<Val<'_>>,
        path: &Path<'_>,
    ) -> FieldError {
        let mut place = path.text();
        if let Some(below) = self.place.as_deref().filter(|below| !below.is_empty()) {
            if !place.is_empty() && !below.starts_with('[') {
                place.push('.');
            }
            place.push_str(below);
        }
        let detail = self.message(node, value, old);
        let whole = matches!(node.kind, Some(Type::Object | Type::Array));
        let reason = match self.text.reason.as_deref() {
            Some("FieldValueForbidden") => {
                return FieldError::new(FieldReason::Forbidden, place, "", detail);
            }
            Some("FieldValueRequired") => {
                return FieldError::new(FieldReason::Required, place, "", detail);
            }
            Some("FieldValueDuplicate") => {
                FieldError::new(FieldReason::Duplicate, place, value.clone(), "")
            }
            _ => FieldError::new(FieldReason::Invalid, place, value.clone(), detail),
        };
        if whole {
            reason.omitting_value()
        } else {
            reason
        }
    }

    fn message(&self, node: &Node, value: &Value, old: Option<Val<'_>>) -> String {
        let own = Val::of(value, Some(node));
        let evaluated =
            self.message
                .as_ref()
                .and_then(|program| match program.evaluate(own, old) {
                    Ok(Val::Text(text)) => Some(text.trim().to_owned()),
                    _ => None,
                });
        let sound =
            |text: &String| !text.is_empty() && !text.contains('\n') && text.len() <= 5 * 1024;
        evaluated.filter(sound).unwrap_or_else(|| {
            if self.text.message.is_empty() {
                format!("failed rule: {}", self.shown())
            } else {
                self.shown().to_owned()
            }
        })
    }
}
