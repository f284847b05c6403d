//! Selectors of objects by their labels or their fields, as kubectl has them.

use std::{collections::BTreeMap, fmt};

use kube::core::{Expression, Selector, SelectorExt};
use serde_json::Value;
use thiserror::Error;

/// A text that is no selector.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a {sort} selector: {reason}")]
pub struct WrongSelector {
    text: String,
    sort: &'static str,
    reason: String,
}

/// `app=shop,tier!=web,stage in (test,live),!old`
#[derive(Clone, Debug)]
pub(crate) struct LabelSelector(Selector);

impl LabelSelector {
    pub(crate) fn parse(text: &str) -> Result<Self, WrongSelector> {
        let wrong = |reason| WrongSelector {
            text: text.into(),
            sort: "label",
            reason,
        };
        let requirements = requirements(text);
        let read: Result<Selector, _> = requirements.map(requirement).collect();
        read.map(Self).map_err(wrong)
    }

    pub(crate) fn matches(&self, labels: Option<&BTreeMap<String, String>>) -> bool {
        let none = BTreeMap::new();
        self.0.matches(labels.unwrap_or(&none))
    }
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What stands between commas, but for those in parentheses.
fn requirements(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let between = text.split(move |character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        character == ',' && depth <= 0
    });
    // Nothing at all is no requirement.
    let is_empty = text.trim().is_empty();
    between.map(str::trim).skip(usize::from(is_empty))
}

fn requirement(text: &str) -> Result<Expression, String> {
    if let Some(key) = text.strip_prefix('!') {
        return Ok(Expression::DoesNotExist(check_key(key.trim())?));
    }
    if let Some((key, values)) = text.split_once('(') {
        return set_requirement(key, values);
    }
    match comparison(text) {
        Some((key, true, value)) => Ok(Expression::Equal(check_key(key)?, check_value(value)?)),
        Some((key, false, value)) => Ok(Expression::NotEqual(check_key(key)?, check_value(value)?)),
        None => Ok(Expression::Exists(check_key(text)?)),
    }
}

/// `stage in (test,live)`, cut at the parenthesis.
fn set_requirement(head: &str, values: &str) -> Result<Expression, String> {
    let values = values
        .trim_end()
        .strip_suffix(')')
        .ok_or_else(|| format!("`({values}` has no `)` at its end"))?;
    let values: Result<_, _> = values
        .split(',')
        .map(|value| check_value(value.trim()))
        .collect();
    match *head.split_whitespace().collect::<Vec<_>>() {
        [key, "in"] => Ok(Expression::In(check_key(key)?, values?)),
        [key, "notin"] => Ok(Expression::NotIn(check_key(key)?, values?)),
        _ => Err(format!(
            "before `(` stand a key and `in` or `notin`, and not `{}`",
            head.trim()
        )),
    }
}

/// What is left and right of `=`, `==` or `!=`, and whether both are to be the same.
fn comparison(text: &str) -> Option<(&str, bool, &str)> {
    let (left, right) = text.split_once('=')?;
    let (key, is_equal) = match left.strip_suffix('!') {
        Some(key) => (key, false),
        None => (left, true),
    };
    let value = right.strip_prefix('=').filter(|_| is_equal);
    Some((key.trim(), is_equal, value.unwrap_or(right).trim()))
}

/// `app`, `app.kubernetes.io/name`
fn check_key(text: &str) -> Result<String, String> {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    let is_domain = |prefix: &str| {
        prefix.len() <= 253
            && prefix.split('.').all(|part| {
                is_name(part) && !part.contains(|c: char| c == '_' || c.is_ascii_uppercase())
            })
    };
    if is_name(name) && prefix.is_none_or(is_domain) {
        Ok(text.to_owned())
    } else if text.is_empty() {
        Err("a key is missing".into())
    } else {
        Err(format!("`{text}` is not the key of a label"))
    }
}

fn check_value(text: &str) -> Result<String, String> {
    if text.is_empty() || is_name(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not the value of a label"))
    }
}

fn is_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_end = |c: char| c.is_ascii_alphanumeric();
    text.len() <= 63
        && text.starts_with(is_end)
        && text.ends_with(is_end)
        && text.chars().all(is_inner)
}

/// `type=Opaque,metadata.name!=token`
#[derive(Clone, Debug)]
pub(crate) struct FieldSelector {
    text: String,
    requirements: Vec<FieldRequirement>,
}

#[derive(Clone, Debug)]
struct FieldRequirement {
    pointer: String,
    is_equal: bool,
    value: String,
}

impl FieldSelector {
    pub(crate) fn parse(text: &str) -> Result<Self, WrongSelector> {
        let wrong = |reason| WrongSelector {
            text: text.into(),
            sort: "field",
            reason,
        };
        if text.contains('\\') {
            return Err(wrong("values with a `\\` cannot be selected".to_owned()));
        }
        let read = |requirement: &str| match comparison(requirement) {
            Some((field, is_equal, value)) if !field.is_empty() => Ok(FieldRequirement {
                pointer: format!("/{}", field.replace('.', "/")),
                is_equal,
                value: value.into(),
            }),
            _ => Err(wrong(format!(
                "`{requirement}` is not of the form FIELD=VALUE or FIELD!=VALUE"
            ))),
        };
        Ok(Self {
            text: text.into(),
            requirements: requirements(text).map(read).collect::<Result<_, _>>()?,
        })
    }

    /// Whether the server is certain to select this object. What a field is called in a selector is for each kind to say;
    /// where the object has a value at that path, that is what it means.
    pub(crate) fn surely_matches(&self, object: &Value) -> bool {
        self.requirements.iter().all(|requirement| {
            let found = object
                .pointer(&requirement.pointer)
                .and_then(|value| match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
                    _ => None,
                });
            found.is_some_and(|found| (found == requirement.value) == requirement.is_equal)
        })
    }
}

impl fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(text: &str) -> BTreeMap<String, String> {
        let pairs = text
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(key, value)| (key.into(), value.into()))
            .collect()
    }

    #[test]
    fn wrong_label_selectors_say_why() {
        for (text, reason) in [
            ("app=shop,", "a key is missing"),
            ("=shop", "a key is missing"),
            (
                "app=shop tier=web",
                "`shop tier=web` is not the value of a label",
            ),
            ("app in (shop", "`(shop` has no `)` at its end"),
            (
                "app within (shop)",
                "before `(` stand a key and `in` or `notin`, and not `app within`",
            ),
            ("app in shop", "`app in shop` is not the key of a label"),
            ("size>3", "`size>3` is not the key of a label"),
            (
                "Example.com/app",
                "`Example.com/app` is not the key of a label",
            ),
            ("app=-", "`-` is not the value of a label"),
        ] {
            let wrong = LabelSelector::parse(text).expect_err(text);
            assert_eq!(wrong.reason, reason, "{text}");
        }
        let wrong = LabelSelector::parse("app=-").expect_err("a wrong value");
        assert_eq!(
            wrong.to_string(),
            "`app=-` is not a label selector: `-` is not the value of a label"
        );
    }

    /// A missing label is unequal to every value.
    #[test]
    fn labels_are_selected() {
        for (text, of_shop, of_none) in [
            ("", true, true),
            ("app", true, false),
            ("!app", false, true),
            ("app = shop", true, false),
            ("app==shop,tier!=web", true, false),
            ("app!=shop", false, true),
            ("app in (bank, shop),app", true, false),
            ("app notin (bank,shop)", false, true),
            ("app=", false, false),
        ] {
            let selector = LabelSelector::parse(text).expect(text);
            assert_eq!(
                selector.matches(Some(&labels("app=shop"))),
                of_shop,
                "{text}"
            );
            assert_eq!(selector.matches(None), of_none, "{text}");
        }
    }

    #[test]
    fn only_what_is_certain_is_selected_by_fields() {
        let secret = json!({"metadata": {"name": "token"}, "type": "Opaque", "immutable": true});
        for (text, is_certain) in [
            ("type=Opaque", true),
            ("type==Opaque,metadata.name!=other", true),
            ("type!=Opaque", false),
            ("immutable=true", true),
            ("source=kubelet", false),
            ("source!=kubelet", false),
        ] {
            let selector = FieldSelector::parse(text).expect(text);
            assert_eq!(selector.surely_matches(&secret), is_certain, "{text}");
        }
        let wrong = FieldSelector::parse("type").expect_err("no comparison");
        assert!(
            wrong.to_string().contains("of the form FIELD=VALUE"),
            "{wrong}"
        );
    }
}
