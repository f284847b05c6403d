//! Endpoints and EndpointSlices, as `pkg/registry/core/endpoint` and `pkg/registry/discovery/endpointslice` in Kubernetes
//! have them.

use super::{
    super::{
        builtin::{Builtin, Metadata, PLAIN, metadata},
        field::{Errors, Field},
        ip, names,
        object::Object,
    },
    label_selector,
};
use crate::FieldError;

pub(super) const KIND: Builtin = Builtin {
    plural: "endpoints",
    create_on_update: true,
    deprecated: Some("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
    validate: subsets,
    validate_update: |new, old, _| {
        let mut errors = metadata(new, true);
        if new.value()["subsets"] != old.value()["subsets"] {
            errors.extend(subsets(new));
        }
        errors
    },
    ..PLAIN
};

pub(super) const SLICE: Builtin = Builtin {
    plural: "endpointslices",
    group: "discovery.k8s.io",
    generation: true,
    is_renewed: |new, old| {
        let differ = |name: &str| new.value()[name] != old.value()[name];
        ["addressType", "endpoints", "ports"]
            .into_iter()
            .any(differ)
            || new.meta().get("labels") != old.meta().get("labels")
    },
    metadata: Metadata::Told,
    validate: slice,
    validate_update: |new, old, _| {
        let mut errors = metadata(new, true);
        errors.extend(slice_but_for(new, old));
        let kind = Field::of(new, "addressType");
        errors.extend(kind.immutable(&Field::of(old, "addressType")));
        errors
    },
    ..PLAIN
};

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const MOST_ENDPOINTS: usize = 1000;
const MOST_ADDRESSES: usize = 100;
const MOST_PORTS: usize = 20_000;

fn subsets(endpoints: &Object) -> Errors {
    let mut errors = Errors::new();
    for subset in Field::of(endpoints, "subsets").items() {
        let (ready, not_ready) = (subset.at("addresses"), subset.at("notReadyAddresses"));
        if ready.is_empty() && not_ready.is_empty() {
            errors.push(subset.required("must specify `addresses` or `notReadyAddresses`"));
        }
        for one in ready.items().chain(not_ready.items()) {
            errors.extend(address(&one));
        }
        let ports = subset.at("ports");
        for port in ports.items() {
            let name = port.at("name");
            if !name.is_empty() {
                errors.extend(name.complaints(names::dns_label));
            } else if ports.len() > 1 {
                errors.push(name.required(""));
            }
            errors.extend(port.at("port").within(1, 65_535));
            errors.extend(port.at("protocol").need_one_of(&PROTOCOLS));
            if port.at("appProtocol").is_set() {
                errors.extend(port.at("appProtocol").complaints(names::qualified));
            }
        }
    }
    errors
}

fn address(address: &Field<'_>) -> Errors {
    let ip = address.at("ip");
    let mut errors = ip::validate(&ip, &[]);
    if !address.at("hostname").is_empty() {
        errors.extend(address.at("hostname").complaints(names::dns_label));
    }
    if address.at("nodeName").is_set() {
        errors.extend(address.at("nodeName").complaints(names::dns_subdomain));
    }
    errors.extend(ip::validate_endpoint(&ip));
    errors
}

fn slice(slice: &Object) -> Errors {
    let mut errors = kind_and_ports(slice);
    errors.extend(endpoints(slice));
    errors
}

/// Endpoints that were not changed may be as wrong as they are.
fn slice_but_for(new: &Object, old: &Object) -> Errors {
    let mut errors = kind_and_ports(new);
    if new.value()["endpoints"] != old.value()["endpoints"] {
        errors.extend(endpoints(new));
    }
    errors
}

fn kind_and_ports(slice: &Object) -> Errors {
    let mut errors = Errors::new();
    errors.extend(Field::of(slice, "addressType").need_one_of(&["FQDN", "IPv4", "IPv6"]));
    let ports = Field::of(slice, "ports");
    if ports.len() > MOST_PORTS {
        errors.push(FieldError::too_many(ports.path(), ports.len(), MOST_PORTS));
        return errors;
    }
    let mut seen = Vec::new();
    for port in ports.items() {
        let name = port.at("name");
        if !name.is_empty() {
            errors.extend(name.complaints(names::dns_label));
        }
        if seen.contains(&name.text()) {
            errors.push(name.duplicate());
        }
        seen.push(name.text());
        errors.extend(port.at("protocol").need_one_of(&PROTOCOLS));
        if port.at("appProtocol").is_set() {
            errors.extend(port.at("appProtocol").complaints(names::qualified));
        }
    }
    errors
}

fn endpoints(slice: &Object) -> Errors {
    let endpoints = Field::of(slice, "endpoints");
    if endpoints.len() > MOST_ENDPOINTS {
        let count = endpoints.len();
        return vec![FieldError::too_many(
            endpoints.path(),
            count,
            MOST_ENDPOINTS,
        )];
    }
    let kind = slice.text("/addressType");
    let mut errors = Errors::new();
    for endpoint in endpoints.items() {
        let addresses = endpoint.at("addresses");
        if addresses.is_empty() {
            errors.push(addresses.required("must contain at least 1 address"));
        } else if addresses.len() > MOST_ADDRESSES {
            let count = addresses.len();
            errors.push(FieldError::too_many(
                addresses.path(),
                count,
                MOST_ADDRESSES,
            ));
        }
        for one in addresses.items().filter(|_| kind != "FQDN") {
            errors.extend(slice_address(&one, &addresses, kind));
        }
        if endpoint.at("nodeName").is_set() {
            errors.extend(endpoint.at("nodeName").complaints(names::dns_subdomain));
        }
        let topology = endpoint.at("deprecatedTopology");
        errors.extend(label_selector::labels(topology.value(), topology.path()));
        if endpoint.at("hostname").is_set() {
            errors.extend(endpoint.at("hostname").complaints(names::dns_label));
        }
    }
    errors
}

fn slice_address(address: &Field<'_>, all: &Field<'_>, kind: &str) -> Errors {
    let mut errors = ip::validate(address, &[]);
    let Some(found) = ip::parse(address.text()).filter(|_| errors.is_empty()) else {
        return errors;
    };
    if found.is_ipv4() != (kind == "IPv4") {
        let why = format!("must be an {kind} address");
        errors.push(FieldError::invalid(all.path(), address.text(), why));
    }
    errors.extend(ip::validate_endpoint(address));
    errors
}
