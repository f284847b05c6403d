//! What looks like a kind by myop's `#[resource]`, and is none.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Resource, api::ObjectMeta};

/// kube's derive of `Resource` has an attribute of that name, too.
#[derive(Resource)]
#[resource(inherit = "ConfigMap")]
pub struct Settings {
    pub metadata: ObjectMeta,
}
