//! The status of a definition, as the server's own controllers set it.
//!
//! Source: apiextensions-apiserver `pkg/controller/status/naming_controller.go`, `pkg/controller/establish`,
//! `pkg/controller/finalizer` and `pkg/registry/customresourcedefinition/etcd.go`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{APPROVAL, Approval, approval, is_empty, is_protected, list, text};
use crate::{go, refusal::aggregate};

/// The finalizer that a definition has while its objects are deleted.
const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

pub(super) fn condition_is_true(definition: &Value, kind: &str) -> bool {
    let conditions = list(&definition["status"]["conditions"]).iter();
    conditions
        .filter(|c| c["type"] == kind)
        .any(|c| c["status"] == "True")
}

struct Condition<'a> {
    kind: &'a str,
    status: &'a str,
    reason: &'a str,
    message: &'a str,
}

fn set(status: &mut Value, condition: &Condition<'_>, now: Timestamp) {
    let Condition {
        kind,
        status: is,
        reason,
        message,
    } = condition;
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(conditions) = status["conditions"].as_array_mut() else {
        return;
    };
    let now = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let known = conditions.iter_mut().find(|known| known["type"] == *kind);
    let Some(known) = known else {
        conditions.push(json!({
            "type": kind, "status": is, "reason": reason, "message": message, "lastTransitionTime": now,
        }));
        return;
    };
    if known["status"] != *is || is_empty(&known["lastTransitionTime"]) {
        known["lastTransitionTime"] = now.into();
    }
    for (key, value) in [("status", is), ("reason", reason), ("message", message)] {
        known[key] = (*value).into();
    }
}

/// The status once the names were compared with those of the group's other definitions; none where nothing changes.
///
/// To be asked after each write of a definition, and for all others of the group after one that freed names.
pub fn names_accepted<'a>(
    definition: &Value,
    others: impl Iterator<Item = &'a Value>,
    now: Timestamp,
) -> Option<Value> {
    let group = &definition["spec"]["group"];
    let name = &definition["metadata"]["name"];
    let used: Vec<&Value> = others
        .filter(|other| other["spec"]["group"] == *group && other["metadata"]["name"] != *name)
        .map(|other| &other["status"]["acceptedNames"])
        .collect();
    let (wanted, accepted) = (
        &definition["spec"]["names"],
        &definition["status"]["acceptedNames"],
    );
    if wanted == accepted {
        return None;
    }
    let (names, conflict) = resolve(wanted, accepted, &used);
    let mut status = definition["status"].clone();
    status["acceptedNames"] = names;
    let (is, reason, message) = match &conflict {
        None => ("True", "NoConflicts", "no conflicts found"),
        Some((reason, message)) => ("False", *reason, message.as_str()),
    };
    let told = Condition {
        kind: "NamesAccepted",
        status: is,
        reason,
        message,
    };
    let old = list(&definition["status"]["conditions"])
        .iter()
        .find(|c| c["type"] == "NamesAccepted");
    let same = old.is_some_and(|old| {
        old["status"] == is && old["reason"] == reason && old["message"] == message
    });
    if same && status["acceptedNames"] == *accepted {
        return None;
    }
    set(&mut status, &told, now);
    let known = list(&status["conditions"])
        .iter()
        .any(|c| c["type"] == "Established");
    if !condition_is_true(definition, "Established") && conflict.is_none() {
        let message = "the initial names have been accepted";
        let installing = Condition {
            kind: "Established",
            status: "False",
            reason: "Installing",
            message,
        };
        set(&mut status, &installing, now);
    } else if !known {
        let message = "not all names are accepted";
        let refused = Condition {
            kind: "Established",
            status: "False",
            reason: "NotAccepted",
            message,
        };
        set(&mut status, &refused, now);
    }
    Some(status)
}

/// The names that are accepted, and the last conflict.
fn resolve(
    wanted: &Value,
    accepted: &Value,
    used: &[&Value],
) -> (Value, Option<(&'static str, String)>) {
    let taken = |keys: &[&str], name: &str| {
        used.iter().any(|names| {
            keys.iter().any(|key| {
                names[*key] == name || list(&names[*key]).iter().any(|short| short == name)
            })
        })
    };
    let resources = |name: &str| taken(&["plural", "singular", "shortNames"], name);
    let kinds = |name: &str| taken(&["kind", "listKind"], name);
    let mut names = accepted.clone();
    let mut conflict = None;
    let in_use = |name: &str| format!("{} is already in use", go::quoted(name));
    let mut put = |key: &'static str, reason: &'static str, used: bool, name: &Value| {
        if name != &accepted[key] && used {
            conflict = Some((reason, in_use(text(name))));
        } else if !is_empty(name) {
            names[key] = name.clone();
        }
    };
    for (key, reason) in [
        ("plural", "PluralConflict"),
        ("singular", "SingularConflict"),
    ] {
        put(key, reason, resources(text(&wanted[key])), &wanted[key]);
    }
    let (short, known) = (&wanted["shortNames"], list(&accepted["shortNames"]));
    let conflicts: Vec<String> = list(short)
        .iter()
        .filter(|name| !known.contains(name) && resources(text(name)))
        .map(|name| in_use(text(name)))
        .collect();
    if conflicts.is_empty() {
        replace(&mut names, "shortNames", short);
    } else {
        conflict = Some(("ShortNamesConflict", aggregate(conflicts.into_iter())));
    }
    for (key, reason) in [("kind", "KindConflict"), ("listKind", "ListKindConflict")] {
        if wanted[key] != accepted[key] && kinds(text(&wanted[key])) {
            conflict = Some((reason, in_use(text(&wanted[key]))));
        } else if !is_empty(&wanted[key]) {
            names[key] = wanted[key].clone();
        }
    }
    replace(&mut names, "categories", &wanted["categories"]);
    (names, conflict)
}

fn replace(names: &mut Value, key: &str, value: &Value) {
    if let Some(names) = names.as_object_mut() {
        if list(value).is_empty() {
            names.remove(key);
        } else {
            names.insert(key.into(), value.clone());
        }
    }
}

/// The status once a definition whose names are accepted is served; none where nothing changes.
pub fn established(definition: &Value, now: Timestamp) -> Option<Value> {
    if !condition_is_true(definition, "NamesAccepted")
        || condition_is_true(definition, "Established")
    {
        return None;
    }
    let mut status = definition["status"].clone();
    let message = "the initial names have been accepted";
    set(
        &mut status,
        &Condition {
            kind: "Established",
            status: "True",
            reason: "InitialNamesAccepted",
            message,
        },
        now,
    );
    Some(status)
}

/// The status of a definition in a group of Kubernetes itself: whether it was approved. None where nothing changes.
pub fn approval_told(definition: &Value, now: Timestamp) -> Option<Value> {
    if !is_protected(definition) {
        return None;
    }
    let annotation = text(&definition["metadata"]["annotations"][APPROVAL]);
    let (is, reason, message) = match approval(definition) {
        Approval::Approved => (
            "True",
            "ApprovedAnnotation",
            format!("approved in {annotation}"),
        ),
        Approval::Bypassed => (
            "False",
            "UnapprovedAnnotation",
            format!("not approved: {}", go::quoted(annotation)),
        ),
        Approval::Missing | Approval::Invalid => return None,
    };
    let mut status = definition["status"].clone();
    let kind = "KubernetesAPIApprovalPolicyConformant";
    set(
        &mut status,
        &Condition {
            kind,
            status: is,
            reason,
            message: &message,
        },
        now,
    );
    (status != definition["status"]).then_some(status)
}

/// What the first delete makes of a definition, beside its `deletionTimestamp`: it stays until its objects are gone.
pub fn before_delete(definition: &mut Value, now: Timestamp) {
    let metadata = &mut definition["metadata"];
    match metadata["finalizers"].as_array_mut() {
        Some(finalizers) if finalizers.iter().any(|finalizer| finalizer == CLEANUP) => {}
        Some(finalizers) => finalizers.push(CLEANUP.into()),
        None => metadata["finalizers"] = json!([CLEANUP]),
    }
    let message =
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon";
    let pending = Condition {
        kind: "Terminating",
        status: "True",
        reason: "InstanceDeletionPending",
        message,
    };
    set(&mut definition["status"], &pending, now);
}

/// The status while the objects of a definition are deleted; once they are gone, its cleanup finalizer
/// (`customresourcecleanup.apiextensions.k8s.io`) is removed, and with it the definition.
pub fn terminating(definition: &Value, now: Timestamp) -> Value {
    let mut status = definition["status"].clone();
    let message = "CustomResource deletion is in progress";
    let progress = Condition {
        kind: "Terminating",
        status: "True",
        reason: "InstanceDeletionInProgress",
        message,
    };
    set(&mut status, &progress, now);
    status
}
