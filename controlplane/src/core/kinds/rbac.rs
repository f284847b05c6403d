//! Roles and their bindings, as `pkg/registry/rbac` in Kubernetes has them.

use serde_json::{Value, json};

use super::{
    super::{
        builtin::{Builtin, Metadata, PLAIN, metadata},
        field::Field,
        meta, names,
        object::Object,
    },
    label_selector,
};
use crate::{FieldError, types};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Names of roles may be any that a path can hold.
const RBAC: Builtin = Builtin {
    group: GROUP,
    name: names::path_segment,
    create_on_update: true,
    metadata: Metadata::Told,
    settle,
    ..PLAIN
};

pub(super) const ROLE: Builtin = Builtin {
    plural: "roles",
    validate: role,
    validate_update: |new, old, _| changed(new, old, true, role(new)),
    ..RBAC
};

pub(super) const CLUSTER_ROLE: Builtin = Builtin {
    plural: "clusterroles",
    validate: cluster_role,
    validate_update: |new, old, _| changed(new, old, false, cluster_role(new)),
    ..RBAC
};

pub(super) const ROLE_BINDING: Builtin = Builtin {
    plural: "rolebindings",
    validate: |binding| self::binding(binding, true),
    validate_update: |new, old, _| rebound(new, old, true),
    ..RBAC
};

pub(super) const CLUSTER_ROLE_BINDING: Builtin = Builtin {
    plural: "clusterrolebindings",
    validate: |binding| self::binding(binding, false),
    validate_update: |new, old, _| rebound(new, old, false),
    ..RBAC
};

/// What is stored knows no empty lists, which are still somebody's.
fn settle(object: &mut Object) {
    let rules = object.fields_mut().get_mut("rules");
    if let Some(rules) = rules.filter(|rules| **rules == json!([])) {
        *rules = Value::Null;
    }
}

/// What is wrong with a changed object, of which this is wrong in itself.
fn changed(
    new: &Object,
    old: &Object,
    namespaced: bool,
    wrong: Vec<FieldError>,
) -> Vec<FieldError> {
    let mut errors = metadata(new, namespaced);
    errors.extend(wrong);
    errors.extend(meta::validate_update(new, old));
    errors
}

fn role(role: &Object) -> Vec<FieldError> {
    let rules = Field::of(role, "rules");
    let each = rules.items();
    each.flat_map(|rule| policy_rule(&rule, true)).collect()
}

fn cluster_role(role: &Object) -> Vec<FieldError> {
    let rules = Field::of(role, "rules");
    let each = rules.items();
    let mut errors: Vec<_> = each.flat_map(|rule| policy_rule(&rule, false)).collect();
    let aggregation = Field::of(role, "aggregationRule");
    if aggregation.is_set() {
        let selectors = aggregation.at("clusterRoleSelectors");
        if selectors.is_empty() {
            errors.push(selectors.required(
                "at least one clusterRoleSelector required if aggregationRule is non-nil",
            ));
        }
        for selector in selectors.items() {
            let wrong = label_selector::validate(selector.value(), selector.path());
            // What it is made into is shown as what it is: nothing.
            let unusable = (!wrong.is_empty())
                .then(|| selector.invalid("invalid label selector.").showing("null"));
            errors.extend(wrong);
            errors.extend(unusable);
        }
    }
    errors
}

fn policy_rule(rule: &Field<'_>, namespaced: bool) -> Vec<FieldError> {
    let field = |name| rule.at(name);
    let mut errors = Vec::new();
    if field("verbs").is_empty() {
        errors.push(field("verbs").required("verbs must contain at least one value"));
    }
    let urls = field("nonResourceURLs");
    if !urls.is_empty() {
        if namespaced {
            errors.push(urls.invalid("namespaced rules cannot apply to non-resource URLs"));
        }
        let about_resources = ["apiGroups", "resources", "resourceNames"];
        if about_resources.iter().any(|name| !field(name).is_empty()) {
            errors.push(
                urls.invalid("rules cannot apply to both regular resources and non-resource URLs"),
            );
        }
        return errors;
    }
    if field("apiGroups").is_empty() {
        errors
            .push(field("apiGroups").required("resource rules must supply at least one api group"));
    }
    if field("resources").is_empty() {
        errors
            .push(field("resources").required("resource rules must supply at least one resource"));
    }
    errors
}

fn binding(binding: &Object, namespaced: bool) -> Vec<FieldError> {
    let role = Field::of(binding, "roleRef");
    let kinds: &[&str] = if namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    let (group, kind, name) = (role.at("apiGroup"), role.at("kind"), role.at("name"));
    let mut errors = Vec::new();
    if group.text() != GROUP {
        errors.push(group.not_supported(&[GROUP]));
    }
    if !kinds.contains(&kind.text()) {
        errors.push(kind.not_supported(kinds));
    }
    if name.is_empty() {
        errors.push(name.required(""));
    } else {
        errors.extend(name.complaints(names::path_segment));
    }
    for subject in Field::of(binding, "subjects").items() {
        errors.extend(self::subject(&subject, namespaced));
    }
    errors
}

fn subject(subject: &Field<'_>, namespaced: bool) -> Vec<FieldError> {
    let (name, group) = (subject.at("name"), subject.at("apiGroup"));
    let mut errors = Vec::new();
    if name.is_empty() {
        errors.push(name.required(""));
    }
    match subject.at("kind").text() {
        "ServiceAccount" => {
            if !name.is_empty() {
                errors.extend(name.complaints(names::dns_subdomain));
            }
            if !group.is_empty() {
                errors.push(group.not_supported(&[""]));
            }
            let namespace = subject.at("namespace");
            if !namespaced && namespace.is_empty() {
                errors.push(namespace.required(""));
            }
        }
        "User" | "Group" => {
            if group.text() != GROUP {
                errors.push(group.not_supported(&[GROUP]));
            }
        }
        _ => errors.push(
            subject
                .at("kind")
                .not_supported(&["ServiceAccount", "User", "Group"]),
        ),
    }
    errors
}

/// What is wrong with a changed binding: it gives the role that it has given.
fn rebound(new: &Object, old: &Object, namespaced: bool) -> Vec<FieldError> {
    let mut errors = changed(new, old, namespaced, binding(new, namespaced));
    let (role, before) = (Field::of(new, "roleRef"), Field::of(old, "roleRef"));
    if role.value() != before.value() {
        let shown = types::internal("rbac.RoleRef", role.value());
        errors.push(role.invalid("cannot change roleRef").showing(shown));
    }
    errors
}
