//! The table of types: a block for each, sorted by name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Value, json};

use crate::{
    Result,
    go::{Field, Sources, Type},
};

/// Types that the reader of the table knows by itself.
const KNOWN: &[&str] = &[
    "resource.Quantity",
    "meta.v1.Time",
    "meta.v1.MicroTime",
    "meta.v1.FieldsV1",
    "intstr.IntOrString",
    "runtime.RawExtension",
    "apiextensions.v1.JSON",
    "apiextensions.v1.JSONSchemaPropsOrArray",
    "apiextensions.v1.JSONSchemaPropsOrBool",
    "apiextensions.v1.JSONSchemaPropsOrStringArray",
];

/// The kinds on offer, and the types that requests and answers are made of.
const ROOTS: &[(&str, &str)] = &[
    (
        "core.v1",
        "Namespace Pod PodTemplate Service ConfigMap Secret ServiceAccount Event Node PersistentVolume PersistentVolumeClaim Endpoints Binding",
    ),
    ("events.v1", "Event"),
    ("discovery.v1", "EndpointSlice"),
    (
        "apps.v1",
        "Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision",
    ),
    ("batch.v1", "Job CronJob"),
    ("policy.v1", "PodDisruptionBudget Eviction"),
    ("rbac.v1", "Role ClusterRole RoleBinding ClusterRoleBinding"),
    ("coordination.v1", "Lease"),
    ("apiextensions.v1", "CustomResourceDefinition"),
    (
        "admissionregistration.v1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    ),
    ("networking.v1", "NetworkPolicy Ingress IngressClass"),
    ("autoscaling.v1", "Scale"),
    ("autoscaling.v2", "HorizontalPodAutoscaler"),
    (
        "authentication.v1",
        "TokenRequest TokenReview SelfSubjectReview",
    ),
    (
        "authorization.v1",
        "SubjectAccessReview LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview",
    ),
    ("scheduling.v1", "PriorityClass"),
    ("storage.v1", "StorageClass"),
    ("meta.v1", "DeleteOptions Status ListMeta"),
];

/// The table's text.
pub(crate) fn written(go: &Sources, schemas: &BTreeMap<String, Value>) -> Result<String> {
    let mut blocks = BTreeMap::new();
    let mut open: Vec<String> = Vec::new();
    for (package, kinds) in ROOTS {
        open.extend(kinds.split(' ').map(|kind| format!("{package}.{kind}")));
    }
    while let Some(name) = open.pop() {
        if blocks.contains_key(&name) || KNOWN.contains(&name.as_str()) {
            continue;
        }
        let block = match go.get(&name).ok_or_else(|| format!("no Go type {name}"))? {
            Type::Named(of) => {
                open.extend(names(of));
                format!("{name} = {of}\n")
            }
            Type::Struct(fields) => {
                let schema = schemas
                    .get(&name)
                    .ok_or_else(|| format!("no schema of {name}"))?;
                let atomic = schema["x-kubernetes-map-type"] == "atomic";
                let mut block = format!("{name}{}\n", if atomic { " atomic" } else { "" });
                for inlined in flat(go, fields, "", "") {
                    open.extend(names(&inlined.field.of));
                    block.push_str(&line(go, &inlined, schema)?);
                }
                block
            }
        };
        blocks.insert(name, block);
    }
    Ok(blocks.into_values().collect())
}

fn names(of: &str) -> BTreeSet<String> {
    of.split(['*', '[', ']'])
        .filter(|it| it.contains('.'))
        .map(str::to_owned)
        .collect()
}

/// A field as JSON has it, and where it is in Go and protobuf.
struct Inlined {
    /// Its numbers in protobuf, outermost first.
    path: String,
    /// The names of the embedded structs that it is in.
    within: String,
    field: Field,
}

/// The fields, with those of embedded structs in the place of these.
fn flat(go: &Sources, fields: &[Field], numbers: &str, within: &str) -> Vec<Inlined> {
    let mut all = Vec::new();
    for field in fields {
        let path = match field.number {
            Some(number) if numbers != "-" => format!("{numbers}{number}"),
            _ => "-".to_owned(),
        };
        if !field.name.is_empty() {
            all.push(Inlined {
                path,
                within: within.to_owned(),
                field: field.clone(),
            });
        } else if let Some(Type::Struct(inner)) = go.get(&field.of) {
            let numbers = field.number.map_or("-".to_owned(), |_| format!("{path}."));
            let name = field.of.rsplit('.').next().unwrap_or_default();
            let within = if within.is_empty() {
                name.to_owned()
            } else {
                format!("{within}.{name}")
            };
            all.extend(flat(go, inner, &numbers, &within));
        }
    }
    all
}

fn line(go: &Sources, inlined: &Inlined, owner: &Value) -> Result<String> {
    let Inlined {
        path,
        within,
        field,
    } = inlined;
    let schema = &owner["properties"][&field.name];
    if schema.is_null() {
        return Err(format!("no property {} of {}", field.name, field.of).into());
    }
    let mut line = format!(" {} {} {path}", field.name, field.of);
    if !within.is_empty() {
        write!(line, " in={within}")?;
    }
    let (first, rest) = field.name.split_at(1);
    if field.go_name != first.to_uppercase() + rest {
        write!(line, " go={}", field.go_name)?;
    }
    let required = owner["required"]
        .as_array()
        .is_some_and(|all| all.contains(&json!(field.name)));
    let strategy = schema["x-kubernetes-patch-strategy"]
        .as_str()
        .unwrap_or_default();
    let flags = [
        (field.omitempty, " omitempty"),
        (field.omitzero, " omitzero"),
        (required, " required"),
        (schema["x-kubernetes-map-type"] == "atomic", " atomic"),
        (strategy.split(',').any(|it| it == "merge"), " merge"),
        (
            strategy.split(',').any(|it| it == "retainKeys"),
            " retainKeys",
        ),
    ];
    line.extend(flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word));
    if let Some(key) = schema["x-kubernetes-patch-merge-key"].as_str() {
        write!(line, " key={key}")?;
    }
    match schema["x-kubernetes-list-type"].as_str() {
        Some("set") => line.push_str(" list=set"),
        Some("map") => {
            let keys = schema["x-kubernetes-list-map-keys"]
                .as_array()
                .into_iter()
                .flatten();
            let keys: Vec<&str> = keys.filter_map(Value::as_str).collect();
            write!(line, " list={}", keys.join(","))?;
        }
        _ => {}
    }
    if schema["default"] != implied_default(go, field) {
        write!(line, " default={}", schema["default"])?;
    }
    line.push('\n');
    Ok(line)
}

/// What OpenAPI says of every field of such a type.
fn implied_default(go: &Sources, field: &Field) -> Value {
    let mut of = field.of.as_str();
    while let Some(Type::Named(inner)) = go.get(of) {
        of = inner;
    }
    match of {
        "string" if !field.omitempty => json!(""),
        "bool" if !field.omitempty => json!(false),
        "int32" | "int64" if !field.omitempty => json!(0),
        _ if KNOWN.contains(&of) => Value::Null,
        _ if of.contains('.') && !of.starts_with(['*', '[']) && !of.starts_with("map") => json!({}),
        _ => Value::Null,
    }
}
