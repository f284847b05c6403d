//! What a real API server was recorded to say, said again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{recorded::Case, *};

/// What is said of a body, and what is read of it.
#[test]
fn bodies_are_read_as_the_api_server_reads_them() {
    let mut wrong = Vec::new();
    for case in Case::all(include_bytes!("../recorded/decode.txt")) {
        if case.parameter("fieldValidation") == Some("Loose") {
            continue;
        }
        let found = said_of(&case);
        let expected = match case.status {
            400 => Err(case.answer["message"]
                .as_str()
                .expect("a message")
                .to_owned()),
            _ => Ok(case
                .warnings
                .iter()
                .filter(|it| !it.contains("fractional byte value"))
                .cloned()
                .collect()),
        };
        if without_yaml(&found) != without_yaml(&expected) {
            wrong.push(format!(
                "{}\n  found    {found:?}\n  expected {expected:?}",
                case.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is said of malformed YAML is in the words of another parser; all around it is the same.
fn without_yaml(said: &Result<Vec<String>, String>) -> Result<Vec<String>, String> {
    said.clone().map_err(|it| match it.split_once(" yaml: ") {
        Some((before, _)) if before.contains("is unrecognized") => before.to_owned(),
        _ => it,
    })
}

fn said_of(case: &Case) -> Result<Vec<String>, String> {
    let (group, version, plural) = case.resource();
    let found = resources()
        .iter()
        .find(|it| (it.group, it.version, it.plural) == (group, version, plural));
    let kind = found.expect("it is on offer").kind;
    let media = match case.content_type.as_str() {
        "application/yaml" => Media::Yaml,
        _ => Media::Json,
    };
    let decoded = decode(group, version, kind, &case.body, media).expect("it is built in");
    let decoded = decoded.map_err(|it| it.refusal.message)?;
    let warnings = decoded.warnings();
    match case.parameter("fieldValidation") {
        Some("Strict") => decoded
            .strictly()
            .map(|_| Vec::new())
            .map_err(|it| it.message),
        Some("Ignore") => Ok(Vec::new()),
        _ => Ok(warnings
            .iter()
            .map(|it| it.replace('\\', "\\\\").replace('"', "\\\""))
            .collect()),
    }
}

/// What is neither a default nor the way of storing: what creating and admitting an object sets and resets.
const OF_THE_CREATION: &[&str] = &[
    ".metadata.namespace:",
    ".metadata.uid:",
    ".metadata.generation:",
    ".metadata.selfLink:",
    ".spec.clusterIP",
    ".spec.ipFamilies:",
    ".spec.ipFamilyPolicy:",
    ".spec.preemptionPolicy:",
    ".spec.priority:",
    ".spec.tolerations",
    ".spec.finalizers",
    ".spec.selector: nothing is there, {\"matchLabels\":{\"batch.kubernetes.io",
    ".spec.template.spec.volumes[6].projected.sources[4]",
    ".spec.volumes[6].projected.sources[4]",
    ".metadata.labels: nothing is there, {\"batch.kubernetes.io",
    ".metadata.labels.batch.kubernetes.io",
    ".metadata.labels.controller-uid",
    ".metadata.labels.job-name",
    ".spec.template.metadata.labels: nothing is there, {\"batch.kubernetes.io",
    ".spec.template.metadata.labels.batch.kubernetes.io",
    ".spec.template.metadata.labels.controller-uid",
    ".spec.template.metadata.labels.job-name",
    ".spec.taints",
    ".metadata.finalizers",
    ".spec.dataSourceRef",
    ".spec.namespace: \"default\" is there",
    ".status.allowed",
    ".status.conditions: [{\"lastProbeTime\"",
    ".status.currentHealthy",
    ".status.error",
    ".status.lastPhaseTransitionTime",
    ".status.loadBalancer.ingress",
    ".status.nonResourceRules",
    ".status.phase",
    ".status.podIP",
    ".status.qosClass",
    ".status.replicas",
    ".status.resourceRules",
    ".status.userInfo",
    ".metadata.annotations.deprecated.daemonset.template.generation: \"0\" is there",
    // Roles give them up when they are stored.
    ".rules: [] is there",
];

/// Objects as they come back from their creation.
#[test]
fn objects_are_stored_with_the_api_servers_defaults() {
    let mut wrong = Vec::new();
    for case in Case::all(include_bytes!("../recorded/defaults.txt"))
        .iter()
        .filter(|it| it.status < 300)
    {
        let (group, version, plural) = case.resource();
        let found = resources()
            .iter()
            .find(|it| (it.group, it.version, it.plural) == (group, version, plural));
        let kind = found.expect(&case.name).kind;
        let decoded =
            decode(group, version, kind, &case.body, Media::Json).expect("it is built in");
        let found = decoded.expect(&case.name).value;
        let differences = but_for_the_creation(&differences(&found, &case.answer));
        if !differences.is_empty() {
            wrong.push(format!("{}\n{differences}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn but_for_the_creation(differences: &str) -> String {
    let lines = differences.lines();
    let left = lines.filter(|line| {
        !OF_THE_CREATION
            .iter()
            .any(|it| line.trim_start().starts_with(it))
    });
    left.flat_map(|it| [it, "\n"]).collect()
}

/// A line for each value that is in one of the two only.
pub(super) fn differences(found: &Value, expected: &Value) -> String {
    fn lines(path: &str, found: Option<&Value>, expected: Option<&Value>, into: &mut String) {
        match (found, expected) {
            (Some(Value::Object(found)), Some(Value::Object(expected))) => {
                let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
                for name in names {
                    lines(
                        &format!("{path}.{name}"),
                        found.get(name),
                        expected.get(name),
                        into,
                    );
                }
            }
            (Some(Value::Array(found)), Some(Value::Array(expected))) => {
                for at in 0..found.len().max(expected.len()) {
                    lines(
                        &format!("{path}[{at}]"),
                        found.get(at),
                        expected.get(at),
                        into,
                    );
                }
            }
            _ if found == expected => {}
            _ => {
                let shown = |it: Option<&Value>| it.map_or("nothing".into(), Value::to_string);
                let (found, expected) = (shown(found), shown(expected));
                let line = format!("  {path}: {found} is there, {expected} is right\n");
                into.push_str(&line);
            }
        }
    }
    let mut text = String::new();
    lines("", Some(found), Some(expected), &mut text);
    text
}

/// Strategic merge patches, each of the object as it was read before.
#[test]
fn patches_merge_as_the_api_server_merges_them() {
    let mut wrong = Vec::new();
    let mut originals: BTreeMap<String, Value> = BTreeMap::new();
    for case in Case::all(include_bytes!("../recorded/strategic.txt")) {
        let path = case.path.split('?').next().expect("a path").to_owned();
        if case.method == "GET" {
            originals.insert(path, case.answer);
            continue;
        }
        let refused_later =
            case.status == 422 && case.answer["details"]["causes"][0]["field"] != "patch";
        if !case.content_type.contains("strategic") || refused_later {
            continue;
        }
        let (group, version, plural) = case.resource();
        let found = resources()
            .iter()
            .find(|it| (it.group, it.version, it.plural) == (group, version, plural));
        let kind = found.expect(&case.name).kind;
        let patched =
            strategic(group, version, kind, &originals[&path], &case.body).expect("it is built in");
        let warnings = case
            .warnings
            .iter()
            .map(|it| it.replace("\\\"", "\""))
            .collect::<Vec<_>>();
        let found = patched.and_then(|it| {
            if case.parameter("fieldValidation") == Some("Strict") {
                return it.strictly();
            }
            if case.parameter("fieldValidation") != Some("Ignore") {
                assert_eq!(it.strict_errors, warnings, "{}", case.name);
            }
            Ok(it.value)
        });
        let differences = match &found {
            Ok(value) => differences(value, &case.answer),
            Err(refusal) => {
                let mut body = refusal.body();
                for known in ["kind", "apiVersion", "metadata", "status"] {
                    body.as_object_mut().expect("an object").remove(known);
                }
                differences(&body, &case.answer)
            }
        };
        if !differences.is_empty() {
            wrong.push(format!("{}\n{differences}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn bodies_in_protobuf_are_read_as_the_api_server_reads_them() {
    let mut wrong = String::new();
    for case in Case::all(include_bytes!("../recorded/protobuf.txt")) {
        let (group, version, plural) = case.resource();
        let found = resources()
            .iter()
            .find(|it| (it.group, it.version, it.plural) == (group, version, plural));
        let kind = found.expect(&case.name).kind;
        let (group, kind) = if case.path.contains("/token?") {
            ("authentication.k8s.io", "TokenRequest")
        } else {
            (group, kind)
        };
        let body = base64::decoded(&case.body).expect(&case.name);
        let decoded = decode(group, version, kind, &body, Media::Protobuf).expect("it is built in");
        let differences = match (case.status, decoded) {
            (400, Err(refusal)) if case.answer["message"] == refusal.refusal.message => {
                String::new()
            }
            (200..300, Ok(decoded)) => {
                but_for_the_creation(&differences(&decoded.value, &case.answer))
            }
            (401.., Ok(_)) => String::new(),
            (_, found) => format!("{found:?} is not {}\n", case.answer),
        };
        if !differences.is_empty() {
            wrong.extend([&case.name, "\n", &differences]);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The same objects as in `defaults.txt`, as the server writes them in protobuf.
#[test]
fn objects_of_all_kinds_are_read_from_protobuf_and_written() {
    const OF_EACH_REQUEST: &[&str] = &[
        "metadata.uid",
        "metadata.creationTimestamp",
        "metadata.managedFields",
        "metadata.generation",
        "controller-uid",
        "lastPhaseTransitionTime",
        "matchLabels",
        ".status.resourceRules",
    ];
    // JSON with spaces in it, and bytes that are there and empty: what is read does not tell of either.
    const UNTOLD: &[&str] = &["ControllerRevision", "ValidatingWebhookConfiguration"];
    let answers = include_str!("../recorded/protobuf_answers.txt");
    let mut wrong = String::new();
    for case in Case::all(include_bytes!("../recorded/defaults.txt"))
        .iter()
        .filter(|it| it.status < 300)
    {
        let found = answers
            .lines()
            .find_map(|it| it.strip_prefix(&case.name)?.strip_prefix('\t'));
        let body = base64::decoded(found.expect(&case.name).as_bytes()).expect(&case.name);
        let (group, version, _) = case.resource();
        let kind = case.answer["kind"].as_str().expect("a kind");
        let decoded = decode(group, version, kind, &body, Media::Protobuf).expect("it is built in");
        let found = decoded.expect(&case.name).value;
        if !UNTOLD.contains(&case.name.as_str()) && protobuf(&found).as_ref() != Some(&body) {
            wrong.extend([&case.name, " is not written as it was\n"]);
        }
        for line in differences(&found, &case.answer).lines() {
            if !OF_EACH_REQUEST.iter().any(|it| line.contains(it)) {
                wrong.extend([&case.name, line, "\n"]);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
