//! Ingresses, as `pkg/registry/networking/ingress` in Kubernetes has them.

use super::super::{
    builtin::{Builtin, Metadata, WORKLOAD, metadata},
    field::{Errors, Field},
    ip, meta, names,
    object::Object,
    resource::Part,
};
use crate::FieldError;

pub(super) const KIND: Builtin = Builtin {
    plural: "ingresses",
    group: "networking.k8s.io",
    metadata: Metadata::Told,
    validate,
    validate_update,
    warnings,
    ..WORKLOAD
};

const CLASS: &str = "kubernetes.io/ingress.class";

fn validate(ingress: &Object) -> Errors {
    let mut errors = spec(ingress);
    let class = Field::of(ingress, "spec").at("ingressClassName");
    let annotation = Field::of(ingress, "metadata").at("annotations").key(CLASS);
    if annotation.is_set() && class.is_set() && annotation.text() != class.text() {
        let annotation = annotation.named(format!("annotations.{CLASS}"));
        errors.push(annotation.invalid("must match `ingressClassName` when both are specified"));
    }
    errors
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Errors {
    let mut errors = meta::validate_update(new, old);
    if part == Part::Status {
        errors.extend(status(new, old));
        return errors;
    }
    errors.extend(metadata(new, true));
    errors.extend(spec(new));
    errors
}

fn warnings(ingress: &Object, old: Option<&Object>) -> Vec<String> {
    let names_its_class = ingress.value()["spec"]["ingressClassName"].is_string();
    let is_old_style = !ingress.value()["metadata"]["annotations"][CLASS].is_null();
    if old.is_some() || names_its_class || !is_old_style {
        return Vec::new();
    }
    vec![format!(
        "annotation \"{CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"
    )]
}

fn spec(ingress: &Object) -> Errors {
    let spec = Field::of(ingress, "spec");
    let (rules, fallback) = (spec.at("rules"), spec.at("defaultBackend"));
    let mut errors = Errors::new();
    if rules.is_empty() && !fallback.is_set() {
        let why = "either `defaultBackend` or `rules` must be specified";
        errors.push(spec.invalid(why).showing("null"));
    }
    if fallback.is_set() {
        errors.extend(backend(&fallback));
    }
    for rule in rules.items() {
        let host = rule.at("host");
        if !host.is_empty() {
            errors.extend(no_address(&host));
            errors.extend(self::host(&host));
        }
        let http = rule.at("http");
        if http.is_set() {
            errors.extend(http.at("paths").need());
            for one in http.at("paths").items() {
                errors.extend(path(&one));
            }
        }
    }
    for one in spec.at("tls").items() {
        for name in one.at("hosts").items() {
            errors.extend(host(&name));
        }
        if !one.at("secretName").is_empty() {
            errors.extend(one.at("secretName").complaints(names::dns_subdomain));
        }
    }
    let class = spec.at("ingressClassName");
    if class.is_set() {
        errors.extend(class.complaints(names::dns_subdomain));
    }
    errors
}

fn no_address(host: &Field<'_>) -> Option<FieldError> {
    let is_address = ip::parse(host.text()).is_some();
    is_address.then(|| host.invalid("must be a DNS name, not an IP address"))
}

fn host(host: &Field<'_>) -> Errors {
    if host.text().contains('*') {
        return host.complaints(names::wildcard_subdomain);
    }
    host.complaints(names::dns_subdomain)
}

fn path(place: &Field<'_>) -> Errors {
    const SEQUENCES: [&str; 5] = ["//", "/./", "/../", "%2f", "%2F"];
    let (path, kind) = (place.at("path"), place.at("pathType"));
    if !kind.is_set() {
        return vec![kind.required("pathType must be specified")];
    }
    let mut errors = Errors::new();
    let is_absolute = path.text().starts_with('/');
    match kind.text() {
        "Exact" | "Prefix" => {
            if !is_absolute {
                errors.push(path.invalid("must be an absolute path"));
            }
            for sequence in SEQUENCES.iter().filter(|one| path.text().contains(**one)) {
                errors.push(path.invalid(format!("must not contain '{sequence}'")));
            }
            for end in ["/..", "/."]
                .iter()
                .filter(|one| path.text().ends_with(**one))
            {
                errors.push(path.invalid(format!("cannot end with '{end}'")));
            }
        }
        "ImplementationSpecific" => {
            if !path.is_empty() && !is_absolute {
                errors.push(path.invalid("must be an absolute path"));
            }
        }
        _ => errors.push(kind.not_supported(&["Exact", "ImplementationSpecific", "Prefix"])),
    }
    errors.extend(backend(&place.at("backend")));
    errors
}

fn backend(backend: &Field<'_>) -> Errors {
    let (resource, service) = (backend.at("resource"), backend.at("service"));
    let wrong = |why: &str| vec![FieldError::invalid(backend.path(), "", why)];
    match (resource.is_set(), service.is_set()) {
        (true, true) => wrong("cannot set both resource and service backends"),
        (false, false) => wrong("resource or service backend is required"),
        (true, false) => {
            let mut errors = Errors::new();
            if resource.at("apiGroup").is_set() {
                errors.extend(resource.at("apiGroup").complaints(names::dns_subdomain));
            }
            errors.extend(resource.at("kind").need_text(names::path_segment));
            errors.extend(resource.at("name").need_text(names::path_segment));
            errors
        }
        (false, true) => {
            let mut errors = service.at("name").need_text(names::dns_1035_label);
            let (name, number) = (
                service.at("port").at("name"),
                service.at("port").at("number"),
            );
            let is_numbered = number.number().is_some_and(|number| number != 0);
            match (!name.is_empty(), is_numbered) {
                (true, true) => errors.extend(wrong("cannot set both port name & port number")),
                (true, false) => errors.extend(name.complaints(names::port_name)),
                (false, true) => errors.extend(number.within(1, 65_535)),
                (false, false) => errors.push(backend.required("port name or number is required")),
            }
            errors
        }
    }
}

fn status(new: &Object, old: &Object) -> Errors {
    let ingress = |of| Field::of(of, "status").at("loadBalancer").at("ingress");
    let before = ingress(old);
    let before: Vec<&str> = before.items().map(|one| one.at("ip").text()).collect();
    let mut errors = Errors::new();
    for one in ingress(new).items() {
        let (address, host) = (one.at("ip"), one.at("hostname"));
        if !address.is_empty() {
            errors.extend(ip::validate(&address, &before));
        }
        if !host.is_empty() {
            errors.extend(host.complaints(names::dns_subdomain));
            errors.extend(no_address(&host));
        }
    }
    errors
}
