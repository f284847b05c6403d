//! How large values can be, by their schemas.
//!
//! Source: apiserver `pkg/cel/common/schemas.go`, apiextensions-apiserver `pkg/apiserver/schema/cel/compilation.go`
//! (`EstimateSize`, `maxCardinality`).

use serde_json::Value;

use super::path::Step;
use crate::crd::{
    rules::{escaping::unescaped, types::Ty},
    structural::{Node, Type},
};

/// No request is larger.
const REQUEST: u64 = 3 * 1024 * 1024;

/// From how much to how much there is in a text, list or map.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Size {
    pub(super) const UNKNOWN: Self = Self {
        min: 0,
        max: u64::MAX,
    };

    pub(super) fn exactly(size: u64) -> Self {
        Self {
            min: size,
            max: size,
        }
    }

    pub(super) fn up_to(max: u64) -> Self {
        Self { min: 0, max }
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    pub(super) fn joined(one: Option<Self>, other: Self) -> Self {
        one.map_or(other, |one| one.union(other))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            max: self.max.saturating_add(other.max),
        }
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_mul(other.min),
            max: self.max.saturating_mul(other.max),
        }
    }
}

/// How large what a path leads to can be. A path begins with a variable, whichever that is.
pub(super) fn at(root: &Node, path: &[Step<'_>]) -> Option<Size> {
    let (mut node, steps) = (root, path.split_first()?.1);
    for (index, step) in steps.iter().enumerate() {
        node = match step {
            Step::Items => inside(node)?,
            Step::Keys => {
                let is_last = index + 1 == steps.len();
                let is_map = !node.int_or_string && node.kind == Some(Type::Object);
                node.additional.schema().filter(|_| is_map && is_last)?;
                return Some(Size::exactly(0));
            }
            Step::Indices => return None,
            Step::Name(name) => {
                let is_object = node.kind == Some(Type::Object) && inside(node).is_none();
                let property = node.properties.get(unescaped(name).as_ref());
                property.filter(|_| is_object && !node.int_or_string)?
            }
        };
    }
    Some(Size::up_to(most_elements(node)))
}

/// The schema of what is in a list or map.
fn inside(node: &Node) -> Option<&Node> {
    match node.kind? {
        _ if node.int_or_string => None,
        Type::Array => node.items.as_deref(),
        Type::Object => node.additional.schema(),
        _ => None,
    }
}

fn most_elements(node: &Node) -> u64 {
    let limit = |limit: Option<i64>| limit.map(|limit| u64::try_from(limit).unwrap_or_default());
    let limits = &node.limits;
    let letters = limit(limits.max_length).map(|letters| letters.saturating_mul(4));
    if node.int_or_string {
        return letters.unwrap_or(REQUEST - 2);
    }
    match node.kind {
        Some(Type::Array) => limit(limits.max_items)
            .unwrap_or_else(|| (REQUEST - 2) / (node.items.as_deref().map_or(0, least_bytes) + 1)),
        Some(Type::Object) => match node.additional.schema() {
            Some(values) => limit(limits.max_properties)
                .unwrap_or_else(|| (REQUEST - 2) / (least_bytes(values) + 6)),
            None => 0,
        },
        Some(Type::String) => match node.format_name.as_str() {
            "byte" => limit(limits.max_length).unwrap_or(REQUEST - 2),
            "date" => 12,
            "date-time" | "duration" => 32,
            _ => letters.unwrap_or_else(|| longest_choice(&node.choices)),
        },
        _ => 0,
    }
}

fn longest_choice(choices: &[Value]) -> u64 {
    if choices.is_empty() {
        return REQUEST - 2;
    }
    let lengths = choices.iter().filter_map(Value::as_str).map(str::len);
    lengths.max().unwrap_or_default() as u64
}

/// As how many bytes a value is written at least.
fn least_bytes(node: &Node) -> u64 {
    if node.int_or_string {
        return 1;
    }
    match node.kind {
        Some(Type::Boolean) => 4,
        Some(Type::Integer | Type::Number) => 1,
        Some(Type::String) => match node.format_name.as_str() {
            "duration" => 3,
            "date" => 12,
            "date-time" => 21,
            _ => 2,
        },
        Some(Type::Object) if node.additional.schema().is_none() => {
            let needed = node.properties.iter().filter(|(name, property)| {
                node.required.contains(name) && property.default.is_none()
            });
            let seen = needed.filter(|(_, property)| Ty::of(property).is_some());
            2 + seen
                .map(|(name, property)| name.len() as u64 + least_bytes(property) + 4)
                .sum::<u64>()
        }
        _ => 2,
    }
}

/// How often a value of the schema can be in a request.
pub(crate) fn cardinality(node: &Node) -> u64 {
    REQUEST / (least_bytes(node) + 1)
}
