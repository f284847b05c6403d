//! Addresses and ranges of them, as Kubernetes' older fields take them: leading zeros are no mistake.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::field::{Errors, Field};

/// As `ParseIPSloppy` of k8s.io/utils/net.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(unmapped);
    }
    let parts: Vec<&str> = text.split('.').collect();
    let octets: Vec<u8> = parts.iter().filter_map(|part| octet(part)).collect();
    let octets: [u8; 4] = octets.try_into().ok()?;
    (parts.len() == 4).then(|| Ipv4Addr::from(octets).into())
}

fn octet(text: &str) -> Option<u8> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Go has one form for an IPv4 address and for the same in IPv6.
fn unmapped(address: Ipv6Addr) -> IpAddr {
    let mapped = address.to_ipv4_mapped();
    mapped.map_or(address.into(), IpAddr::from)
}

/// An address and how many bits of it say which range is meant.
pub(crate) fn parse_range(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let address = parse(address)?;
    let longest = if text.contains(':') { 128 } else { 32 };
    let is_number = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits: u8 = is_number.then(|| bits.parse().ok()).flatten()?;
    (bits <= longest).then_some((address, bits))
}

/// What is wrong with an address; nothing where it was there before.
pub(crate) fn validate(address: &Field<'_>, before: &[&str]) -> Errors {
    if before.contains(&address.text()) || parse(address.text()).is_some() {
        return Errors::new();
    }
    vec![address.invalid("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
}

/// What is wrong with a range; nothing where it was there before.
pub(crate) fn validate_range(range: &Field<'_>, before: &[&str]) -> Errors {
    if before.contains(&range.text()) || parse_range(range.text()).is_some() {
        return Errors::new();
    }
    vec![range.invalid("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
}

/// What is wrong with the address of an endpoint (`ValidateEndpointIP` of Kubernetes).
pub(crate) fn validate_endpoint(address: &Field<'_>) -> Errors {
    let Some(ip) = parse(address.text()) else {
        return vec![address.invalid("must be a valid IP address")];
    };
    let (is_link_local, is_link_local_multicast) = match ip {
        IpAddr::V4(ip) => (ip.is_link_local(), ip.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(ip) => (
            ip.is_unicast_link_local(),
            ip.segments()[0] & 0xff0f == 0xff02,
        ),
    };
    let mut errors = Errors::new();
    if ip.is_unspecified() {
        errors.push(address.invalid(format!("may not be unspecified ({})", address.text())));
    }
    let places = [
        (ip.is_loopback(), "loopback range (127.0.0.0/8, ::1/128)"),
        (
            is_link_local,
            "link-local range (169.254.0.0/16, fe80::/10)",
        ),
        (
            is_link_local_multicast,
            "link-local multicast range (224.0.0.0/24, ff02::/10)",
        ),
    ];
    for (_, place) in places.into_iter().filter(|(is_there, _)| *is_there) {
        errors.push(address.invalid(format!("may not be in the {place}")));
    }
    errors
}

/// What the writer of an address is told that could be written better.
pub(crate) fn warning(path: &str, text: &str) -> Option<String> {
    let ip = parse(text)?;
    if text.contains(':') && ip.is_ipv6() {
        return (ip.to_string() != text).then(|| {
            format!(
                "{path}: IPv6 address {text:?} should be in RFC 5952 canonical format (\"{ip}\")"
            )
        });
    }
    (ip.to_string() != text).then(|| {
        format!(
            "{path}: non-standard IP address {text:?} will be considered invalid in a future Kubernetes release: use \"{ip}\""
        )
    })
}

/// What the writer of a range is told that could be written better.
pub(crate) fn range_warnings(path: &str, text: &str) -> Vec<String> {
    let Some((ip, bits)) = parse_range(text) else {
        return Vec::new();
    };
    let first = first(ip, bits);
    let range = format!("{first}/{bits}");
    let mut warnings = Vec::new();
    if first != ip {
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        warnings.push(format!(
            "{path}: CIDR value {text:?} is ambiguous in this context (should be {range:?} or \"{ip}/{longest}\"?)"
        ));
    }
    let as_written = format!("{ip}/{bits}");
    if ip.is_ipv4() && as_written != text {
        warnings.push(format!(
            "{path}: non-standard CIDR value {text:?} will be considered invalid in a future Kubernetes release: use {range:?}"
        ));
    } else if warnings.is_empty() && as_written != text {
        warnings.push(format!(
            "{path}: IPv6 CIDR value {text:?} should be in RFC 5952 canonical format ({as_written:?})"
        ));
    }
    warnings
}

/// The first address of a range.
pub(crate) fn first(ip: IpAddr, bits: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            Ipv4Addr::from(u32::from(ip) & mask).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            Ipv6Addr::from(u128::from(ip) & mask).into()
        }
    }
}
