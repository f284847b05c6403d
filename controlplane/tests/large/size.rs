//! Objects with very many fields, and very many writes.

use std::fmt::Write as _;

use myop_controlplane::{Answer, Told};
use serde_json::Value;

use crate::server::{JSON, NOW, Server};

const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";

fn config_map(name: &str, data: &str) -> String {
    format!(
        r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}"}},"data":{data}}}"#
    )
}

/// What is read takes a time that grows as what is read does: twice the fields take about twice as long.
#[test]
fn very_many_keys_are_read_in_time() {
    let data = |keys: usize| {
        let mut data = String::from("{");
        for key in 0..keys {
            let comma = if key == 0 { "" } else { "," };
            write!(data, r#"{comma}"k{key}":"v""#).expect("a text takes it");
        }
        data + "}"
    };
    let mut server = Server::new();
    let created = server.send("POST", CONFIG_MAPS, JSON, &config_map("a", r#"{"a":"b"}"#));
    assert_eq!(created.status, 201);
    let path = format!("{CONFIG_MAPS}/a?dryRun=All");
    for (media, around) in [
        ("application/merge-patch+json", "{\"data\":DATA}".to_owned()),
        (
            "application/strategic-merge-patch+json",
            "{\"data\":DATA}".to_owned(),
        ),
        (JSON, config_map("a", "DATA")),
    ] {
        let method = if media == JSON { "PUT" } else { "PATCH" };
        let mut took = |keys: usize| {
            let body = around.replace("DATA", &data(keys));
            let began = std::time::Instant::now();
            let done = server.send(method, &path, media, &body);
            assert_eq!(done.status, 200, "{media}");
            began.elapsed()
        };
        let (few, many) = (took(10_000), took(80_000));
        assert!(
            many < few * 32,
            "{media}: {few:?} for 10,000, {many:?} for 80,000"
        );
    }
}

#[test]
fn what_happened_is_remembered_by_its_size() {
    let mut server = Server::new();
    for name in ["a", "b", "c"] {
        let created = server.send("POST", CONFIG_MAPS, JSON, &config_map(name, "{}"));
        assert_eq!(created.status, 201);
    }
    let first = server.send("GET", &format!("{CONFIG_MAPS}?limit=1"), JSON, "");
    let first: Value = serde_json::from_slice(&first.body).expect("a list is JSON");
    let Answer::Watch(mut slow) = server.ask("GET", &format!("{CONFIG_MAPS}?watch=true"), &[], "")
    else {
        panic!("no watch");
    };
    for round in 0..3000 {
        let body = config_map("a", &format!(r#"{{"round":"{round}"}}"#));
        assert_eq!(
            server
                .send("PUT", &format!("{CONFIG_MAPS}/a"), JSON, &body)
                .status,
            200
        );
    }
    let next = first["metadata"]["continue"]
        .as_str()
        .expect("there is more");
    let second = server.send(
        "GET",
        &format!("{CONFIG_MAPS}?limit=1&continue={next}"),
        JSON,
        "",
    );
    assert_eq!(second.status, 200, "small writes are remembered");
    let Told::Events(told) = server.core.tell_watch(&mut slow, NOW) else {
        panic!("nothing is told");
    };
    assert!(told.split(|byte| *byte == b'\n').count() > 3000);

    let large = "x".repeat(1_000_000);
    for round in 0..40 {
        let body = config_map("a", &format!(r#"{{"round":"{round}","large":"{large}"}}"#));
        assert_eq!(
            server
                .send("PUT", &format!("{CONFIG_MAPS}/a"), JSON, &body)
                .status,
            200
        );
    }
    let second = server.send(
        "GET",
        &format!("{CONFIG_MAPS}?limit=1&continue={next}"),
        JSON,
        "",
    );
    assert_eq!(second.status, 410, "large ones are forgotten");
}
