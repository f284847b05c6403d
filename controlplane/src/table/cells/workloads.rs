//! What runs Pods.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    age, containers, count, has_condition, is_deleted, items, name, number, text, text_or,
};
use crate::table::{
    age::{human_duration, moment, seconds_between, since},
    selector::{labels, requirements, selector},
};

/// The containers of an object's template.
fn template_containers(object: &Value) -> [Value; 2] {
    containers(&object["spec"]["template"]["spec"]["containers"])
}

pub(super) fn pod_template(object: &Value, _: Timestamp) -> Vec<Value> {
    let template = &object["template"];
    let [names, images] = containers(&template["spec"]["containers"]);
    vec![
        name(object),
        names,
        images,
        labels(&template["metadata"]["labels"]).into(),
    ]
}

fn replicas(object: &Value, now: Timestamp, selector: String) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = template_containers(object);
    vec![
        name(object),
        number(&spec["replicas"]).into(),
        number(&status["replicas"]).into(),
        number(&status["readyReplicas"]).into(),
        age(object, now),
        names,
        images,
        selector.into(),
    ]
}

pub(super) fn replication_controller(object: &Value, now: Timestamp) -> Vec<Value> {
    replicas(object, now, labels(&object["spec"]["selector"]))
}

pub(super) fn replica_set(object: &Value, now: Timestamp) -> Vec<Value> {
    replicas(object, now, selector(&object["spec"]["selector"]))
}

fn ready_of_desired(object: &Value) -> Value {
    let ready = number(&object["status"]["readyReplicas"]);
    format!("{ready}/{}", number(&object["spec"]["replicas"])).into()
}

pub(super) fn deployment(object: &Value, now: Timestamp) -> Vec<Value> {
    let status = &object["status"];
    let [names, images] = template_containers(object);
    vec![
        name(object),
        ready_of_desired(object),
        number(&status["updatedReplicas"]).into(),
        number(&status["availableReplicas"]).into(),
        age(object, now),
        names,
        images,
        requirements(&object["spec"]["selector"]).into(),
    ]
}

pub(super) fn stateful_set(object: &Value, now: Timestamp) -> Vec<Value> {
    let [names, images] = template_containers(object);
    vec![
        name(object),
        ready_of_desired(object),
        age(object, now),
        names,
        images,
    ]
}

pub(super) fn daemon_set(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let counts = [
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    ];
    let mut cells = vec![name(object)];
    cells.extend(counts.map(|field| number(&status[field]).into()));
    cells.push(labels(&spec["template"]["spec"]["nodeSelector"]).into());
    cells.push(age(object, now));
    cells.extend(template_containers(object));
    cells.push(selector(&spec["selector"]).into());
    cells
}

pub(super) fn controller_revision(object: &Value, now: Timestamp) -> Vec<Value> {
    let owners = items(&object["metadata"]["ownerReferences"]);
    let controller = owners.iter().find(|owner| owner["controller"] == true);
    let told = controller.map_or_else(
        || "<none>".to_owned(),
        |owner| {
            let kind = text(&owner["kind"]).to_lowercase();
            let group = text(&owner["apiVersion"])
                .split_once('/')
                .map(|(group, _)| group);
            let group = group.map_or(String::new(), |group| format!(".{group}"));
            format!("{kind}{group}/{}", text(&owner["name"]))
        },
    );
    let revision = number(&object["revision"]);
    vec![name(object), told.into(), revision.into(), age(object, now)]
}

pub(super) fn scale(object: &Value, now: Timestamp) -> Vec<Value> {
    let replicas = |part: &str| number(&object[part]["replicas"]).into();
    vec![
        name(object),
        replicas("spec"),
        replicas("status"),
        age(object, now),
    ]
}

pub(super) fn job(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let succeeded = number(&status["succeeded"]);
    let completions = match (spec["completions"].as_i64(), number(&spec["parallelism"])) {
        (Some(completions), _) => format!("{succeeded}/{completions}"),
        (None, parallelism @ 2..) => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    };
    let duration = moment(&status["startTime"]).map_or(String::new(), |start| {
        let end = moment(&status["completionTime"]).unwrap_or(now);
        human_duration(seconds_between(start, end))
    });
    let mut cells = vec![
        name(object),
        job_status(object).into(),
        completions.into(),
        duration.into(),
        age(object, now),
    ];
    cells.extend(template_containers(object));
    cells.push(selector(&spec["selector"]).into());
    cells
}

fn job_status(object: &Value) -> &'static str {
    let has = |kind: &str| has_condition(object, kind, "True");
    if has("Complete") {
        "Complete"
    } else if has("Failed") {
        "Failed"
    } else if is_deleted(object) {
        "Terminating"
    } else if has("Suspended") {
        "Suspended"
    } else if has("FailureTarget") {
        "FailureTarget"
    } else if has("SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    }
}

pub(super) fn cron_job(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let job = &spec["jobTemplate"]["spec"];
    let suspended = match spec["suspend"].as_bool() {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    let scheduled = match &status["lastScheduleTime"] {
        Value::Null => "<none>".to_owned(),
        time => since(time, now),
    };
    let mut cells = vec![
        name(object),
        text(&spec["schedule"]).into(),
        text_or(&spec["timeZone"], "<none>").into(),
        suspended.into(),
        count(&status["active"]).into(),
        scheduled.into(),
        age(object, now),
    ];
    cells.extend(containers(&job["template"]["spec"]["containers"]));
    cells.push(selector(&job["selector"]).into());
    cells
}

pub(super) fn pod_disruption_budget(object: &Value, now: Timestamp) -> Vec<Value> {
    let bound = |field: &str| match &object["spec"][field] {
        Value::Null => json!("N/A"),
        Value::String(text) => text.as_str().into(),
        number => number.to_string().into(),
    };
    vec![
        name(object),
        bound("minAvailable"),
        bound("maxUnavailable"),
        number(&object["status"]["disruptionsAllowed"]).into(),
        age(object, now),
    ]
}
