//! Fields that a schema doesn't know are dropped, and told where a client wants to hear of them.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/pruning` and `pkg/apiserver/schema/options.go`.

use serde_json::Value;

use super::{
    path::Path,
    structural::{Additional, Node},
};

const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Drops them from an object, but for the three that each object has; the paths of those dropped, in order.
pub(crate) fn prune(object: &mut Value, node: &Node) -> Vec<String> {
    let mut dropped = Vec::new();
    of_value(object, Some(node), true, &Path::Root, &mut dropped);
    dropped.sort();
    dropped
}

/// The same for a value that may be no resource.
pub(crate) fn prune_value(value: &mut Value, node: &Node) -> Vec<String> {
    let mut dropped = Vec::new();
    let is_resource = node.embedded;
    of_value(value, Some(node), is_resource, &Path::Root, &mut dropped);
    dropped
}

fn of_value(
    value: &mut Value,
    node: Option<&Node>,
    is_resource: bool,
    path: &Path<'_>,
    dropped: &mut Vec<String>,
) {
    if let Some(node) = node.filter(|node| node.keeps_unknown) {
        return in_kept(value, node, is_resource, path, dropped);
    }
    match value {
        Value::Object(fields) => fields.retain(|name, field| {
            let place = path.field(name);
            let meta = META.contains(&name.as_str());
            if is_resource && meta {
                return true;
            }
            let known = node.map_or(Known::No, |node| Known::field(node, name));
            if matches!(known, Known::No) {
                if !meta || node.is_none() || !matches!(path, Path::Root) {
                    dropped.push(place.dotted());
                }
                return false;
            }
            of_value(field, known.node(), known.is_resource(), &place, dropped);
            true
        }),
        Value::Array(items) => {
            let of_item = node.and_then(|node| node.items.as_deref());
            let is_resource = of_item.is_some_and(|node| node.embedded);
            for (index, item) in items.iter_mut().enumerate() {
                of_value(item, of_item, is_resource, &path.index(index), dropped);
            }
        }
        _ => {}
    }
}

/// What a schema keeps may have schemas in it that don't.
fn in_kept(
    value: &mut Value,
    node: &Node,
    is_resource: bool,
    path: &Path<'_>,
    dropped: &mut Vec<String>,
) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let known = Known::field(node, name);
                let meta = is_resource && META.contains(&name.as_str());
                if !meta && !matches!(known, Known::No) {
                    let place = path.field(name);
                    of_value(field, known.node(), known.is_resource(), &place, dropped);
                }
            }
        }
        Value::Array(items) => {
            if let Some(of_item) = node.items.as_deref() {
                for (index, item) in items.iter_mut().enumerate() {
                    in_kept(item, of_item, of_item.embedded, &path.index(index), dropped);
                }
            }
        }
        _ => {}
    }
}

/// What a schema says of a field.
#[derive(Clone, Copy)]
enum Known<'a> {
    No,
    /// All is allowed, and nothing is said of it.
    Anything,
    As(&'a Node),
}

impl<'a> Known<'a> {
    fn field(node: &'a Node, name: &str) -> Self {
        match (node.properties.get(name), &node.additional) {
            (Some(property), _) => Self::As(property),
            (None, Additional::Of(values)) => Self::As(values),
            (None, Additional::Any | Additional::Refused) => Self::Anything,
            (None, Additional::Unsaid) => Self::No,
        }
    }

    fn node(self) -> Option<&'a Node> {
        match self {
            Self::As(node) => Some(node),
            Self::No | Self::Anything => None,
        }
    }

    fn is_resource(self) -> bool {
        self.node().is_some_and(|node| node.embedded)
    }
}
