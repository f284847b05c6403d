//! Probes of a container, and what is done when it starts or stops.

use super::{
    super::super::field::{Errors, Field},
    names,
};
use crate::FieldReason;

/// All probes of a container, and its lifecycle.
pub(super) fn probes(container: &Field<'_>, grace: Option<i64>) -> Errors {
    let mut errors = Errors::new();
    let lifecycle = container.at("lifecycle");
    for name in ["postStart", "preStop"] {
        let handler = lifecycle.at(name);
        if handler.is_set() {
            errors.extend(self::handler(
                &handler,
                &["exec", "httpGet", "tcpSocket", "sleep"],
                grace,
            ));
        }
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.at(name);
        if probe.is_set() {
            errors.extend(self::probe(&probe, name == "readinessProbe"));
        }
    }
    errors
}

fn probe(probe: &Field<'_>, of_readiness: bool) -> Errors {
    let mut errors = handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], None);
    for name in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        errors.extend(probe.at(name).not_negative());
    }
    let grace = probe.at("terminationGracePeriodSeconds");
    if grace.number().is_some_and(|seconds| seconds <= 0) {
        errors.push(grace.invalid("must be greater than 0"));
    }
    if of_readiness {
        if grace.is_set() {
            errors.push(grace.invalid("must not be set for readinessProbes"));
        }
        return errors;
    }
    let successes = probe.at("successThreshold");
    if successes.number() != Some(1) {
        let number = successes.number().unwrap_or_default();
        errors.push(successes.error(FieldReason::Invalid, number, "must be 1"));
    }
    errors
}

/// One of several ways to ask a container something.
fn handler(handler: &Field<'_>, kinds: &[&str], grace: Option<i64>) -> Errors {
    let mut errors = Errors::new();
    let mut is_first = true;
    for kind in kinds {
        let action = handler.at(kind);
        if !action.is_set() {
            continue;
        }
        if !is_first {
            errors.push(action.forbidden("may not specify more than 1 handler type"));
            continue;
        }
        is_first = false;
        match *kind {
            "exec" => errors.extend(action.at("command").need()),
            "httpGet" => errors.extend(http_get(&action)),
            "tcpSocket" => errors.extend(names::port_or_name(&action.at("port"))),
            "grpc" => errors.extend(names::port_number(&action.at("port"))),
            _ => errors.extend(sleep(&action, grace)),
        }
    }
    if is_first {
        errors.push(handler.required("must specify a handler type"));
    }
    errors
}

fn http_get(action: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    errors.extend(action.at("path").need());
    errors.extend(names::port_or_name(&action.at("port")));
    errors.extend(action.at("scheme").one_of(&["HTTP", "HTTPS"]));
    let headers = action.at("httpHeaders");
    for header in headers.items() {
        let name = header.at("name").named(headers.path());
        errors.extend(name.complaints(names::header));
    }
    errors
}

fn sleep(action: &Field<'_>, grace: Option<i64>) -> Errors {
    let seconds = action.at("seconds").number().unwrap_or_default();
    let wrong = grace.filter(|grace| seconds < 0 || seconds > *grace);
    let error = wrong.map(|grace| {
        let why =
            format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        action.error(FieldReason::Invalid, seconds, why)
    });
    error.into_iter().collect()
}
