//! What is restored in schemas of built-in types: what the API server's own documents say, and nothing that it would
//! refuse in a CRD.

use std::collections::{BTreeMap, BTreeSet};

use myop_builtin::Builtin;
use myop_controlplane::{crd::definition, types::openapi};
use serde_json::{Value, json};

use crate::linked;

const WORDS: &[&str] = &[
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
    "default",
];

/// Fields whose zero is no default of theirs: Go writes it out, and so the documents name it.
const ZEROS_OF_GO: &[&str] = &[
    "Event.reportingComponent",
    "Event.reportingInstance",
    "NodeRuntimeHandler.name",
    "PodFailurePolicyOnPodConditionsPattern.status",
    "StatefulSetOrdinals.start",
    "StatefulSetSpec.serviceName",
    "StatefulSetStatus.availableReplicas",
];

/// Lists with keys that an item may lack, which a CRD can't have.
const WITHOUT_KEYS: &[&str] = &["ServiceAccount.secrets"];

fn restored(path: &str) -> Option<Value> {
    match myop_builtin::schema(path)? {
        Builtin::Schema(mut schema) => {
            myop_builtin::restore(&mut schema);
            Some(schema)
        }
        Builtin::Recursive => None,
    }
}

/// All schemas of the API server's documents, by their names: `io.k8s.api.core.v1.PodSpec`.
fn documented() -> BTreeMap<String, Value> {
    let index = openapi::index([]);
    let mut schemas = BTreeMap::new();
    for path in index["paths"].as_object().unwrap().keys() {
        let document = openapi::document(path).unwrap();
        let mut document: Value = serde_json::from_slice(&document).unwrap();
        if let Value::Object(all) = document["components"]["schemas"].take() {
            schemas.extend(all);
        }
    }
    schemas
}

/// The name in the documents of a type of k8s-openapi.
fn documented_name(path: &str) -> String {
    let path = path.replace("::", ".").replace('_', "-");
    match path.strip_prefix("apimachinery") {
        Some(rest) => format!("io.k8s.apimachinery{rest}"),
        None => format!("io.k8s.{path}"),
    }
}

/// Holds a schema against the documents.
struct Held<'a> {
    schemas: &'a BTreeMap<String, Value>,
    complaints: BTreeSet<String>,
    zeros: BTreeSet<String>,
}

impl<'a> Held<'a> {
    /// What a field is: itself, and the schema that it refers to.
    fn target(&self, field: &'a Value) -> Option<(&'a str, &'a Value)> {
        let reference = field.get("$ref").or_else(|| field.pointer("/allOf/0/$ref"));
        let name = reference?.as_str()?.rsplit('/').next()?;
        Some((name, &self.schemas[name]))
    }

    fn schema(&mut self, name: &str, documented: &'a Value, ours: &Value) {
        let Some(fields) = documented.get("properties").and_then(Value::as_object) else {
            return;
        };
        for (field, documented_field) in fields {
            let Some(field_of_ours) = ours["properties"].get(field) else {
                continue;
            };
            let is_required = documented["required"]
                .as_array()
                .is_some_and(|all| all.iter().any(|it| it == field));
            let at = format!("{}.{field}", name.rsplit('.').next().unwrap());
            self.words(&at, documented_field, field_of_ours, is_required);
            self.below(documented_field, field_of_ours);
        }
    }

    fn below(&mut self, documented: &'a Value, ours: &Value) {
        if let Some((name, target)) = self.target(documented) {
            self.schema(name, target, ours);
        }
        for key in ["items", "additionalProperties"] {
            if let (Some(documented), Some(ours)) = (documented.get(key), ours.get(key)) {
                self.words(key, documented, ours, true);
                self.below(documented, ours);
            }
        }
    }

    fn words(&mut self, at: &str, documented: &'a Value, ours: &Value, is_required: bool) {
        for key in WORDS {
            let target = self.target(documented).map(|(_, target)| target);
            let own = documented.get(key);
            let mut said = own.or_else(|| target?.get(key).filter(|_| *key != "default"));
            if let Some(default) = said.filter(|_| *key == "default") {
                let is_zero = [json!({}), json!(""), json!(0), json!(false)].contains(default);
                if *default == json!({}) || (is_zero && is_required) {
                    said = None;
                } else if is_zero && ours.get(key).is_none() {
                    self.zeros.insert(at.to_owned());
                    said = None;
                }
            }
            if key.starts_with("x-kubernetes-list") && WITHOUT_KEYS.contains(&at) {
                said = None;
            }
            if said != ours.get(key) {
                let ours = ours.get(key);
                self.complaints
                    .insert(format!("{at}: {key} is {ours:?}, not {said:?}"));
            }
        }
    }
}

#[test]
fn what_is_restored_is_what_the_api_servers_documents_say() {
    let schemas = documented();
    let mut held = Held {
        schemas: &schemas,
        complaints: BTreeSet::new(),
        zeros: BTreeSet::new(),
    };
    let mut count = 0;
    for linked in linked::types() {
        let name = documented_name(linked.path);
        if let (Some(documented), Some(ours)) = (schemas.get(&name), restored(linked.path)) {
            held.words(&name, documented, &ours, true);
            held.schema(&name, documented, &ours);
            count += 1;
        }
    }
    let complaints = Vec::from_iter(held.complaints);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(Vec::from_iter(&held.zeros), ZEROS_OF_GO);
    assert!(count > 350, "only {count} types are documented");
}

#[test]
fn every_type_is_taken_within_a_definition() {
    for linked in linked::types() {
        let Some(schema) = restored(linked.path) else {
            continue;
        };
        let mut definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": "holders.example.com" },
            "spec": {
                "group": "example.com",
                "names": { "kind": "Holder", "plural": "holders" },
                "scope": "Namespaced",
                "versions": [{
                    "name": "v1", "served": true, "storage": true,
                    "schema": { "openAPIV3Schema": { "type": "object", "properties": { "it": schema } } },
                }],
            },
        });
        definition::fill(&mut definition);
        definition::before_create(&mut definition);
        let errors = definition::check_create(&definition).errors;
        let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}: {}", linked.path, told.join("\n"));
    }
}

/// controller-gen 0.21 writes as many lists. It writes 47 defaults, not the two that are named by constants, and 53
/// atomic maps: for it a struct with a `LocalObjectReference` inlined is atomic, too, which the API server knows
/// nothing of, nine times.
#[test]
fn all_of_a_pod_template_is_restored() {
    fn count(schema: &Value, of: &mut BTreeMap<String, usize>) {
        for key in WORDS {
            match schema.get(key) {
                Some(Value::String(word)) if *key != "default" => {
                    *of.entry(format!("{key}: {word}")).or_default() += 1;
                }
                Some(_) => *of.entry((*key).to_owned()).or_default() += 1,
                None => {}
            }
        }
        for key in ["items", "additionalProperties"] {
            if let Some(below) = schema.get(key) {
                count(below, of);
            }
        }
        // controller-gen leaves metadata out.
        let below = schema["properties"].as_object().into_iter().flatten();
        for (_, below) in below.filter(|(name, _)| *name != "metadata") {
            count(below, of);
        }
    }
    let template = restored("api::core::v1::PodTemplateSpec").unwrap();
    let mut of = BTreeMap::new();
    count(&template, &mut of);
    let of: Vec<_> = of
        .iter()
        .map(|(key, count)| (key.as_str(), *count))
        .collect();
    assert_eq!(
        of,
        [
            ("default", 49),
            ("x-kubernetes-list-map-keys", 25),
            ("x-kubernetes-list-type: atomic", 121),
            ("x-kubernetes-list-type: map", 25),
            ("x-kubernetes-list-type: set", 3),
            ("x-kubernetes-map-type: atomic", 44),
        ]
    );
}

#[test]
fn what_an_author_wrote_is_not_touched() {
    let own = json!({ "type": "object", "properties": {
        "name": { "type": "string", "description": "Its name." },
        "containers": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" } } } },
    } });
    let mut restored = own.clone();
    myop_builtin::restore(&mut restored);
    assert_eq!(restored, own);
}
