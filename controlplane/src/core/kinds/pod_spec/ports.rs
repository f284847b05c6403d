//! Ports of a container.

use super::{
    super::super::{
        field::{Errors, Field},
        names::port_name,
    },
    names,
};
use crate::FieldReason;

pub(super) fn ports(ports: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut names = Vec::new();
    for port in ports.items() {
        let name = port.at("name");
        if !name.is_empty() {
            let complaints = name.complaints(port_name);
            if complaints.is_empty() && names.contains(&name.text()) {
                errors.push(name.duplicate());
            }
            if complaints.is_empty() {
                names.push(name.text());
            }
            errors.extend(complaints);
        }
        let number = port.at("containerPort");
        if number.number().unwrap_or_default() == 0 {
            errors.push(number.required(""));
        } else {
            errors.extend(names::port_number(&number));
        }
        let on_host = port.at("hostPort");
        if on_host.number().unwrap_or_default() != 0 {
            errors.extend(names::port_number(&on_host));
        }
        errors.extend(port.at("protocol").need_one_of(&["SCTP", "TCP", "UDP"]));
    }
    errors
}

/// Ports of the host that are wanted twice.
pub(super) fn conflicts<'a>(containers: impl Iterator<Item = Field<'a>>) -> Errors {
    let mut errors = Errors::new();
    let mut taken = Vec::new();
    for port in containers.flat_map(|it| it.at("ports").items().collect::<Vec<_>>()) {
        let Some(number) = port.at("hostPort").number().filter(|it| *it != 0) else {
            continue;
        };
        let protocol = port.at("protocol").text();
        let wanted = format!("{protocol}/{}/{number}", port.at("hostIP").text());
        if taken.contains(&wanted) {
            errors.push(
                port.at("hostPort")
                    .error(FieldReason::Duplicate, wanted, ""),
            );
        } else {
            taken.push(wanted);
        }
    }
    errors
}
