//! Who wrote what, and when: a file like kube-apiserver's audit log.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::{Attributes, Target, User};

const WRITES: [&str; 5] = ["create", "update", "patch", "delete", "deletecollection"];

/// A file to which each write is added once it is answered, an `Event` of `audit.k8s.io/v1` a line.
pub(crate) struct AuditLog(Mutex<File>);

/// A request that is being carried out.
pub(crate) struct Received<'a> {
    pub(crate) request: &'a http::Request<Vec<u8>>,
    /// None: who a token names, which is not recorded.
    pub(crate) certificate: Option<&'a User>,
    pub(crate) at: Timestamp,
}

impl AuditLog {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self(Mutex::new(File::create(path)?)))
    }

    pub(crate) fn add(&self, received: &Received<'_>, code: u16, now: Timestamp) {
        let Some(event) = event(received, code, now) else {
            return;
        };
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The request is answered; a log that can't be written is no reason to end.
        let _ = file.write_all(format!("{event}\n").as_bytes());
    }
}

fn event(received: &Received<'_>, code: u16, now: Timestamp) -> Option<Value> {
    let uri = received.request.uri();
    let method = received.request.method().as_str();
    let attributes = Attributes::of_request(method, uri.path(), &[]).ok()?;
    let Target::Resource(target) = attributes.target else {
        return None;
    };
    if !WRITES.contains(&attributes.verb.as_str()) {
        return None;
    }
    let mut event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
        "requestURI": uri.to_string(), "verb": attributes.verb,
        "objectRef": {
            "resource": target.resource, "namespace": target.namespace, "name": target.name,
            "apiGroup": target.group, "apiVersion": target.version, "subresource": target.subresource,
        },
        "responseStatus": {"metadata": {}, "code": code},
        "requestReceivedTimestamp": micros(received.at), "stageTimestamp": micros(now),
    });
    if let Some(user) = received.certificate {
        event["user"] = json!({"username": user.name, "groups": user.groups});
    }
    let headers = received.request.headers();
    if let Some(name) = headers
        .get("impersonate-user")
        .and_then(|name| name.to_str().ok())
    {
        event["impersonatedUser"] = json!({"username": name});
    }
    Some(event)
}

fn micros(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
