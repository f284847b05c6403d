//! IngressClasses, as `pkg/registry/networking/ingressclass` in Kubernetes has them.

use super::{
    super::{
        builtin::{Builtin, PLAIN, metadata},
        field::{Errors, Field},
        names,
        object::Object,
    },
    rules,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "ingressclasses",
    group: "networking.k8s.io",
    generation: true,
    validate,
    validate_update: |new, old, _| validate_update(new, old),
    ..PLAIN
};

const LONGEST_CONTROLLER: usize = 250;

fn controller(class: &Object) -> Field<'_> {
    Field::of(class, "spec").at("controller")
}

fn validate(class: &Object) -> Errors {
    let controller = controller(class);
    let mut errors = Errors::new();
    if controller.text().len() > LONGEST_CONTROLLER {
        errors.push(controller.too_long(LONGEST_CONTROLLER));
    }
    errors.extend(rules::domain_prefixed(controller.text(), controller.path()));
    let parameters = Field::of(class, "spec").at("parameters");
    if parameters.is_set() {
        errors.extend(reference(&parameters));
    }
    errors
}

/// What holds the parameters of the controller.
fn reference(parameters: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let group = parameters.at("apiGroup");
    if group.is_set() {
        errors.extend(group.complaints(names::dns_subdomain));
    }
    for name in ["kind", "name"] {
        errors.extend(parameters.at(name).need_text(names::path_segment));
    }
    let (scope, namespace) = (parameters.at("scope"), parameters.at("namespace"));
    match scope.value().as_str() {
        None => errors.push(scope.required("")),
        Some("Namespace") if !namespace.is_set() => {
            errors.push(namespace.required("`parameters.scope` is set to 'Namespace'"));
        }
        Some("Namespace") => errors.extend(namespace.complaints(names::dns_label)),
        Some("Cluster") if namespace.is_set() => {
            errors.push(namespace.forbidden("`parameters.scope` is set to 'Cluster'"));
        }
        Some("Cluster") => {}
        Some(_) => errors.push(scope.not_supported(&["Cluster", "Namespace"])),
    }
    errors
}

fn validate_update(new: &Object, old: &Object) -> Errors {
    let mut errors = Errors::new();
    errors.extend(controller(new).immutable(&controller(old)));
    errors.extend(metadata(new, false));
    errors.extend(validate(new));
    errors
}
