//! Ingresses, as `pkg/registry/networking/ingress` in Kubernetes has them.

use serde_json::json;

use super::super::{
    builtin::{Builtin, WORKLOAD},
    object::Object,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "ingresses",
    group: "networking.k8s.io",
    begin,
    warnings,
    ..WORKLOAD
};

const CLASS: &str = "kubernetes.io/ingress.class";

fn begin(ingress: &mut Object) {
    ingress
        .fields_mut()
        .insert("status".into(), json!({"loadBalancer": {}}));
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
