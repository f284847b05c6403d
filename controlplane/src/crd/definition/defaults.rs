//! Defaults are right by their own schemas.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/defaulting/validation.go`.

use serde_json::Value;

use crate::{
    FieldError, FieldReason,
    crd::{keywords, object_meta, path::Path, pruning, rules::Rules, structural::Node},
};

/// What is wrong with the defaults in a schema; those in `additionalProperties` are not looked at.
pub(super) fn check(node: &Node, path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    check_below(node, &Path::Text(path), &mut errors);
    errors
}

fn check_below(node: &Node, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    if let Some(default) = &node.default {
        errors.extend(check_default(node, default, &format!("{path}.default")));
    }
    if let Some(items) = &node.items {
        check_below(items, &path.field("items"), errors);
    }
    let properties = path.field("properties");
    for (name, property) in &node.properties {
        check_below(property, &properties.key(name), errors);
    }
}

fn check_default(node: &Node, default: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut pruned = default.clone();
    if !pruning::prune_value(&mut pruned, node).is_empty() {
        let detail = "must not have unknown fields";
        errors.push(FieldError::new(
            FieldReason::Invalid,
            path,
            default.clone(),
            detail,
        ));
    }
    let place = Path::Text(path);
    if let Err(error) = object_meta::coerce(&mut default.clone(), node, &place) {
        errors.push(error);
        return errors;
    }
    let of_resources = object_meta::check_embedded(default, node, &place);
    if !of_resources.is_empty() {
        errors.extend(of_resources);
        return errors;
    }
    let of_keywords = keywords::check(node, default, path);
    if !of_keywords.is_empty() {
        errors.extend(of_keywords);
        return errors;
    }
    if let Some(rules) = Rules::of(node, node.embedded) {
        let mut said = rules.check(node, default, Some(default), &place).errors;
        if said.is_empty() {
            said = rules.check(node, default, None, &place).errors;
        }
        errors.extend(said);
    }
    errors
}
