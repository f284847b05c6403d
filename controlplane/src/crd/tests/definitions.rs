//! Definitions: created, updated, and what becomes of their names.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    answers, cases, difference,
    objects::{refused, with_definition, with_warnings},
    recorded,
};
use crate::{FieldError, Refusal, Subject, crd::definition};

const GROUP: &str = "recorded.example.com";

/// What is decided before a definition comes here: unknown fields, and a missing resourceVersion.
const DECIDED_BEFORE: [&str; 2] = ["specs/unknown-field", "updates/no-resource-version"];

/// The server took the definitions of all recorded objects.
#[test]
fn definitions_of_recorded_objects_are_right() {
    for file in recorded("objects") {
        let mut cases = cases(&file);
        with_definition(&mut cases);
        for key in ["schema", "before"] {
            let Some(schema) = cases.get(key).filter(|schema| *schema != &json!({})) else {
                continue;
            };
            let case = json!({"name": "recorded", "schema": schema});
            let created = &answer(&case, &mut Vec::new())["create"];
            assert_eq!(
                created["code"],
                201,
                "{} {key}: {}",
                file.display(),
                created["message"]
            );
        }
    }
}

#[test]
fn definitions_are_answered_as_recorded() {
    let mut differences = Vec::new();
    let mut count = 0;
    for file in recorded("definitions") {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let (cases, answers) = (cases(&file), answers(&file));
        let mut kept = Vec::new();
        for case in cases["definitions"].as_array().unwrap() {
            let name = format!("{stem}/{}", case["name"].as_str().unwrap());
            if DECIDED_BEFORE.contains(&name.as_str()) {
                continue;
            }
            let ours = answer(case, &mut kept);
            let recorded = &answers[case["name"].as_str().unwrap()];
            for step in ["create", "settled", "update"] {
                if recorded.get(step).is_some() || ours.get(step).is_some() {
                    count += 1;
                    let name = format!("{name} {step}");
                    differences.extend(difference(&name, &recorded[step], &ours[step]));
                }
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {count} differ\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert!(count > 200, "only {count} answers");
}

fn whole(case: &Value) -> Value {
    let kind = case["name"].as_str().unwrap().replace('-', "");
    let plural = format!("{kind}s");
    let schema = case
        .get("schema")
        .cloned()
        .unwrap_or_else(|| json!({"type": "object"}));
    let versions = case.get("versions").cloned().unwrap_or_else(|| {
        json!([{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}])
    });
    let mut definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{GROUP}")},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": {"kind": kind, "plural": plural}, "versions": versions},
    });
    if let Some(version) = case.get("version") {
        json_patch::merge(&mut definition["spec"]["versions"][0], version);
    }
    if let Some(patch) = case.get("patch") {
        json_patch::merge(&mut definition, patch);
    }
    definition
}

/// As decoding does for a built-in kind.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

fn answer(case: &Value, kept: &mut Vec<Value>) -> Value {
    let mut definition = whole(case);
    without_nulls(&mut definition);
    definition::fill(&mut definition);
    definition::before_create(&mut definition);
    let checked = definition::check_create(&definition);
    if !checked.errors.is_empty() {
        return json!({"create": invalid(&definition, &checked.errors)});
    }
    let mut answer = json!({"create": accepted(201, &definition, &checked.warnings)});
    settle(&mut definition, kept);
    answer["settled"] = accepted(200, &definition, &[]);
    if let Some(update) = case.get("update") {
        let old = definition;
        definition = old.clone();
        definition["metadata"]["resourceVersion"] = "7".into();
        json_patch::merge(&mut definition, update);
        if let Some(schema) = case.get("newSchema") {
            definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema.clone();
        }
        definition::before_update(&mut definition, &old);
        let checked = definition::check_update(&definition, &old);
        answer["update"] = if checked.errors.is_empty() {
            accepted(200, &definition, &checked.warnings)
        } else {
            invalid(&definition, &checked.errors)
        };
        if checked.errors.is_empty() {
            settle(&mut definition, kept);
            answer["settled"] = accepted(200, &definition, &[]);
        }
    }
    if case["keep"] == true {
        kept.push(definition);
    }
    answer
}

fn settle(definition: &mut Value, others: &[Value]) {
    let now = Timestamp::UNIX_EPOCH;
    if let Some(status) = definition::names_accepted(definition, others.iter(), now) {
        definition["status"] = status;
    }
    if let Some(status) = definition::established(definition, now) {
        definition["status"] = status;
    }
    if let Some(status) = definition::approval_told(definition, now) {
        definition["status"] = status;
    }
}

fn invalid(definition: &Value, errors: &[FieldError]) -> Value {
    let subject = Subject {
        group: "apiextensions.k8s.io".into(),
        resource: "CustomResourceDefinition".into(),
        name: definition["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .into(),
    };
    refused(&Refusal::invalid(&subject, errors), &[])
}

fn accepted(code: u16, definition: &Value, warnings: &[String]) -> Value {
    let mut object = definition.clone();
    object["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("resourceVersion");
    for condition in object["status"]["conditions"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        condition
            .as_object_mut()
            .unwrap()
            .remove("lastTransitionTime");
    }
    with_warnings(json!({"code": code, "object": object}), warnings)
}
