//! The kinds of the recorded objects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    super::{FieldSet, Target},
    schemas::Documents,
};
use crate::Schema;

/// The types in OpenAPI of the built-in kinds among them, with their resources and versions.
pub(super) const BUILT_IN: [(&str, &str, &str); 5] = [
    ("configmaps", "v1", "io.k8s.api.core.v1.ConfigMap"),
    ("services", "v1", "io.k8s.api.core.v1.Service"),
    ("pods", "v1", "io.k8s.api.core.v1.Pod"),
    ("deployments", "apps/v1", "io.k8s.api.apps.v1.Deployment"),
    ("scale", "autoscaling/v1", "io.k8s.api.autoscaling.v1.Scale"),
];

/// Kinds by their resources.
pub(super) struct Kinds(BTreeMap<String, Kind>);

pub(super) struct Kind {
    pub(super) schema: Schema,
    pub(super) is_custom: bool,
    pub(super) has_status: bool,
    name: String,
    versions: Vec<String>,
}

impl Kinds {
    pub(super) fn of(documents: &Documents) -> Self {
        let built_in = BUILT_IN.into_iter().map(|(resource, version, name)| {
            let kind = Kind {
                schema: documents.named(name),
                is_custom: false,
                has_status: true,
                name: name.rsplit('.').next().unwrap().to_owned(),
                versions: vec![version.to_owned()],
            };
            (resource.to_owned(), kind)
        });
        let mut kinds = Self(built_in.collect());
        kinds.define(documents, &super::widget());
        kinds
    }

    pub(super) fn named(&self, resource: &str) -> &Kind {
        &self.0[resource]
    }

    /// As a definition has it. All its versions have one schema.
    pub(super) fn define(&mut self, documents: &Documents, definition: &Value) {
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let versions = spec["versions"].as_array().unwrap();
        let kind = Kind {
            schema: documents.custom(&versions[0]["schema"]["openAPIV3Schema"]),
            is_custom: true,
            has_status: versions[0]["subresources"]["status"].is_object(),
            name: text(&spec["names"]["kind"]),
            versions: versions
                .iter()
                .map(|version| format!("{}/{}", text(&spec["group"]), text(&version["name"])))
                .collect(),
        };
        self.0.insert(text(&spec["names"]["plural"]), kind);
    }
}

impl Kind {
    /// What a request in a version writes.
    pub(super) fn target<'a>(&'a self, version: &'a str, ignored: &'a FieldSet) -> Target<'a> {
        Target {
            schema: &self.schema,
            api_version: version,
            kind: &self.name,
            versions: &self.versions,
            built_in: !self.is_custom,
            ignored,
        }
    }
}
