//! One object, changed in each way that there is.
#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use myop_controlplane_fuzz::{GROUP, Request, Server};
use serde_json::{Map, Value};

/// The objects, each with what it begins as.
const OBJECTS: [(&str, &str); 5] = [
    (
        "/api/v1/namespaces/fuzz/configmaps",
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1"}}"#,
    ),
    (
        "/apis/apps/v1/namespaces/fuzz/deployments",
        r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"a","image":"a"}]}}}}"#,
    ),
    (
        "/api/v1/namespaces/fuzz/services",
        r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}"#,
    ),
    (
        "/api/v1/namespaces/fuzz/pods",
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"a"}]}}"#,
    ),
    (
        "/apis/{group}/v1/namespaces/fuzz/widgets",
        r#"{"apiVersion":"{group}/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1}}"#,
    ),
];

const NAMES: [&str; 64] = [
    "metadata",
    "spec",
    "status",
    "data",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "managedFields",
    "resourceVersion",
    "uid",
    "name",
    "namespace",
    "generation",
    "apiVersion",
    "kind",
    "template",
    "containers",
    "initContainers",
    "image",
    "env",
    "value",
    "valueFrom",
    "ports",
    "port",
    "containerPort",
    "protocol",
    "targetPort",
    "selector",
    "matchLabels",
    "replicas",
    "strategy",
    "type",
    "rollingUpdate",
    "maxSurge",
    "volumes",
    "volumeMounts",
    "mountPath",
    "tolerations",
    "key",
    "topologySpreadConstraints",
    "topologyKey",
    "resources",
    "limits",
    "cpu",
    "size",
    "color",
    "tags",
    "steps",
    "extra",
    "phase",
    "conditions",
    "$patch",
    "$retainKeys",
    "$setElementOrder/containers",
    "$deleteFromPrimitiveList/finalizers",
    "$setElementOrder/ports",
    "op",
    "path",
    "from",
    "manager",
    "fieldsV1",
    "a",
    "",
];

const TEXTS: [&str; 40] = [
    "a",
    "b",
    "",
    "replace",
    "delete",
    "merge",
    "TCP",
    "UDP",
    "Recreate",
    "RollingUpdate",
    "add",
    "remove",
    "test",
    "move",
    "copy",
    "/spec",
    "/spec/replicas",
    "/metadata/labels/a",
    "/spec/template/spec/containers/0",
    "/spec/template/spec/containers/-",
    "/data",
    "",
    "/",
    "/metadata/managedFields",
    "/spec/ports/0",
    "v1",
    "apps/v1",
    "Deployment",
    "fuzz",
    "100m",
    "1e999",
    "50%",
    "2026-01-01T00:00:00Z",
    "example.com/a",
    "foregroundDeletion",
    "red",
    "/metadata/name",
    "~1",
    "~0",
    "ä",
];

#[derive(Arbitrary, Debug)]
struct Case {
    object: u8,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
struct Step {
    change: Change,
    part: Part,
    body: Body,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Change {
    Put,
    Json,
    Merge,
    Strategic,
    Apply { manager: bool, force: bool },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Part {
    Main,
    Status,
    Scale,
}

/// A value whose names are likely to mean something.
#[derive(Debug)]
struct Body(Value);

impl<'a> Arbitrary<'a> for Body {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        value(u, 6).map(Self)
    }
}

fn value(u: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    Ok(match u.int_in_range(0..=if depth == 0 { 4 } else { 9 })? {
        0 => Value::Null,
        1 => bool::arbitrary(u)?.into(),
        2 => i8::arbitrary(u)?.into(),
        3 => (*u.choose(&[0.5, 1e300, -1.0, 9_007_199_254_740_993.0])?).into(),
        4 => (*u.choose(&TEXTS)?).into(),
        5 => {
            let length = u.int_in_range(0..=3)?;
            let items = (0..length).map(|_| value(u, depth - 1));
            Value::Array(items.collect::<Result<_>>()?)
        }
        _ => {
            let length = u.int_in_range(0..=4)?;
            let fields =
                (0..length).map(|_| Ok(((*u.choose(&NAMES)?).to_owned(), value(u, depth - 1)?)));
            Value::Object(fields.collect::<Result<Map<_, _>>>()?)
        }
    })
}

impl Step {
    /// What is sent, with the object as it is underneath, so that it is likely to be accepted.
    fn request(&self, path: &str, base: &Value, live: &Value) -> Request {
        let path = match self.part {
            Part::Main => format!("{path}/a"),
            Part::Status => format!("{path}/a/status"),
            Part::Scale => format!("{path}/a/scale"),
        };
        let (method, query, media, mut body) = match self.change {
            Change::Put => (
                "PUT",
                "",
                "application/json",
                over(live.clone(), &self.body.0),
            ),
            Change::Json => (
                "PATCH",
                "",
                "application/json-patch+json",
                self.body.0.clone(),
            ),
            Change::Merge => (
                "PATCH",
                "",
                "application/merge-patch+json",
                self.body.0.clone(),
            ),
            Change::Strategic => (
                "PATCH",
                "",
                "application/strategic-merge-patch+json",
                self.body.0.clone(),
            ),
            Change::Apply { manager, force } => (
                "PATCH",
                match (manager, force) {
                    (true, true) => "?fieldManager=one&force=true",
                    (true, false) => "?fieldManager=one",
                    (false, true) => "?fieldManager=two&force=true",
                    (false, false) => "?fieldManager=two",
                },
                "application/apply-patch+yaml",
                over(base.clone(), &self.body.0),
            ),
        };
        if matches!(self.change, Change::Put)
            && let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut)
        {
            metadata.remove("resourceVersion");
        }
        Request::new(method, &format!("{path}{query}"))
            .header("content-type", media)
            .body(serde_json::to_vec(&body).expect("a value is JSON"))
    }

    fn is_apply(&self) -> bool {
        matches!(self.change, Change::Apply { .. })
    }
}

/// One object laid over another.
fn over(under: Value, above: &Value) -> Value {
    match (under, above) {
        (Value::Object(mut under), Value::Object(above)) => {
            for (name, value) in above {
                let before = under.remove(name).unwrap_or_default();
                under.insert(name.clone(), over(before, value));
            }
            Value::Object(under)
        }
        (_, above) => above.clone(),
    }
}

fn resource_version(body: &[u8]) -> Value {
    let object: Value = serde_json::from_slice(body).expect("JSON");
    object["metadata"]["resourceVersion"].clone()
}

fuzz_target!(|case: Case| {
    let (path, begins) = OBJECTS[usize::from(case.object) % OBJECTS.len()];
    let path = path.replace("{group}", GROUP);
    let begins = begins.replace("{group}", GROUP);
    let base: Value = serde_json::from_str(&begins).expect("the objects are JSON");
    let mut server = Server::new();
    let create = Request::new("POST", &path)
        .header("content-type", "application/json")
        .body(begins.into_bytes());
    let created = server.ask(&create).map(|reply| reply.status);
    assert_eq!(created, Some(201));
    let get = Request::new("GET", &format!("{path}/a"));
    for step in case.steps.iter().take(6) {
        let Some(live) = server.ask(&get).filter(|reply| reply.status == 200) else {
            return;
        };
        let before: Value = serde_json::from_slice(&live.body).expect("JSON");
        let request = step.request(&path, &base, &before);
        let tried = server.ask(&request.clone().query("dryRun=All"));
        assert_eq!(
            server.ask(&get).map(|reply| reply.body),
            Some(live.body),
            "a dry run changes nothing"
        );
        let done = server.ask(&request).expect("an answer");
        let tried = tried.map(|reply| reply.status);
        assert_eq!(tried, Some(done.status), "a dry run says what happens");
        if step.is_apply() && done.status < 300 {
            let after = server.ask(&get).expect("an answer");
            let again = server.ask(&request).expect("an answer");
            assert_eq!(
                again.status,
                200,
                "{}",
                String::from_utf8_lossy(&again.body)
            );
            if after.status == 200 {
                assert_eq!(
                    resource_version(&again.body),
                    resource_version(&after.body),
                    "an apply that is sent again changes nothing"
                );
            }
        }
    }
    server.lives();
});
