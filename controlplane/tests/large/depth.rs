//! Values that are nested deeply, which an answer must come to: whatever walks them calls itself.

use myop_controlplane::{Answer, Told};

use crate::server::{JSON, NOW, Server, reply, text};

const DEEPS: &str = "/apis/example.com/v1/namespaces/default/deeps";
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

impl Server {
    /// With a kind whose objects may have anything in their spec.
    fn with_deeps() -> Self {
        let mut server = Self::new();
        let schema = r#"{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}"#;
        let created = server.send("POST", DEFINITIONS, JSON, &definition("Deep", schema));
        assert_eq!(created.status, 201, "{}", text(&created));
        server
    }
}

fn definition(kind: &str, schema: &str) -> String {
    let singular = kind.to_lowercase();
    format!(
        r#"{{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{{"name":"{singular}s.example.com"}},
        "spec":{{"group":"example.com","scope":"Namespaced","names":{{"plural":"{singular}s","singular":"{singular}","kind":"{kind}","listKind":"{kind}List"}},
        "versions":[{{"name":"v1","served":true,"storage":true,"schema":{{"openAPIV3Schema":{schema}}}}}]}}}}"#
    )
}

/// As many objects in one another.
fn objects(depth: usize) -> String {
    r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth)
}

fn lists(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

fn deep(name: &str, value: &str) -> String {
    format!(
        r#"{{"apiVersion":"example.com/v1","kind":"Deep","metadata":{{"name":"{name}"}},"spec":{{"a":{value}}}}}"#
    )
}

/// What kube-apiserver 1.35 takes, too.
const TAKEN: usize = 9990;
const REFUSED: usize = 10_001;

#[test]
fn an_object_is_taken_up_to_the_depth_of_go() {
    let mut server = Server::with_deeps();
    for (name, value) in [("objects", objects(TAKEN)), ("lists", lists(TAKEN))] {
        let created = server.send("POST", DEEPS, JSON, &deep(name, &value));
        assert_eq!(created.status, 201, "{}", text(&created));
        let path = format!("{DEEPS}/{name}");
        let whole = server.get(&path, JSON);
        assert!(String::from_utf8_lossy(&whole.body).contains(&value));
    }
    for value in [
        objects(REFUSED),
        lists(REFUSED),
        lists(1_000_000),
        "[".repeat(1_000_000),
    ] {
        let refused = server.send("POST", DEEPS, JSON, &deep("b", &value));
        assert_eq!(refused.status, 400);
        assert!(
            text(&refused).contains("exceeded max depth"),
            "{}",
            text(&refused)
        );
    }
}

#[test]
fn each_way_to_write_takes_it() {
    let mut server = Server::with_deeps();
    let path = format!("{DEEPS}/a");
    let created = server.send(
        "POST",
        DEEPS,
        "application/yaml",
        &deep("a", &objects(TAKEN)),
    );
    assert_eq!(created.status, 201, "{}", text(&created));
    let patches = [
        (
            "application/merge-patch+json",
            path.clone(),
            format!(r#"{{"spec":{{"b":{}}}}}"#, objects(TAKEN)),
        ),
        (
            "application/json-patch+json",
            path.clone(),
            format!(
                r#"[{{"op":"add","path":"/spec/c","value":{}}}]"#,
                lists(TAKEN)
            ),
        ),
        (
            "application/apply-patch+yaml",
            format!("{path}?fieldManager=a&force=true"),
            deep("a", &objects(TAKEN)),
        ),
    ];
    for (media, path, patch) in patches {
        let reply = server.send("PATCH", &path, media, &patch);
        assert_eq!(reply.status, 200, "{media}: {}", text(&reply));
    }
    let nested = format!("/spec/a{}", "/a".repeat(TAKEN - 10));
    let deeper = format!(
        r#"[{{"op":"add","path":"{nested}","value":{}}}]"#,
        objects(300)
    );
    let refused = server.send("PATCH", &path, "application/json-patch+json", &deeper);
    assert_eq!(refused.status, 422, "{}", text(&refused));
    let deleted = server.send("DELETE", &path, JSON, "");
    assert_eq!(deleted.status, 200, "{}", text(&deleted));
}

#[test]
fn each_way_to_read_shows_it() {
    let mut server = Server::with_deeps();
    let created = server.send("POST", DEEPS, JSON, &deep("a", &objects(TAKEN)));
    assert_eq!(created.status, 201, "{}", text(&created));
    for accept in [
        JSON,
        "application/json;as=Table;v=v1;g=meta.k8s.io",
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        "application/yaml",
    ] {
        let listed = server.get(DEEPS, accept);
        assert_eq!(listed.status, 200, "{accept}: {}", text(&listed));
        let got = server.get(
            &format!("{DEEPS}/a"),
            &accept.replace("MetadataList", "Metadata"),
        );
        assert_eq!(got.status, 200, "{accept}: {}", text(&got));
    }
    for accept in [JSON, "application/json;as=Table;v=v1;g=meta.k8s.io"] {
        let path = format!("{DEEPS}?watch=true");
        let Answer::Watch(mut watch) = server.ask("GET", &path, &[("accept", accept)], "") else {
            panic!("no watch");
        };
        let told = server.core.tell_watch(&mut watch, NOW);
        assert!(matches!(told, Told::Events(_)));
    }
}

#[test]
fn a_deep_schema_is_taken() {
    let schema = |depth: usize| {
        let (open, close) = (r#"{"type":"object","properties":{"a":"#, "}}");
        open.repeat(depth) + r#"{"type":"string"}"# + &close.repeat(depth)
    };
    let mut server = Server::new();
    let created = server.send(
        "POST",
        DEFINITIONS,
        JSON,
        &definition("Deep", &schema(2000)),
    );
    assert_eq!(created.status, 201, "{}", text(&created));
    let object = format!(
        r#"{{"apiVersion":"example.com/v1","kind":"Deep","metadata":{{"name":"a"}},"a":{}}}"#,
        objects(1500)
    );
    let refused = server.send("POST", DEEPS, JSON, &object);
    assert_eq!(refused.status, 422, "{}", text(&refused));
    for path in [
        "/openapi/v2",
        "/openapi/v3/apis/example.com/v1",
        DEFINITIONS,
    ] {
        assert_eq!(server.get(path, JSON).status, 200, "{path}");
    }
    let refused = server.send(
        "POST",
        DEFINITIONS,
        JSON,
        &definition("Deeper", &schema(5100)),
    );
    assert_eq!(refused.status, 400, "{}", text(&refused));
}

#[test]
fn rules_are_taken_up_to_the_depth_of_cel_go() {
    let schema = |rule: &str| {
        format!(r#"{{"type":"object","x-kubernetes-validations":[{{"rule":"{rule}"}}]}}"#)
    };
    let cases = [
        ("(".repeat(248) + "true" + &")".repeat(248), 201),
        ("(".repeat(10_000) + "true", 422),
        ("size([".repeat(120) + "1" + &"])".repeat(120) + " > 0", 201),
        ("true ? true : ".repeat(248) + "true", 201),
        ("true ? true : ".repeat(5000) + "true", 422),
        ("1".to_owned() + &" + 1".repeat(240) + " > 0", 201),
        ("1".to_owned() + &" + 1".repeat(20_000) + " > 0", 422),
        ("true || ".repeat(1999) + "true", 201),
        ("true && ".repeat(1999) + "true", 201),
        ("true || ".repeat(8999) + "true", 201),
        ("!".repeat(5000) + "true", 201),
    ];
    let mut server = Server::new();
    for (at, (rule, wanted)) in cases.iter().enumerate() {
        let kind = format!("Case{at}");
        let definition = definition(&kind, &schema(rule));
        let answered = server.send("POST", DEFINITIONS, JSON, &definition);
        assert_eq!(answered.status, *wanted, "{at}: {}", text(&answered));
        if *wanted == 201 {
            let object = format!(
                r#"{{"apiVersion":"example.com/v1","kind":"{kind}","metadata":{{"name":"a"}}}}"#
            );
            let path = format!("/apis/example.com/v1/namespaces/default/case{at}s");
            let created = server.send("POST", &path, JSON, &object);
            assert_eq!(created.status, 201, "{at}: {}", text(&created));
        }
    }
}

/// `JSONSchemaProps` in one another, by `not`.
#[test]
fn protobuf_is_refused_where_it_is_too_deep() {
    let field = |number: u8, bytes: &[u8]| {
        let mut field = vec![number << 3 | 2];
        let mut length = bytes.len();
        while length > 0x7f {
            field.push(u8::try_from(length & 0x7f).expect("seven bits") | 0x80);
            length >>= 7;
        }
        field.push(u8::try_from(length).expect("seven bits"));
        field.extend_from_slice(bytes);
        field
    };
    let nested = |depth: usize| {
        let mut schema = Vec::new();
        for _ in 0..depth {
            schema = [vec![0xe2, 0x01], field(0, &schema)[1..].to_vec()].concat();
        }
        let version = [field(1, b"v1"), field(4, &field(1, &schema))].concat();
        let spec = field(7, &version);
        let meta = [
            field(1, b"apiextensions.k8s.io/v1"),
            field(2, b"CustomResourceDefinition"),
        ];
        let meta = meta.concat();
        let unknown = [field(1, &meta), field(2, &field(2, &spec))].concat();
        [b"k8s\0".to_vec(), unknown].concat()
    };
    let mut server = Server::new();
    for depth in [100, 9000, 20_000] {
        let request = http::Request::post(DEFINITIONS)
            .header("content-type", "application/vnd.kubernetes.protobuf")
            .body(nested(depth))
            .expect("it is one");
        let refused = reply(server.core.answer(&request, Some(&server.admin), NOW));
        assert!(
            (400..500).contains(&refused.status),
            "{depth}: {}",
            text(&refused)
        );
    }
}
