//! What was recorded, made again.

use serde_json::{Value, json};

use super::{
    Encoding, Endpoint, Form, IncludeObject, MetaVersion, OBJECTS, Offer, Printer, TableOptions,
    metadata, metadata_list,
};
use crate::{
    Refusal,
    auth::recorded::{Step, steps},
};

const OFFER: Offer = Offer {
    encodings: &[Encoding::Json, Encoding::Yaml, Encoding::Protobuf],
    endpoint: Endpoint::BuiltIn,
    route: Some(OBJECTS),
};

fn header(step: &Step, wanted: &str) -> String {
    let mut named = step.headers.iter().filter(|(name, _)| name == wanted);
    named
        .next()
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

fn include(step: &Step) -> Result<IncludeObject, Refusal> {
    let (_, parameter) = step.path.split_once("includeObject=").unwrap_or_default();
    IncludeObject::of(parameter)
}

/// Group and kind of the objects, and `apiVersion`.
fn kind_of(answer: &Value) -> (&str, &str, &str) {
    let version = answer["apiVersion"].as_str().unwrap();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let kind = answer["kind"].as_str().unwrap();
    (group, kind.strip_suffix("List").unwrap_or(kind), version)
}

/// What an answer becomes.
fn formed(step: &Step, form: Form, answer: &Value) -> Result<Value, Refusal> {
    let (group, kind, api_version) = kind_of(answer);
    let go_type = |list: &str| match group {
        "" => format!("*core.{kind}{list}"),
        _ => format!("*unstructured.Unstructured{list}"),
    };
    match form {
        Form::Whole | Form::Groups => Ok(answer.clone()),
        Form::Metadata(version) => metadata(answer, version, &go_type("List")),
        Form::MetadataList(version) => metadata_list(answer, version, &go_type("")),
        Form::Table(version) => {
            let options = TableOptions {
                version,
                include: include(step)?,
                headers: true,
                api_version,
                kind,
            };
            let now = step.at.parse().unwrap();
            let printer = match group {
                "t.example.com" => Printer::custom(),
                _ => Printer::built_in(group, kind),
            };
            Ok(printer.table(answer, &options, now))
        }
    }
}

#[test]
fn built_in_kinds_have_the_tables_of_the_real_server() {
    let steps = steps(include_str!("recorded/kinds.txt"));
    let mut tables = 0;
    for pair in steps
        .windows(2)
        .filter(|pair| pair[1].answer["kind"] == "Table")
    {
        let wanted = OFFER.negotiate(&header(&pair[1], "Accept")).unwrap();
        let table = formed(&pair[1], wanted.form, &pair[0].answer).unwrap();
        tables += 1;
        let path = &pair[1].path;
        assert_eq!(
            table["columnDefinitions"], pair[1].answer["columnDefinitions"],
            "{path}"
        );
        let rows = table["rows"].as_array().unwrap().iter();
        let recorded = pair[1].answer["rows"].as_array().unwrap().iter();
        for (row, recorded) in rows.zip(recorded) {
            assert_eq!(row, recorded, "{path}");
        }
        assert_eq!(table, pair[1].answer, "{path}");
    }
    assert!(tables >= 34, "{tables}");
}

#[test]
fn a_client_gets_what_it_accepts() {
    let mut plain = std::collections::BTreeMap::new();
    for step in steps(include_str!("recorded/negotiation.txt")) {
        let accept = header(&step, "Accept");
        // Other parameters are those of the plain request that comes before.
        let path = step.path.split("?includeObject").next().unwrap();
        if path.contains("watch=true") {
            check_watch(&step, &accept, &plain["/api/v1/namespaces/t/configmaps"]);
            continue;
        }
        let path = path.trim_end_matches("?fieldManager=");
        if step.method == "POST" {
            let name = step.answer["metadata"]["name"].as_str().unwrap_or_default();
            plain.insert(format!("{path}/{name}"), step.answer);
        } else if step.code == 200 && accept.is_empty() {
            plain.insert(path.to_owned(), step.answer);
        } else if step.path == "/version" {
            // It has no forms and ignores what is accepted.
            assert_eq!(step.code, 200);
        } else if let ("GET", 200 | 400 | 406 | 500) = (step.method.as_str(), step.code) {
            check(&step, &accept, plain.get(path));
        }
    }
}

/// Compares what is made of the events of a watch.
fn check_watch(step: &Step, accept: &str, list: &Value) {
    let form = OFFER.negotiate(accept).unwrap().form;
    let ends = |event: &Value| event.to_string().contains("initial-events-end");
    let events = step
        .answer
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    // The server can't make lists of what is none, and then says nothing.
    let told = !matches!(form, Form::MetadataList(_));
    assert_eq!(events.len() >= 2, told, "{}", step.line);
    for (index, event) in events.iter().enumerate() {
        let told = &event["object"];
        let mut object = list["items"].get(index).cloned().unwrap_or_else(|| {
            assert!(ends(event), "{event}");
            json!({"metadata": told["rows"][0]["object"]["metadata"]})
        });
        object["kind"] = json!("ConfigMap");
        object["apiVersion"] = json!("v1");
        let mut made = formed(step, form, &object).unwrap();
        if index > 0 && form != Form::Metadata(MetaVersion::V1) {
            made["columnDefinitions"] = Value::Null;
        }
        assert_eq!(&made, told, "{} {index}", step.line);
    }
}

/// Compares what is made of a plain answer with what the server made of it.
fn check(step: &Step, accept: &str, plain: Option<&Value>) {
    let endpoint = match &step.path {
        path if path.contains("/foos") => Endpoint::Custom,
        path if path.contains("/namespaces/") => Endpoint::BuiltIn,
        path if path == "/api" || path == "/apis" => Endpoint::Groups,
        _ => Endpoint::Discovery,
    };
    let offer = Offer {
        endpoint,
        route: (!step.path.starts_with("/apis")).then_some(OBJECTS),
        ..OFFER
    };
    let wanted = match offer.negotiate(accept) {
        Ok(wanted) => wanted,
        Err(refusal) => return assert_eq!(refusal.body(), step.answer, "{accept}"),
    };
    if step.brief {
        let form = if step.path == "/apis/apps" {
            Form::Whole
        } else {
            Form::Groups
        };
        return assert_eq!((step.code, wanted.form), (200, form), "{accept}");
    }
    let plain = plain.unwrap_or_else(|| panic!("no plain answer for {step:?}"));
    match (formed(step, wanted.form, plain), wanted.encoding) {
        (Err(refusal), _) => assert_eq!(refusal.body(), step.answer, "{accept}"),
        (Ok(answer), Encoding::Json) => assert_eq!(answer, step.answer, "{accept}"),
        (Ok(answer), _) => {
            let kind = format!("kind: {}\\n", answer["kind"].as_str().unwrap());
            assert!(step.answer.as_str().unwrap().contains(&kind), "{accept}");
        }
    }
}

#[test]
fn a_kind_may_bring_its_own_columns() {
    let columns = json!([{"name": "Size", "type": "integer", "format": "", "description": "", "priority": 0}]);
    let printer = Printer {
        columns: &columns,
        cells: Box::new(|object, _| vec![object["spec"]["size"].clone()]),
    };
    let options = TableOptions {
        version: MetaVersion::V1,
        include: IncludeObject::None,
        headers: false,
        api_version: "example.com/v1",
        kind: "Foo",
    };
    let list = json!({"kind": "FooList", "metadata": {"resourceVersion": "7"}, "items": [{"spec": {"size": 3}}]});
    let table = printer.table(&list, &options, "2026-01-01T00:00:00Z".parse().unwrap());
    let expected = json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": "7"},
        "columnDefinitions": null, "rows": [{"cells": [3], "object": null}],
    });
    assert_eq!(table, expected);
}
