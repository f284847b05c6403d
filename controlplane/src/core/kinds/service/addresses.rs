//! The addresses of Services within the cluster.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

use serde_json::{Value, json};

use super::{
    super::super::{builtin::Ground, field::Field, ip, object::Object},
    invalid, needs_address, remove, texts,
};
use crate::Refusal;

/// Where Services are: `--service-cluster-ip-range` of a kube-apiserver that is not told otherwise.
const NETWORK: [u8; 3] = [10, 0, 0];
/// That of the server itself.
pub(super) const FIRST: &str = "10.0.0.1";
/// Those below are left to who asks for them.
const FIRST_GIVEN: u8 = 17;
const LAST: u8 = 254;

/// An update that does not say which address a Service has leaves it the one that it has.
pub(super) fn take_over(new: &mut Value, old: &Value) {
    if !needs_address(old) || !needs_address(new) {
        return;
    }
    let is_missing = |value: &Value| value.as_str().unwrap_or_default().is_empty();
    if is_missing(&new["clusterIP"]) && !old["clusterIP"].is_null() {
        new["clusterIP"] = old["clusterIP"].clone();
    }
    if texts(new, "clusterIPs").is_empty() && !texts(old, "clusterIPs").is_empty() {
        new["clusterIPs"] = old["clusterIPs"].clone();
    }
}

const ELSEWHERE: &str = "the provided network does not match the current range";

/// Brings `clusterIP` and `clusterIPs` together (`normalizeClusterIPs`).
pub(super) fn agree(service: &mut Object, old: Option<&Object>) {
    let spec = &mut service.value_mut()["spec"];
    let address = spec["clusterIP"].as_str().unwrap_or_default().to_owned();
    let Some(old) = old else {
        if !address.is_empty() && texts(spec, "clusterIPs").is_empty() {
            spec["clusterIPs"] = json!([address]);
        }
        return;
    };
    let old = &old.value()["spec"];
    let before = old["clusterIP"].as_str().unwrap_or_default();
    if !texts(old, "clusterIPs").is_empty()
        && texts(spec, "clusterIPs").is_empty()
        && before == address
    {
        spec["clusterIPs"] = old["clusterIPs"].clone();
    }
    if before == address || texts(spec, "clusterIPs") != texts(old, "clusterIPs") {
        return;
    }
    if address.is_empty() {
        remove(spec, &["clusterIPs"]);
    } else {
        spec["clusterIPs"] = json!([address]);
    }
}

/// Gives a Service an address, or the one that it asks for.
pub(super) fn allocate(
    ground: &mut Ground<'_>,
    service: &mut Object,
    old: Option<&Object>,
) -> Result<(), Refusal> {
    let spec = &service.value()["spec"];
    let had_one = old.is_some_and(|old| needs_address(&old.value()["spec"]));
    let addresses = texts(spec, "clusterIPs");
    if had_one || !needs_address(spec) || addresses.first() == Some(&"None") {
        return Ok(());
    }
    let taken = taken(ground);
    let address = match addresses.first() {
        None | Some(&"") => next(ground, &taken)
            .ok_or_else(|| Refusal::internal("failed to allocate a serviceIP: range is full"))?,
        Some(wanted) => {
            if let Err(why) = claim(wanted, &taken) {
                let field = Field::new("spec.clusterIPs", &spec["clusterIPs"]);
                let why = format!("failed to allocate IP {wanted}: {why}");
                return Err(invalid(service, &[field.invalid(why)]));
            }
            (*wanted).to_owned()
        }
    };
    let spec = &mut service.value_mut()["spec"];
    spec["clusterIPs"] = json!([address]);
    spec["clusterIP"] = address.into();
    Ok(())
}

fn taken(ground: &Ground<'_>) -> BTreeSet<Ipv4Addr> {
    let services = ground.store.collection("services");
    let services = services.map(|all| all.objects(None)).unwrap_or_default();
    let specs = services.iter().map(|one| &one.object.value()["spec"]);
    let addresses = specs.flat_map(|spec| texts(spec, "clusterIPs"));
    addresses.filter_map(|text| text.parse().ok()).collect()
}

fn at(last: u8) -> Ipv4Addr {
    let [a, b, c] = NETWORK;
    Ipv4Addr::new(a, b, c, last)
}

fn next(ground: &mut Ground<'_>, taken: &BTreeSet<Ipv4Addr>) -> Option<String> {
    let free = |range: std::ops::RangeInclusive<u8>| -> Vec<Ipv4Addr> {
        range.map(at).filter(|one| !taken.contains(one)).collect()
    };
    let mut free_ones = free(FIRST_GIVEN..=LAST);
    if free_ones.is_empty() {
        free_ones = free(1..=FIRST_GIVEN - 1);
    }
    let chosen = ground.rng.choice(free_ones)?;
    Some(chosen.to_string())
}

fn claim(wanted: &str, taken: &BTreeSet<Ipv4Addr>) -> Result<(), &'static str> {
    let Some(IpAddr::V4(address)) = ip::parse(wanted) else {
        return Err(ELSEWHERE);
    };
    let [a, b, c, last] = address.octets();
    if [a, b, c] != NETWORK || !(1..=LAST).contains(&last) {
        return Err(ELSEWHERE);
    }
    if taken.contains(&address) {
        return Err("provided IP is already allocated");
    }
    Ok(())
}
