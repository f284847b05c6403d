//! Requests by chance: all managers on one object, with few names and values, so that they meet.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::scenario::Step;

const PATH: &str = "/apis/apply.example.com/v1/namespaces/default/widgets/random";

/// So many requests; the first one creates the object.
pub(super) fn steps(rng: &mut Rng, count: usize) -> Vec<Step> {
    (0..count).map(|place| step(rng, place == 0)).collect()
}

fn step(rng: &mut Rng, first: bool) -> Step {
    let subresource = if !first && rng.u8(..8) == 0 {
        "/status"
    } else {
        ""
    };
    let verb = if first || rng.u8(..10) < 7 {
        "APPLY"
    } else {
        "MERGE"
    };
    let manager = if verb == "APPLY" {
        format!("applier-{}", rng.u8(..4))
    } else {
        format!("updater-{}", rng.u8(..3))
    };
    let force = if verb == "APPLY" && rng.u8(..5) < 2 {
        "&force=true"
    } else {
        ""
    };
    let mut body = Map::new();
    let mut metadata = Map::new();
    if verb == "APPLY" {
        body.insert("apiVersion".into(), "apply.example.com/v1".into());
        body.insert("kind".into(), "Widget".into());
        metadata.insert("name".into(), "random".into());
    }
    maybe(rng, &mut metadata, "labels", |rng| {
        texts(rng, &["a", "b", "c"])
    });
    maybe(rng, &mut metadata, "finalizers", |rng| {
        set(rng, &["example.com/a", "example.com/b", "example.com/c"])
    });
    body.insert("metadata".into(), metadata.into());
    if subresource.is_empty() {
        body.insert("spec".into(), spec(rng));
    } else {
        body.insert("status".into(), status(rng));
    }
    Step {
        comment: "\n".into(),
        verb: verb.into(),
        path: format!("{PATH}{subresource}?fieldManager={manager}{force}"),
        agent: None,
        body: Value::Object(body).to_string(),
        answer: None,
    }
}

fn maybe(
    rng: &mut Rng,
    fields: &mut Map<String, Value>,
    name: &str,
    value: impl FnOnce(&mut Rng) -> Value,
) {
    if rng.u8(..4) == 0 {
        fields.insert(name.into(), value(rng));
    }
}

fn spec(rng: &mut Rng) -> Value {
    let mut spec = Map::new();
    maybe(rng, &mut spec, "text", text);
    maybe(rng, &mut spec, "number", |rng| rng.u8(1..4).into());
    maybe(rng, &mut spec, "share", |rng| {
        [json!(0.5), json!(1), json!(2.25)][rng.usize(..3)].clone()
    });
    maybe(rng, &mut spec, "flag", |rng| rng.bool().into());
    maybe(rng, &mut spec, "port", |rng| {
        [json!(80), json!("http")][rng.usize(..2)].clone()
    });
    maybe(rng, &mut spec, "atomicList", |rng| {
        set(rng, &["a", "b", "c"])
    });
    maybe(rng, &mut spec, "atomicMap", |rng| texts(rng, &["a", "b"]));
    maybe(
        rng,
        &mut spec,
        "atomicObject",
        |rng| json!({"a": text(rng), "b": rng.u8(1..3)}),
    );
    maybe(rng, &mut spec, "set", |rng| set(rng, &["a", "b", "c", "d"]));
    maybe(rng, &mut spec, "numbers", |rng| {
        some(rng, vec![9.into(), 10.into(), 11.into()])
    });
    maybe(rng, &mut spec, "labels", |rng| texts(rng, &["a", "b", "c"]));
    maybe(rng, &mut spec, "groups", groups);
    maybe(
        rng,
        &mut spec,
        "nested",
        |rng| json!({"deep": texts(rng, &["x", "y"])}),
    );
    maybe(rng, &mut spec, "items", items);
    maybe(rng, &mut spec, "ports", ports);
    maybe(rng, &mut spec, "free", |rng| anything(rng, 3, true));
    maybe(rng, &mut spec, "anything", |rng| anything(rng, 2, false));
    maybe(rng, &mut spec, "partly", |rng| {
        let mut partly = Map::new();
        maybe(rng, &mut partly, "known", text);
        maybe(rng, &mut partly, "inner", |rng| texts(rng, &["a"]));
        maybe(rng, &mut partly, "other", |rng| anything(rng, 2, false));
        partly.into()
    });
    spec.into()
}

fn status(rng: &mut Rng) -> Value {
    let mut status = Map::new();
    maybe(rng, &mut status, "phase", text);
    maybe(rng, &mut status, "count", |rng| rng.u8(1..3).into());
    let conditions = ["A", "B", "C"].map(|kind| json!({"type": kind, "status": text(rng)}));
    status.insert("conditions".into(), some(rng, conditions.into()));
    status.into()
}

fn text(rng: &mut Rng) -> Value {
    ["u", "v"][rng.usize(..2)].into()
}

fn texts(rng: &mut Rng, keys: &[&str]) -> Value {
    let mut fields = Map::new();
    for key in keys {
        if rng.bool() {
            fields.insert((*key).to_owned(), text(rng));
        }
    }
    fields.into()
}

/// Some of the items, in any order.
fn some(rng: &mut Rng, mut items: Vec<Value>) -> Value {
    rng.shuffle(&mut items);
    items.truncate(rng.usize(..=items.len()));
    items.into()
}

fn set(rng: &mut Rng, items: &[&str]) -> Value {
    some(rng, items.iter().map(|item| (*item).into()).collect())
}

fn groups(rng: &mut Rng) -> Value {
    let mut groups = Map::new();
    for name in ["g", "h"] {
        maybe(rng, &mut groups, name, |rng| {
            let mut group = Map::new();
            maybe(rng, &mut group, "size", |rng| rng.u8(1..3).into());
            maybe(rng, &mut group, "owner", text);
            group.into()
        });
    }
    groups.into()
}

fn items(rng: &mut Rng) -> Value {
    let items = ["a", "b", "c", "d"].map(|name| {
        let mut item = Map::new();
        item.insert("name".into(), name.into());
        maybe(rng, &mut item, "value", text);
        maybe(rng, &mut item, "tags", |rng| set(rng, &["s", "t"]));
        maybe(rng, &mut item, "parts", |rng| {
            let parts = [8, 10].map(|id| {
                let mut part = Map::new();
                part.insert("id".into(), id.into());
                maybe(rng, &mut part, "note", text);
                part.into()
            });
            some(rng, parts.into())
        });
        item.into()
    });
    some(rng, items.into())
}

fn ports(rng: &mut Rng) -> Value {
    let ports = [
        json!({"port": 80}),
        json!({"port": 80, "protocol": "UDP"}),
        json!({"port": 443, "protocol": "TCP"}),
    ];
    let ports = ports.map(|mut port| {
        if rng.bool() {
            port["name"] = text(rng);
        }
        port
    });
    some(rng, ports.into())
}

/// A value of no known type.
fn anything(rng: &mut Rng, depth: u8, map: bool) -> Value {
    match if map { 0 } else { rng.u8(..6) } {
        0 | 1 if depth > 0 => {
            let mut fields = Map::new();
            for name in ["a", "b", "c"] {
                maybe(rng, &mut fields, name, |rng| {
                    anything(rng, depth - 1, false)
                });
            }
            fields.into()
        }
        2 if depth > 0 => {
            let items = (0..rng.u8(..3)).map(|_| anything(rng, depth - 1, false));
            items.collect::<Vec<_>>().into()
        }
        3 => rng.u8(1..3).into(),
        4 => rng.bool().into(),
        _ => text(rng),
    }
}
