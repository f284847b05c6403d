//! Services, as `pkg/registry/core/service` in Kubernetes has them.

mod addresses;
mod families;
mod ports;
mod validation;
mod warnings;

use serde_json::{Value, json};

use super::super::{
    builtin::{Builtin, Ground, PLAIN},
    names,
    object::Object,
    resource::Part,
};
use crate::{FieldError, Refusal, Subject};

pub(super) const KIND: Builtin = Builtin {
    plural: "services",
    name: names::dns_1035_label,
    status: true,
    create_on_update: true,
    returns_deleted: true,
    fields: &["spec.clusterIP", "spec.type"],
    allocate,
    keep,
    settle,
    validate: |service| validation::validate(service, None),
    validate_update: validation::validate_update,
    warnings: |service, _| warnings::of(service),
    ..PLAIN
};

/// The Service `kubernetes`, which is there from the beginning.
pub(crate) fn kubernetes(now: &str) -> Object {
    let entry = json!({
        "manager": "kube-apiserver", "operation": "Update", "apiVersion": "v1", "time": now,
        "fieldsType": "FieldsV1",
        "fieldsV1": {
            "f:metadata": {"f:labels": {".": {}, "f:component": {}, "f:provider": {}}},
            "f:spec": {
                "f:clusterIP": {}, "f:internalTrafficPolicy": {}, "f:ipFamilyPolicy": {},
                "f:ports": {
                    ".": {},
                    "k:{\"port\":443,\"protocol\":\"TCP\"}": {
                        ".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}, "f:targetPort": {},
                    },
                },
                "f:sessionAffinity": {}, "f:type": {},
            },
        },
    });
    let service = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "kubernetes", "namespace": "default", "creationTimestamp": now,
            "labels": {"component": "apiserver", "provider": "kubernetes"},
            "managedFields": [entry],
        },
        "spec": {
            "clusterIP": addresses::FIRST, "clusterIPs": [addresses::FIRST],
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
            "sessionAffinity": "None", "type": "ClusterIP",
        },
        "status": {"loadBalancer": {}},
    });
    Object::new(service).expect("a Service is an object")
}

/// Gives a Service addresses and ports.
fn allocate(
    ground: &mut Ground<'_>,
    service: &mut Object,
    old: Option<&Object>,
) -> Result<(), Refusal> {
    if let Some(old) = old {
        let (new, old) = (&mut service.value_mut()["spec"], &old.value()["spec"]);
        addresses::take_over(new, old);
        ports::take_over(new, old);
    }
    addresses::agree(service, old);
    families::settle(service, old)?;
    addresses::allocate(ground, service, old)?;
    ports::allocate(ground, service, old)
}

/// What a change of type leaves behind is dropped, but where it was changed, too (`dropTypeDependentFields`).
fn keep(new: &mut Object, old: &Object, part: Part) {
    if part == Part::Status {
        return;
    }
    let before = &old.value()["spec"];
    let spec = &mut new.value_mut()["spec"];
    let same = |spec: &Value, names: &[&str]| names.iter().all(|name| spec[*name] == before[*name]);
    if needs_address(before) && !needs_address(spec) {
        if same(spec, &["clusterIP", "clusterIPs"]) {
            remove(spec, &["clusterIP", "clusterIPs"]);
        }
        for name in ["ipFamilies", "ipFamilyPolicy"] {
            if same(spec, &[name]) {
                remove(spec, &[name]);
            }
        }
    }
    let no_new_ports = ports::of(spec)
        .iter()
        .all(|port| ports::of(before).contains(port));
    if uses_ports(before) && !uses_ports(spec) && no_new_ports {
        for port in spec["ports"].as_array_mut().into_iter().flatten() {
            remove(port, &["nodePort"]);
        }
    }
    if needs_health_check(before)
        && !needs_health_check(spec)
        && same(spec, &["healthCheckNodePort"])
    {
        remove(spec, &["healthCheckNodePort"]);
    }
    if before["type"] == "LoadBalancer" && spec["type"] != "LoadBalancer" {
        for name in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if same(spec, &[name]) {
                remove(spec, &[name]);
            }
        }
    }
    if is_reachable_from_outside(before)
        && !is_reachable_from_outside(spec)
        && same(spec, &["externalTrafficPolicy"])
    {
        remove(spec, &["externalTrafficPolicy"]);
    }
    if spec["type"] != "LoadBalancer" {
        new.value_mut()["status"]["loadBalancer"] = json!({});
    }
}

/// Who is elsewhere gets no traffic from here.
fn settle(service: &mut Object) {
    let spec = &mut service.value_mut()["spec"];
    if !needs_address(spec) {
        remove(spec, &["internalTrafficPolicy"]);
    }
}

fn remove(fields: &mut Value, names: &[&str]) {
    if let Some(fields) = fields.as_object_mut() {
        for name in names {
            fields.remove(*name);
        }
    }
}

fn needs_address(spec: &Value) -> bool {
    spec["type"] != "ExternalName"
}

fn uses_ports(spec: &Value) -> bool {
    spec["type"] == "NodePort" || spec["type"] == "LoadBalancer"
}

fn needs_health_check(spec: &Value) -> bool {
    spec["type"] == "LoadBalancer" && spec["externalTrafficPolicy"] == "Local"
}

fn is_reachable_from_outside(spec: &Value) -> bool {
    let has_addresses = spec["externalIPs"]
        .as_array()
        .is_some_and(|list| !list.is_empty());
    uses_ports(spec) || spec["type"] == "ClusterIP" && has_addresses
}

fn is_headless(spec: &Value) -> bool {
    spec["clusterIPs"] == json!(["None"])
}

/// The texts of a list of a specification.
fn texts<'a>(spec: &'a Value, name: &str) -> Vec<&'a str> {
    let list = spec[name].as_array().into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}

fn invalid(service: &Object, errors: &[FieldError]) -> Refusal {
    let subject = Subject {
        resource: "Service".into(),
        name: service.name().into(),
        ..Subject::default()
    };
    Refusal::invalid(&subject, errors)
}
