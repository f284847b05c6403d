//! Ports that more than one container has.

use super::{
    super::{super::super::field::Field, all_containers},
    Warnings,
};

pub(super) fn ports(spec: &Field<'_>) -> Warnings {
    let lists = all_containers(spec).into_iter().map(|it| it.at("ports"));
    let ports: Vec<Field<'_>> = lists
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .collect();
    let mut warnings = Warnings::new();
    for (index, port) in ports.iter().enumerate() {
        if !port.at("hostIP").is_empty() && host_port(port) == 0 {
            warnings.push(format!(
                "{}: hostIP set without hostPort: {}",
                port.path(),
                shown(port)
            ));
        }
        let same = ports[..index].iter().filter(|other| {
            number(other, "containerPort") == number(port, "containerPort")
                && other.at("protocol").text() == port.at("protocol").text()
        });
        for other in same {
            if let Some(how) = overlap(port, other) {
                let (path, other) = (port.path(), other.path());
                warnings.push(format!("{path}: {how} port definition with {other}"));
            }
        }
    }
    warnings.extend(names(&ports));
    warnings
}

fn overlap(port: &Field<'_>, other: &Field<'_>) -> Option<&'static str> {
    let address = |port: &Field<'_>| port.at("hostIP").text().to_owned();
    let (own, others) = (address(port), address(other));
    let is_same_port = host_port(port) == host_port(other);
    if own == others && is_same_port {
        Some("duplicate")
    } else if host_port(port) == 0 || host_port(other) == 0 {
        Some("overlapping")
    } else if is_same_port && own.is_empty() != others.is_empty() {
        Some("dangerously ambiguous")
    } else {
        None
    }
}

fn names(ports: &[Field<'_>]) -> Warnings {
    let mut warnings = Warnings::new();
    for (index, port) in ports.iter().enumerate() {
        let name = port.at("name").text();
        let mut before = ports[..index].iter();
        let first = before.find(|it| it.at("name").text() == name && !name.is_empty());
        if let Some(first) = first {
            warnings.push(format!(
                "{}: duplicate port name {name:?} with {first}, services and probes that select ports by name will use {first}",
                port.path(),
                first = first.path()
            ));
        }
    }
    warnings
}

fn number(port: &Field<'_>, name: &str) -> i64 {
    port.at(name).number().unwrap_or_default()
}

fn host_port(port: &Field<'_>) -> i64 {
    number(port, "hostPort")
}

/// As Go prints it, field by field.
fn shown(port: &Field<'_>) -> String {
    format!(
        "{{Name:{} HostPort:{} ContainerPort:{} Protocol:{} HostIP:{}}}",
        port.at("name").text(),
        host_port(port),
        number(port, "containerPort"),
        port.at("protocol").text(),
        port.at("hostIP").text()
    )
}
