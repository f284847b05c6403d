//! What connects Pods.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{age, first_three, items, joined, name, number, or, text, text_or};
use crate::table::selector::{labels, selector};

pub(super) fn service(object: &Value, now: Timestamp) -> Vec<Value> {
    let spec = &object["spec"];
    let ports: Vec<_> = items(&spec["ports"]).iter().map(service_port).collect();
    vec![
        name(object),
        text(&spec["type"]).into(),
        text_or(&spec["clusterIPs"][0], "<none>").into(),
        external_ip(object).into(),
        or(ports.join(","), "<none>").into(),
        age(object, now),
        labels(&spec["selector"]).into(),
    ]
}

fn service_port(port: &Value) -> String {
    let (number, protocol) = (number(&port["port"]), text(&port["protocol"]));
    match port["nodePort"].as_i64() {
        Some(node @ 1..) => format!("{number}:{node}/{protocol}"),
        _ => format!("{number}/{protocol}"),
    }
}

fn external_ip(object: &Value) -> String {
    let spec = &object["spec"];
    let external = items(&spec["externalIPs"]).iter().map(text);
    let (addresses, none) = match text(&spec["type"]) {
        "ClusterIP" | "NodePort" => (joined(external), "<none>"),
        "LoadBalancer" => {
            let balancer = load_balancer(object);
            let balancer = Some(balancer.as_str()).filter(|told| !told.is_empty());
            (joined(balancer.into_iter().chain(external)), "<pending>")
        }
        "ExternalName" => return text(&spec["externalName"]).to_owned(),
        _ => (String::new(), "<unknown>"),
    };
    or(addresses, none)
}

/// Addresses and host names, sorted.
fn load_balancer(object: &Value) -> String {
    let ingress = items(&object["status"]["loadBalancer"]["ingress"]);
    let points: BTreeSet<_> = ingress
        .iter()
        .map(|point| text_or(&point["ip"], text(&point["hostname"])))
        .filter(|point| !point.is_empty())
        .collect();
    joined(points.into_iter())
}

pub(super) fn endpoints(object: &Value, now: Timestamp) -> Vec<Value> {
    let subsets = items(&object["subsets"]);
    let mut points = Vec::new();
    for subset in subsets {
        let addresses = items(&subset["addresses"]);
        let ports = items(&subset["ports"]);
        if ports.is_empty() {
            points.extend(
                addresses
                    .iter()
                    .map(|address| text(&address["ip"]).to_owned()),
            );
        }
        for port in ports {
            let port = number(&port["port"]);
            points.extend(addresses.iter().map(|address| match text(&address["ip"]) {
                ip if ip.contains(':') => format!("[{ip}]:{port}"),
                ip => format!("{ip}:{port}"),
            }));
        }
    }
    let told = if subsets.is_empty() {
        "<none>".to_owned()
    } else {
        first_three(&points)
    };
    vec![name(object), told.into(), age(object, now)]
}

pub(super) fn endpoint_slice(object: &Value, now: Timestamp) -> Vec<Value> {
    let ports: Vec<_> = items(&object["ports"])
        .iter()
        .map(|port| match (port["port"].as_i64(), &port["name"]) {
            (Some(number), _) => number.to_string(),
            (None, Value::String(name)) => name.clone(),
            (None, _) => "*".to_owned(),
        })
        .collect();
    let addresses: Vec<_> = items(&object["endpoints"])
        .iter()
        .flat_map(|endpoint| items(&endpoint["addresses"]))
        .map(|address| text(address).to_owned())
        .collect();
    let told = |texts: &[String]| or(first_three(texts), "<unset>").into();
    vec![
        name(object),
        text(&object["addressType"]).into(),
        told(&ports),
        told(&addresses),
        age(object, now),
    ]
}

pub(super) fn ingress(object: &Value, now: Timestamp) -> Vec<Value> {
    let spec = &object["spec"];
    let ports = if items(&spec["tls"]).is_empty() {
        "80"
    } else {
        "80, 443"
    };
    vec![
        name(object),
        text_or(&spec["ingressClassName"], "<none>").into(),
        hosts(items(&spec["rules"])).into(),
        load_balancer(object).into(),
        ports.into(),
        age(object, now),
    ]
}

/// The first three hosts. That more follow is told once three are found, and counts rules without a host too.
fn hosts(rules: &[Value]) -> String {
    let mut hosts = Vec::new();
    let mut more = false;
    for rule in rules {
        more |= hosts.len() == 3;
        let host = text(&rule["host"]);
        if !more && !host.is_empty() {
            hosts.push(host);
        }
    }
    let told = or(hosts.join(","), "*");
    if more {
        format!("{told} + {} more...", rules.len() - 3)
    } else {
        told
    }
}

pub(super) fn ingress_class(object: &Value, now: Timestamp) -> Vec<Value> {
    let parameters = &object["spec"]["parameters"];
    let told = if parameters.is_null() {
        "<none>".to_owned()
    } else {
        let group = parameters["apiGroup"].as_str();
        let group = group.map_or(String::new(), |group| format!(".{group}"));
        let kind = text(&parameters["kind"]);
        format!("{kind}{group}/{}", text(&parameters["name"]))
    };
    let controller = text(&object["spec"]["controller"]);
    vec![
        name(object),
        controller.into(),
        told.into(),
        age(object, now),
    ]
}

pub(super) fn network_policy(object: &Value, now: Timestamp) -> Vec<Value> {
    let pods = selector(&object["spec"]["podSelector"]);
    vec![name(object), pods.into(), age(object, now)]
}
