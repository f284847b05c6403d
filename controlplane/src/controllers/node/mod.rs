//! A node where Pods turn ready, though no process runs: what kube-scheduler and a kubelet make of them, as KWOK does.
//!
//! - Each Pod is given to the node, unless it is unschedulable: what else keeps a Pod from a node is not looked at.
//! - A Pod is ready at once; one of a Job succeeds a second later. No probe is asked.
//! - An image named `…/does-not-exist…` can't be pulled: its container waits for ever.
//! - A Pod that is deleted is gone at once.

mod status;
#[cfg(test)]
mod tests;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    Again, Outcome,
    desk::{Desk, Who},
    feed::Change,
    recorder::{About, Note, Recorder, Source},
};
use crate::{
    Refusal,
    core::object::{Key, Object, seconds},
};
use status::Image;

/// The node's name.
const NAME: &str = "myop-node";
const ADDRESS: &str = "10.244.0.1";
const KUBELET: Source = Source {
    who: Who::Kubelet(NAME),
    component: "kubelet",
};
const SCHEDULER: Source = Source {
    who: Who::Scheduler,
    component: "default-scheduler",
};

/// How long the process of a Job's Pod would run.
const A_JOB_TAKES: SignedDuration = SignedDuration::from_secs(1);
/// How long an image is tried to be pulled until that is told to be hopeless.
const BACK_OFF_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Something to be done on the node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// The node is to be there.
    Register,
    Pod(Key),
}

/// What the node knows besides what is stored.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// How many Pods have got an address.
    addresses: u16,
}

/// What a change makes necessary.
pub(super) fn tasks(change: &Change, desk: &Desk<'_>) -> Vec<Task> {
    match &*change.collection {
        "pods" if change.after.is_some() => vec![Task::Pod(change.key())],
        "nodes" if change.key().name == NAME => {
            let all = desk.objects("pods", None);
            let waiting = all
                .iter()
                .filter(|pod| pod.object.text("/spec/nodeName").is_empty());
            let mut tasks: Vec<_> = waiting.map(|pod| Task::Pod(pod.object.key())).collect();
            tasks.push(Task::Register);
            tasks
        }
        _ => Vec::new(),
    }
}

impl Node {
    pub(super) fn carry_out(
        &mut self,
        task: &Task,
        desk: &mut Desk<'_>,
        recorder: &mut Recorder,
    ) -> Outcome {
        match task {
            Task::Register => register(desk),
            Task::Pod(key) => self.look_after(key, desk, recorder),
        }
    }

    fn look_after(&mut self, key: &Key, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
        let Some(found) = desk.get("pods", key) else {
            return Ok(Again::No);
        };
        let pod = &found.object;
        match pod.text("/spec/nodeName") {
            "" => {
                schedule(pod, desk, recorder)?;
                Ok(Again::No)
            }
            NAME if pod.is_being_deleted() => {
                end(pod, desk)?;
                Ok(Again::No)
            }
            NAME => self.run(pod, desk, recorder),
            _ => Ok(Again::No),
        }
    }

    fn run(&mut self, pod: &Object, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
        if matches!(pod.text("/status/phase"), "Succeeded" | "Failed") {
            return Ok(Again::No);
        }
        let since = pod.text("/status/startTime").parse().unwrap_or(desk.now);
        let after = |pause| since.checked_add(pause).unwrap_or(since);
        let (done, hopeless) = (after(A_JOB_TAKES), after(BACK_OFF_AFTER));
        let image = if desk.now >= hopeless {
            Image::BackOff
        } else {
            Image::Error
        };
        let is_of_job = pod
            .owners()
            .any(|owner| owner.controller && owner.kind == "Job");
        let lacks_image = status::lacks_image(pod);
        let status = if is_of_job && !lacks_image && status::is_running(pod) && desk.now >= done {
            status::succeeded(pod, desk.now)
        } else {
            let mut told = pod.clone();
            if pod.text("/status/podIP").is_empty() {
                let address = self.next_address();
                told.value_mut()["status"]["podIP"] = address.into();
            }
            status::running(&told, image, ADDRESS, desk.now)
        };
        if status != pod.value()["status"] {
            let mut told = pod.clone();
            told.fields_mut().insert("status".into(), status);
            desk.update(KUBELET.who, "pods", "status", &told)?;
            for (container, name) in status::images_not_there(pod) {
                tell_of_image(pod, container, name, image, desk, recorder);
            }
        }
        Ok(match (lacks_image, is_of_job) {
            (true, _) if desk.now < hopeless => Again::At(hopeless),
            (false, true) if desk.now < done => Again::At(done),
            _ => Again::No,
        })
    }

    /// Of `10.244.0.0/16`; its first one is the node's.
    fn next_address(&mut self) -> String {
        self.addresses = self
            .addresses
            .checked_add(1)
            .filter(|last| *last < u16::MAX)
            .unwrap_or(1);
        let [high, low] = (self.addresses + 1).to_be_bytes();
        format!("10.244.{high}.{low}")
    }
}

fn schedule(pod: &Object, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Result<(), Refusal> {
    let gates = pod.value()["spec"]["schedulingGates"].as_array();
    let is_gated = gates.is_some_and(|gates| !gates.is_empty());
    let is_mine = pod.text("/spec/schedulerName") == SCHEDULER.component;
    let found = desk.get("nodes", &Key::new("", NAME));
    let is_open = found.is_some_and(|one| one.object.value()["spec"]["unschedulable"] != true);
    if is_gated || !is_mine || !is_open || pod.is_being_deleted() {
        return Ok(());
    }
    let key = pod.key();
    desk.bind(SCHEDULER.who, &key, NAME)?;
    let message = format!(
        "Successfully assigned {}/{} to {NAME}",
        key.namespace, key.name
    );
    let note = Note {
        about: about(pod, String::new()),
        is_warning: false,
        reason: "Scheduled",
        message,
    };
    recorder.record(desk, SCHEDULER, &note);
    Ok(())
}

/// Its processes have ended.
fn end(pod: &Object, desk: &mut Desk<'_>) -> Result<(), Refusal> {
    let options = json!({
        "apiVersion": "v1", "kind": "DeleteOptions",
        "gracePeriodSeconds": 0, "preconditions": {"uid": pod.uid()},
    });
    desk.delete(KUBELET.who, "pods", &pod.key(), &options)
}

fn tell_of_image(
    pod: &Object,
    container: &str,
    image: &str,
    how: Image,
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) {
    let notes = match how {
        Image::Error => [
            (
                true,
                "Failed",
                format!("Failed to pull image \"{image}\": not found"),
            ),
            (true, "Failed", "Error: ErrImagePull".to_owned()),
        ],
        Image::BackOff => [
            (
                false,
                "BackOff",
                format!("Back-off pulling image \"{image}\""),
            ),
            (true, "Failed", "Error: ImagePullBackOff".to_owned()),
        ],
    };
    for (is_warning, reason, message) in notes {
        let note = Note {
            about: about(pod, format!("spec.containers{{{container}}}")),
            is_warning,
            reason,
            message,
        };
        recorder.record(desk, KUBELET, &note);
    }
}

fn about(pod: &Object, field: String) -> About {
    About {
        api_version: "v1".into(),
        kind: "Pod".into(),
        key: pod.key(),
        uid: pod.uid().into(),
        resource_version: pod.resource_version().into(),
        field,
    }
}

fn register(desk: &mut Desk<'_>) -> Outcome {
    if desk.get("nodes", &Key::new("", NAME)).is_some() {
        return Ok(Again::No);
    }
    let node = json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": NAME, "labels": {
            "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": NAME, "kubernetes.io/os": "linux",
        }},
        "spec": {"podCIDR": "10.244.0.0/16", "podCIDRs": ["10.244.0.0/16"]},
    });
    let mut node = desk.create(KUBELET.who, "nodes", "", &node)?;
    node.fields_mut().insert("status".into(), node_status(desk));
    desk.update(KUBELET.who, "nodes", "status", &node)?;
    Ok(Again::No)
}

fn node_status(desk: &Desk<'_>) -> Value {
    let now = seconds(desk.now);
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastHeartbeatTime": now, "lastTransitionTime": now,
        })
    };
    let resources =
        json!({"cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "65534"});
    json!({
        "addresses": [
            {"type": "InternalIP", "address": ADDRESS},
            {"type": "Hostname", "address": NAME},
        ],
        "allocatable": resources,
        "capacity": resources,
        "conditions": [
            condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "architecture": "amd64", "operatingSystem": "linux",
            "osImage": "none: no process runs here", "containerRuntimeVersion": "none",
            "kubeletVersion": "v1.35.0", "kubeProxyVersion": "",
            "bootID": "", "kernelVersion": "", "machineID": "", "systemUUID": "",
        },
    })
}
