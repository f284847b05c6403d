//! Rules of CEL.
//!
//! `x_kube` belongs to kube's `KubeSchema`, which `#[resource]` and `#[status]` derive; another struct derives it in the place
//! of `JsonSchema`.

use kube::KubeSchema;
use myop::resource;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Checked", namespaced)]
pub struct CheckedSpec {
    #[x_kube(validation = "self != ''")]
    pub plain: String,
    #[x_kube(validation = ("self != 'root'", "root is taken"))]
    pub user: String,
    #[x_kube(validation = Rule::new("self == oldSelf").message(Message::Expression("'it was ' + oldSelf".into())))]
    pub fixed: String,
    #[x_kube(validation = Rule::new("self > 0").reason(Reason::FieldValueForbidden))]
    pub positive: i32,
    #[x_kube(validation = Rule::new("self.low <= self.high").field_path(".low").message("low is the lower"))]
    pub range: Range,
    #[x_kube(validation = Rule::new("!oldSelf.hasValue() || self == oldSelf.value()").optional_old_self(true))]
    pub once: String,
    #[x_kube(validation = "self > 0", validation = "self < 9")]
    pub several: i32,
    #[schemars(extend("x-kubernetes-validations" = [
        { "rule": "self == oldSelf", "message": "it stays", "messageExpression": "'it was ' + oldSelf" }
    ]))]
    pub both: String,
    pub bounds: Bounds,
}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Ruled",
    namespaced,
    validation = ("self.metadata.name.size() < 20", "the name is short")
)]
pub struct RuledSpec {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize, Serialize, KubeSchema)]
pub struct Range {
    pub low: i32,
    pub high: i32,
}

#[derive(Clone, Debug, Deserialize, Serialize, KubeSchema)]
#[x_kube(validation = "self.low <= self.high")]
pub struct Bounds {
    pub low: i32,
    pub high: i32,
}
