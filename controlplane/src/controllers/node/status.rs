//! What a kubelet tells of a Pod.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::core::object::{Object, seconds};

/// How far one is with an image that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Image {
    Error,
    BackOff,
}

/// Whether an image is one that can't be pulled.
fn is_not_there(image: &str) -> bool {
    image.contains("/does-not-exist")
}

fn containers<'a>(pod: &'a Object, field: &str) -> impl Iterator<Item = &'a Value> {
    pod.value()["spec"][field].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The containers whose images can't be pulled, and these.
pub(super) fn images_not_there(pod: &Object) -> impl Iterator<Item = (&str, &str)> {
    let all = containers(pod, "containers").map(|one| (text(one, "name"), text(one, "image")));
    all.filter(|(_, image)| is_not_there(image))
}

pub(super) fn lacks_image(pod: &Object) -> bool {
    images_not_there(pod).next().is_some()
}

pub(super) fn is_running(pod: &Object) -> bool {
    pod.text("/status/phase") == "Running"
}

/// The status of a Pod that has an address, and whose containers run as far as their images are there.
pub(super) fn running(pod: &Object, image: Image, host: &str, now: Timestamp) -> Value {
    let mut status = pod.value()["status"].clone();
    let address = status["podIP"].clone();
    status["phase"] = if lacks_image(pod) {
        "Pending"
    } else {
        "Running"
    }
    .into();
    status["hostIP"] = host.into();
    status["hostIPs"] = json!([{"ip": host}]);
    status["podIPs"] = json!([{"ip": address}]);
    if status["startTime"].is_null() {
        status["startTime"] = seconds(now).into();
    }
    let started = text(&status, "startTime").to_owned();
    let of_containers = containers(pod, "containers").map(|one| {
        let image_name = text(one, "image");
        if is_not_there(image_name) {
            container(one, false, false, &waiting(image_name, image))
        } else {
            container(one, true, true, &json!({"running": {"startedAt": started}}))
        }
    });
    set_containers(&mut status, "containerStatuses", of_containers.collect());
    let of_init = containers(pod, "initContainers").map(|one| {
        if one["restartPolicy"] == "Always" {
            container(one, true, true, &json!({"running": {"startedAt": started}}))
        } else {
            container(one, true, false, &completed(&started, &started))
        }
    });
    set_containers(&mut status, "initContainerStatuses", of_init.collect());
    set_generation(&mut status, pod);
    let unready: Vec<_> = images_not_there(pod).map(|(name, _)| name).collect();
    let unready = (!unready.is_empty()).then(|| {
        let message = format!("containers with unready status: [{}]", unready.join(" "));
        ("ContainersNotReady", message)
    });
    let gates = gates_not_ready(pod).map(|message| ("ReadinessGatesNotReady", message));
    let ready = unready.clone().or(gates);
    set_conditions(
        &mut status,
        pod,
        [
            ("PodReadyToStartContainers", true, None),
            ("Initialized", true, None),
            ("Ready", ready.is_none(), ready),
            ("ContainersReady", unready.is_none(), unready),
            ("PodScheduled", true, None),
        ],
        now,
    );
    status
}

/// The status of a Pod whose containers have ended well.
pub(super) fn succeeded(pod: &Object, now: Timestamp) -> Value {
    let mut status = pod.value()["status"].clone();
    let started = text(&status, "startTime").to_owned();
    status["phase"] = "Succeeded".into();
    let ended = completed(&started, &seconds(now));
    let of_containers =
        containers(pod, "containers").map(|one| container(one, false, false, &ended));
    set_containers(&mut status, "containerStatuses", of_containers.collect());
    set_generation(&mut status, pod);
    let done = Some(("PodCompleted", String::new()));
    set_conditions(
        &mut status,
        pod,
        [
            ("PodReadyToStartContainers", false, None),
            ("Initialized", true, done.clone()),
            ("Ready", false, done.clone()),
            ("ContainersReady", false, done),
            ("PodScheduled", true, None),
        ],
        now,
    );
    status
}

fn set_generation(status: &mut Value, pod: &Object) {
    if pod.generation() > 0 {
        status["observedGeneration"] = pod.generation().into();
    }
}

fn set_containers(status: &mut Value, field: &str, containers: Vec<Value>) {
    if !containers.is_empty() {
        status[field] = containers.into();
    }
}

fn container(of: &Value, ready: bool, started: bool, state: &Value) -> Value {
    json!({
        "name": of["name"], "image": of["image"], "imageID": "",
        "ready": ready, "started": started, "restartCount": 0, "state": state, "lastState": {},
    })
}

fn completed(started: &str, ended: &str) -> Value {
    json!({"terminated": {
        "exitCode": 0, "reason": "Completed", "startedAt": started, "finishedAt": ended,
    }})
}

fn waiting(name: &str, image: Image) -> Value {
    let (reason, message) = match image {
        Image::Error => (
            "ErrImagePull",
            format!("failed to pull image \"{name}\": not found"),
        ),
        Image::BackOff => (
            "ImagePullBackOff",
            format!(
                "Back-off pulling image \"{name}\": ErrImagePull: failed to pull image \"{name}\": not found"
            ),
        ),
    };
    json!({"waiting": {"reason": reason, "message": message}})
}

/// What others must say first before a Pod is ready (`GenerateContainersReadyCondition` of the kubelet).
fn gates_not_ready(pod: &Object) -> Option<String> {
    let mut complaints = Vec::new();
    let conditions = pod.value()["status"]["conditions"].as_array();
    for gate in containers(pod, "readinessGates").map(|gate| text(gate, "conditionType")) {
        let mut told = conditions.into_iter().flatten();
        match told
            .find(|one| one["type"] == gate)
            .map(|one| text(one, "status"))
        {
            Some("True") => {}
            None => complaints.push(format!(
                "corresponding condition of pod readiness gate \"{gate}\" does not exist."
            )),
            Some(status) => complaints.push(format!(
                "the status of pod readiness gate \"{gate}\" is not \"True\", but {status}"
            )),
        }
    }
    (!complaints.is_empty()).then(|| complaints.join(", "))
}

type Told<'a> = (&'a str, bool, Option<(&'a str, String)>);

/// Sets the kubelet's conditions; those of others stay behind them.
fn set_conditions(status: &mut Value, pod: &Object, told: [Told<'_>; 5], now: Timestamp) {
    let before = status["conditions"].as_array().cloned().unwrap_or_default();
    let mut conditions = Vec::new();
    for (kind, is_true, why) in told {
        let truth = if is_true { "True" } else { "False" };
        let mut condition =
            json!({"type": kind, "status": truth, "lastTransitionTime": seconds(now)});
        if pod.generation() > 0 {
            condition["observedGeneration"] = pod.generation().into();
        }
        if let Some((reason, message)) = why {
            condition["reason"] = reason.into();
            if !message.is_empty() {
                condition["message"] = message.into();
            }
        }
        let old = before.iter().find(|one| one["type"] == kind);
        if let Some(old) = old.filter(|old| old["status"] == truth) {
            condition["lastTransitionTime"] = old["lastTransitionTime"].clone();
        }
        conditions.push(condition);
    }
    let is_own = |one: &&Value| !conditions.iter().any(|own| own["type"] == one["type"]);
    let others: Vec<_> = before.iter().filter(is_own).cloned().collect();
    conditions.extend(others);
    status["conditions"] = conditions.into();
}
