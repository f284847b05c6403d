//! Pods: a state told in a word.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{age, has_condition, is_deleted, items, name, number, text, text_or};
use crate::table::age::{moment, since};

/// What the containers of a Pod come to.
struct State {
    reason: String,
    ready: usize,
    restarts: Restarts,
}

/// How often containers were restarted, and when the last one ended.
#[derive(Clone, Copy, Default)]
struct Restarts {
    count: i64,
    last: Option<Timestamp>,
}

impl Restarts {
    fn add(&mut self, container: &Value) {
        self.count += number(&container["restartCount"]);
        self.last = self
            .last
            .max(moment(&container["lastState"]["terminated"]["finishedAt"]));
    }

    fn told(self, now: Timestamp) -> String {
        match self.last {
            Some(last) if self.count != 0 => {
                format!(
                    "{} ({} ago)",
                    self.count,
                    since(&last.to_string().into(), now)
                )
            }
            _ => self.count.to_string(),
        }
    }
}

pub(super) fn pod(pod: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&pod["spec"], &pod["status"]);
    let inits = items(&spec["initContainers"]);
    let total =
        items(&spec["containers"]).len() + inits.iter().filter(|init| is_sidecar(init)).count();
    let state = state(pod);
    vec![
        name(pod),
        format!("{}/{total}", state.ready).into(),
        state.reason.into(),
        state.restarts.told(now).into(),
        age(pod, now),
        text_or(&status["podIPs"][0]["ip"], "<none>").into(),
        text_or(&spec["nodeName"], "<none>").into(),
        text_or(&status["nominatedNodeName"], "<none>").into(),
        readiness_gates(pod).into(),
    ]
}

/// What a row tells of a Pod that has ended.
pub(crate) fn conditions(pod: &Value) -> Value {
    let message = match text(&pod["status"]["phase"]) {
        "Succeeded" => "The pod has completed successfully.",
        "Failed" => "The pod failed.",
        _ => return Value::Null,
    };
    json!([{"type": "Completed", "status": "True", "reason": pod["status"]["phase"], "message": message}])
}

fn state(pod: &Value) -> State {
    let status = &pod["status"];
    let mut reason = text_or(&status["reason"], text(&status["phase"])).to_owned();
    let gated = |condition: &&Value| {
        condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated"
    };
    if items(&status["conditions"])
        .iter()
        .any(|condition| gated(&condition))
    {
        "SchedulingGated".clone_into(&mut reason);
    }
    let mut state = State {
        reason,
        ready: 0,
        restarts: Restarts::default(),
    };
    let (initializing, sidecars) = state.go_through_inits(pod);
    if !initializing || has_condition(pod, "Initialized", "True") {
        state.restarts = sidecars;
        state.go_through_containers(pod);
    }
    if is_deleted(pod) {
        if status["reason"] == "NodeLost" {
            "Unknown".clone_into(&mut state.reason);
        } else if !["Failed", "Succeeded"].contains(&text(&status["phase"])) {
            "Terminating".clone_into(&mut state.reason);
        }
    }
    state
}

impl State {
    /// Whether they still run or have failed; and the restarts of those that go on beside the containers.
    fn go_through_inits(&mut self, pod: &Value) -> (bool, Restarts) {
        let inits = items(&pod["spec"]["initContainers"]);
        let mut sidecars = Restarts::default();
        for (index, container) in items(&pod["status"]["initContainerStatuses"])
            .iter()
            .enumerate()
        {
            let declared = inits.iter().find(|init| init["name"] == container["name"]);
            let sidecar = declared.is_some_and(is_sidecar);
            self.restarts.add(container);
            if sidecar {
                sidecars.add(container);
            }
            let terminated = &container["state"]["terminated"];
            let waiting = text(&container["state"]["waiting"]["reason"]);
            if terminated.is_object() && number(&terminated["exitCode"]) == 0 {
                continue;
            }
            if sidecar && container["started"] == true {
                self.ready += usize::from(container["ready"] == true);
                continue;
            }
            self.reason = if terminated.is_object() {
                format!("Init:{}", how_it_ended(terminated))
            } else if !["", "PodInitializing"].contains(&waiting) {
                format!("Init:{waiting}")
            } else {
                format!("Init:{index}/{}", inits.len())
            };
            return (true, sidecars);
        }
        (false, sidecars)
    }

    fn go_through_containers(&mut self, pod: &Value) {
        let mut running = false;
        let mut error = None;
        for container in items(&pod["status"]["containerStatuses"]).iter().rev() {
            self.restarts.add(container);
            let state = &container["state"];
            let waiting = text(&state["waiting"]["reason"]);
            let terminated = &state["terminated"];
            if !waiting.is_empty() {
                waiting.clone_into(&mut self.reason);
            } else if terminated.is_object() {
                self.reason = how_it_ended(terminated);
                if number(&terminated["exitCode"]) != 0 {
                    error = Some(self.reason.clone());
                }
            } else if container["ready"] == true && state["running"].is_object() {
                running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" {
            if running && has_condition(pod, "Ready", "True") {
                "Running".clone_into(&mut self.reason);
            } else if let Some(error) = error {
                self.reason = error;
            } else if running {
                "NotReady".clone_into(&mut self.reason);
            }
        }
    }
}

fn how_it_ended(terminated: &Value) -> String {
    match (text(&terminated["reason"]), number(&terminated["signal"])) {
        ("", 0) => format!("ExitCode:{}", number(&terminated["exitCode"])),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

/// Whether an init container goes on beside the containers.
fn is_sidecar(container: &Value) -> bool {
    container["restartPolicy"] == "Always"
}

fn readiness_gates(pod: &Value) -> String {
    let gates = items(&pod["spec"]["readinessGates"]);
    let open = gates
        .iter()
        .filter(|gate| has_condition(pod, text(&gate["conditionType"]), "True"));
    match gates.len() {
        0 => "<none>".to_owned(),
        all => format!("{}/{all}", open.count()),
    }
}
