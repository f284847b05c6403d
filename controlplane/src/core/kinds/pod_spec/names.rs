//! Names within a pod: of ports, environment variables, keys, headers, paths.

use std::net::Ipv6Addr;

use super::super::super::{
    field::{Errors, Field},
    names::{Complaints, dns_subdomain, pattern, port_name},
};

/// What the name of an object may begin with: it may end in a dash.
pub(super) fn prefix_of_object(name: &str) -> Complaints {
    match name.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let mut letters = rest.chars();
            letters.next_back();
            dns_subdomain(&format!("{}a", letters.as_str()))
        }
        _ => dns_subdomain(name),
    }
}

/// A port's number.
pub(super) fn port_number(port: &Field<'_>) -> Errors {
    port.within(1, 65535).into_iter().collect()
}

/// A port by its number or its name.
pub(super) fn port_or_name(port: &Field<'_>) -> Errors {
    if port.value().is_string() {
        port.complaints(port_name)
    } else {
        port_number(port)
    }
}

/// The name of an environment variable.
pub(super) fn variable(name: &str) -> Complaints {
    if name.is_empty() {
        return vec!["environment variable name must be non-empty".into()];
    }
    let is_allowed = |letter: char| matches!(letter, ' '..='~') && letter != '=';
    if name.chars().all(is_allowed) {
        return Vec::new();
    }
    vec!["a valid environment variable name must consist only of printable ASCII characters other than '='".into()]
}

/// The name of a header.
pub(super) fn header(name: &str) -> Complaints {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if !name.is_empty() && name.chars().all(is_allowed) {
        return Vec::new();
    }
    vec![pattern(
        "a valid HTTP header must consist of alphanumeric characters or '-'",
        "[-A-Za-z0-9]+",
        &["X-Header-Name"],
    )]
}

/// A path that leads nowhere up.
pub(in super::super) fn no_backsteps(path: &str) -> Complaints {
    if path.split('/').any(|part| part == "..") {
        return vec!["must not contain '..'".into()];
    }
    Vec::new()
}

/// A path below some other.
pub(super) fn descending(path: &str) -> Complaints {
    let mut complaints = Vec::new();
    if path.starts_with('/') {
        complaints.push("must be a relative path".into());
    }
    complaints.extend(no_backsteps(path));
    complaints
}

/// A path below some other that is not taken by what the kubelet itself puts there.
pub(super) fn not_reserved(path: &str) -> Complaints {
    let mut complaints = descending(path);
    if path.starts_with("..") && !path.starts_with("../") {
        complaints.push("must not start with '..'".into());
    }
    complaints
}

/// An address as it was always read: zeros may lead its parts.
pub(in super::super) fn address(text: &str) -> Complaints {
    let is_part = |part: &str| {
        let digits = part.trim_start_matches('0');
        !part.is_empty()
            && part.bytes().all(|digit| digit.is_ascii_digit())
            && (digits.is_empty() || digits.parse::<u8>().is_ok())
    };
    let is_v4 = text.split('.').count() == 4 && text.split('.').all(is_part);
    if is_v4 || text.parse::<Ipv6Addr>().is_ok() {
        return Vec::new();
    }
    vec!["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".into()]
}

/// The name of a kernel parameter.
pub(super) fn sysctl(name: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_segment = |segment: &str| {
        segment.starts_with(inside)
            && segment.ends_with(inside)
            && segment
                .chars()
                .all(|letter| inside(letter) || matches!(letter, '-' | '_'))
    };
    name.len() <= 253 && name.split(['.', '/']).all(is_segment)
}
