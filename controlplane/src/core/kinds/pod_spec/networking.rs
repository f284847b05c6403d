//! How a pod is in the network: its names, who resolves names for it, ports of the host.

use super::{
    super::super::{
        field::{Errors, Field},
        names::{Complaints, dns_subdomain, pattern, too_long},
    },
    Holder, names,
};
use crate::FieldReason;

pub(super) const DNS_POLICIES: &[&str] =
    &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

/// In the network of the host a port is the same inside and outside.
pub(super) fn host_ports(spec: &Field<'_>, holder: Holder<'_>) -> Errors {
    let mut errors = Errors::new();
    if !spec.at("hostNetwork").is_true() {
        return errors;
    }
    for container in spec.at("containers").items() {
        for port in container.at("ports").items() {
            let number = |name: &str| port.at(name).number().unwrap_or_default();
            let (outside, inside) = (number("hostPort"), number("containerPort"));
            if (holder.is_pod() || outside != 0) && outside != inside {
                errors.push(port.at("hostPort").error(
                    FieldReason::Invalid,
                    outside,
                    "must match `containerPort` when `hostNetwork` is true",
                ));
            }
        }
    }
    errors
}

pub(super) fn dns_config(spec: &Field<'_>) -> Errors {
    let config = spec.at("dnsConfig");
    let servers = config.at("nameservers");
    if spec.at("dnsPolicy").text() == "None" {
        if !config.is_set() {
            return vec![config.required("must provide `dnsConfig` when `dnsPolicy` is None")];
        }
        if servers.is_empty() {
            return vec![
                servers
                    .required("must provide at least one DNS nameserver when `dnsPolicy` is None"),
            ];
        }
    }
    let mut errors = Errors::new();
    if servers.len() > 3 {
        errors.push(servers.invalid("must not have more than 3 nameservers"));
    }
    for server in servers.items() {
        errors.extend(server.complaints(names::address));
    }
    errors.extend(searches(&config.at("searches")));
    for option in config.at("options").items() {
        if option.at("name").is_empty() {
            errors.push(option.required("must not be empty"));
        }
    }
    errors
}

fn searches(searches: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    if searches.len() > 32 {
        errors.push(searches.invalid("must not have more than 32 search paths"));
    }
    let length: usize = searches.items().map(|it| it.text().len() + 1).sum();
    if length > 2049 {
        errors.push(searches.invalid(
            "must not have more than 2048 characters (including spaces) in the search list",
        ));
    }
    for search in searches.items().filter(|it| it.text() != ".") {
        let text = search.text();
        let text = text.strip_suffix('.').unwrap_or(text);
        let complaints = with_underscores(text).into_iter();
        errors.extend(complaints.map(|why| search.error(FieldReason::Invalid, text, why)));
    }
    errors
}

/// A DNS subdomain whose parts may have underscores, but not at their ends.
fn with_underscores(name: &str) -> Complaints {
    let mut complaints = too_long(name, 253);
    let edge = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_part = |part: &str| {
        let part = part.strip_prefix('_').unwrap_or(part);
        let is_inside = |letter| edge(letter) || matches!(letter, '-' | '_');
        part.starts_with(edge) && part.ends_with(edge) && part.chars().all(is_inside)
    };
    if !name.split('.').all(is_part) {
        complaints.push(pattern(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
            r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
            &["example.com"],
        ));
    }
    complaints
}

pub(super) fn host_aliases(aliases: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for alias in aliases.items() {
        errors.extend(alias.at("ip").complaints(names::address));
        for name in alias.at("hostnames").items() {
            errors.extend(name.complaints(dns_subdomain));
        }
    }
    errors
}

pub(super) fn hostname_override(spec: &Field<'_>) -> Errors {
    let name = spec.at("hostnameOverride");
    if !name.is_set() {
        return Errors::new();
    }
    let mut errors = Errors::new();
    if spec.at("setHostnameAsFQDN").is_true() {
        errors.push(name.forbidden("may not be specified when setHostnameAsFQDN is true"));
    }
    if spec.at("hostNetwork").is_true() {
        errors.push(name.forbidden("may not be specified when hostNetwork is true"));
    }
    if name.text().len() > 64 {
        errors.push(name.too_long(64));
    }
    errors.extend(name.complaints(dns_subdomain));
    errors
}
