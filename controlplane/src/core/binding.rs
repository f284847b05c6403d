//! Bindings: a pod is given its node.

use serde_json::{Value, json};

use super::{
    Asked, Core,
    answer::Reply,
    decode,
    field::{Errors, Field},
    object::{Object, seconds, texts},
    query::WriteKind,
    update::check_uid,
    write::{Write, settle_namespace},
};
use crate::{Refusal, refusal::aggregate, types};

impl Core {
    pub(super) fn bind(&mut self, asked: &Asked<'_>) -> Result<Reply, Refusal> {
        let media = decode::media(asked.headers)?;
        decode::check_size(asked.body)?;
        let pods = self.resource_of("pods").expect("pods are served");
        let write = Write::of(asked, &pods, WriteKind::Create)?;
        let decoded = types::decode("", "v1", "Binding", asked.body, media);
        let decoded = decoded.expect("the table has bindings")?;
        let mut binding = Object::new(decoded.value).expect("a kind is an object");
        settle_namespace(&mut binding, asked.call, &pods)?;
        let name = binding.name().to_owned();
        if !asked.call.name.is_empty() && name != asked.call.name {
            return Err(Refusal::bad_request(
                "name in URL does not match name in Binding object",
            ));
        }
        let errors = validate(&binding);
        if !errors.is_empty() {
            let messages = errors.iter().map(ToString::to_string);
            return Err(Refusal::unknown(&aggregate(messages)));
        }
        if binding.text("/target/kind") == "Node" {
            let node = binding.text("/target/name").to_owned();
            self.label_by_topology(&node, &mut binding);
        }
        let pod = self.find(&pods, &asked.call.namespace, &name)?;
        check_uid(&binding, Some(&pod.object), &write)?;
        if !binding.resource_version().is_empty() {
            return Err(Refusal::not_implemented(
                "bindings of a certain version of a pod",
            ));
        }
        if let Some(why) = unbindable(&pod.object) {
            let mut subject = pods.subject(&name);
            subject.resource = "pods/binding".into();
            return Err(Refusal::conflict(&subject, &why));
        }
        if !write.options.dry_run {
            let mut bound = pod.object.clone();
            assign(&mut bound, &binding, &seconds(asked.now));
            self.put(&pods.collection, bound);
        }
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
        });
        Ok(Reply::json(201, &status))
    }
}

fn validate(binding: &Object) -> Errors {
    let target = Field::of(binding, "target");
    let kind = target.at("kind");
    let mut errors = Errors::new();
    if !matches!(kind.text(), "" | "Node") {
        errors.push(kind.not_supported(&["Node", "<empty>"]));
    }
    errors.extend(target.at("name").need());
    errors
}

/// Why a pod can't be given a node.
fn unbindable(pod: &Object) -> Option<String> {
    let name = pod.name();
    let node = pod.text("/spec/nodeName");
    let gates = pod.value()["spec"]["schedulingGates"].as_array();
    if pod.is_being_deleted() {
        Some(format!(
            "pod {name} is being deleted, cannot be assigned to a host"
        ))
    } else if !node.is_empty() {
        Some(format!("pod {name} is already assigned to node {node:?}"))
    } else if gates.is_some_and(|gates| !gates.is_empty()) {
        Some(format!("pod {name} has non-empty .spec.schedulingGates"))
    } else {
        None
    }
}

fn assign(pod: &mut Object, binding: &Object, now: &str) {
    pod.value_mut()["spec"]["nodeName"] = binding.text("/target/name").into();
    for map in ["annotations", "labels"] {
        let given = texts(binding.meta().get(map));
        for (key, value) in given {
            let entries = pod.meta_mut().entry(map).or_insert_with(|| json!({}));
            entries[key] = value.into();
        }
    }
    let status = &mut pod.value_mut()["status"];
    if let Some(fields) = status.as_object_mut() {
        fields.remove("nominatedNodeName");
    }
    let scheduled = json!({
        "type": "PodScheduled", "status": "True",
        "lastProbeTime": null, "lastTransitionTime": now,
    });
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(conditions) = status["conditions"].as_array_mut() else {
        return;
    };
    let known = conditions
        .iter_mut()
        .find(|it| it["type"] == "PodScheduled");
    match known {
        None => conditions.push(scheduled),
        Some(known) => {
            let mut scheduled = scheduled;
            if known["status"] == scheduled["status"] {
                scheduled["lastTransitionTime"] = known["lastTransitionTime"].clone();
            }
            *known = Value::take(&mut scheduled);
        }
    }
}
