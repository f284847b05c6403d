//! What a definition means, whatever words it is said in, and what two of them don't have in common.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// How descriptions begin that nobody has written for the API in question.
const WORDS_OF_OTHERS: &[&str] = &[
    "Auto-generated derived type for ",
    "IntOrString is a type that can hold ",
    "RawExtension is used to hold extensions ",
];

/// The definition without what says nothing, or what the API server takes for granted.
pub fn meaning(mut definition: Value) -> Value {
    if let Some(annotations) = definition["metadata"]
        .get_mut("annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.remove("controller-gen.kubebuilder.io/version");
        if annotations.is_empty() {
            definition["metadata"]
                .as_object_mut()
                .unwrap()
                .remove("annotations");
        }
    }
    let kind = definition["spec"]["names"]["kind"]
        .as_str()
        .unwrap()
        .to_owned();
    let names = definition["spec"]["names"].as_object_mut().unwrap();
    for (name, granted) in [
        ("singular", kind.to_lowercase()),
        ("listKind", format!("{kind}List")),
    ] {
        if names.get(name) == Some(&json!(granted)) {
            names.remove(name);
        }
    }
    let versions = definition["spec"]["versions"].as_array_mut().unwrap();
    versions.sort_by_key(|version| version["name"].to_string());
    for version in versions {
        let fields = version.as_object_mut().unwrap();
        fields.retain(|_, value| *value != json!({}));
        let schema = &mut version["schema"]["openAPIV3Schema"];
        let root = schema.as_object_mut().unwrap();
        root.remove("title");
        let properties = root["properties"].as_object_mut().unwrap();
        if let Some(Value::Object(status)) = properties.get_mut("status") {
            // kube lets it be null, and nobody writes that.
            status.remove("nullable");
        }
        for of_every_object in ["apiVersion", "kind", "metadata"] {
            properties.remove(of_every_object);
        }
        settle(schema);
    }
    definition
}

/// A schema that says things in the one way in which they are compared.
fn settle(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let is_of_others =
                |words: &str| WORDS_OF_OTHERS.iter().any(|start| words.starts_with(start));
            map.retain(|key, value| {
                key != "description" || !value.as_str().is_some_and(is_of_others)
            });
            if map.get("x-kubernetes-int-or-string") == Some(&json!(true)) {
                // The key says it already.
                let either = json!([{ "type": "integer" }, { "type": "string" }]);
                map.retain(|key, value| key != "anyOf" || *value != either);
            }
            if map
                .get("type")
                .is_some_and(|kind| kind != "object" && kind != "array")
            {
                // There are no fields to be known or unknown.
                map.remove("x-kubernetes-preserve-unknown-fields");
            }
            if let Some(Value::String(rule)) = map.get_mut("rule") {
                rule.retain(|letter| letter != ' ');
            }
            map.values_mut().for_each(settle);
            sort(map, "required");
            sort(map, "enum");
            sort(map, "x-kubernetes-validations");
        }
        Value::Array(list) => list.iter_mut().for_each(settle),
        Value::Number(number) => *schema = json!(number.as_f64()),
        _ => {}
    }
}

/// Each single thing that a role allows.
pub fn allowed(role: &str) -> BTreeSet<String> {
    let role: Value = serde_yaml::from_str(role).unwrap();
    let mut allowed = BTreeSet::new();
    for rule in role["rules"].as_array().unwrap() {
        let list = |key: &str| match &rule[key] {
            Value::Array(list) => list.iter().map(|one| one.as_str().unwrap()).collect(),
            _ => vec!["-"],
        };
        for group in list("apiGroups") {
            for resource in list("resources") {
                for name in list("resourceNames") {
                    for url in list("nonResourceURLs") {
                        let verbs = list("verbs").into_iter();
                        allowed.extend(
                            verbs.map(|verb| format!("{verb} {group}/{resource}/{name} {url}")),
                        );
                    }
                }
            }
        }
    }
    allowed
}

/// Sorts a list whose order says nothing.
fn sort(map: &mut Map<String, Value>, key: &str) {
    if let Some(Value::Array(list)) = map.get_mut(key) {
        list.sort_by_key(ToString::to_string);
    }
}

/// Each place where they are not the same.
pub fn differences(theirs: &Value, ours: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare(theirs, ours, "", &mut all);
    all
}

fn compare(theirs: &Value, ours: &Value, at: &str, all: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (key, value) in theirs {
                compare(
                    value,
                    ours.get(key).unwrap_or(&Value::Null),
                    &format!("{at}/{key}"),
                    all,
                );
            }
            for (key, value) in ours.iter().filter(|(key, _)| !theirs.contains_key(*key)) {
                compare(&Value::Null, value, &format!("{at}/{key}"), all);
            }
        }
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            for (index, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                compare(theirs, ours, &format!("{at}/{index}"), all);
            }
        }
        _ if theirs == ours => {}
        _ => all.push(format!("{at}: theirs {theirs}, ours {ours}")),
    }
}
