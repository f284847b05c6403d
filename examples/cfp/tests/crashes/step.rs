//! The steps of a reconcile as the outside sees them: each request to the service, each write to the API server.

use axum::http::{Method, request::Parts};
use serde_json::Value;

use crate::gate::SERVICE;

/// What a request does, if it is a step about this object. Names are left out: they differ from run to run.
pub(crate) fn about(object: &str, head: &Parts, body: &[u8]) -> Option<String> {
    let path = head.uri.path();
    let is_about_it = path.contains(object) || String::from_utf8_lossy(body).contains(object);
    if !is_about_it {
        return None;
    }
    if let Some(path) = path.strip_prefix(SERVICE) {
        let kind: Vec<_> = path.split('/').take(3).collect();
        return Some(format!("{} {}", head.method, kind.join("/")));
    }
    if head.method == Method::GET {
        return None;
    }
    write(head, body)
}

/// Of which resource a request lists or watches all objects.
pub(crate) fn listed(head: &Parts) -> Option<String> {
    let segments: Vec<_> = head.uri.path().split('/').skip(1).collect();
    match segments[..] {
        ["apis", _, _, resource] if head.method == Method::GET => Some(resource.to_owned()),
        _ => None,
    }
}

/// What a write to the API server does.
fn write(head: &Parts, body: &[u8]) -> Option<String> {
    let verb = head.method.as_str().to_lowercase();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let segments: Vec<_> = head.uri.path().split('/').skip(1).collect();
    match segments[..] {
        ["apis", _, _, "namespaces", _, resource, _] => {
            let what = match body["metadata"]["finalizers"].as_array().map(Vec::len) {
                Some(0) => "no finalizer",
                Some(_) => "finalizer",
                None => "something else",
            };
            Some(format!("{verb} {resource} ({what})"))
        }
        ["apis", _, _, "namespaces", _, resource, _, "status"] => match ready_reason(&body) {
            // Said of a run that takes more than a second, by chance.
            "Progressing" => None,
            reason => Some(format!("{verb} {resource}/status ({reason})")),
        },
        _ => Some(format!("{verb} {}", head.uri.path())),
    }
}

fn ready_reason(object: &Value) -> &str {
    let mut conditions = object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten();
    let ready = conditions.find(|condition| condition["type"] == "Ready");
    ready
        .and_then(|ready| ready["reason"].as_str())
        .unwrap_or("not Ready")
}
