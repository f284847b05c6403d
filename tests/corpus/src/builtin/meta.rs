//! Quantities, times, selectors, conditions: apimachinery's.

use std::collections::BTreeMap;

use k8s_openapi::{
    apiextensions_apiserver::pkg::apis::apiextensions::v1::{JSON, JSONSchemaProps},
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{Condition, LabelSelector, MicroTime, ObjectMeta, OwnerReference, Time},
        runtime::RawExtension,
        util::intstr::IntOrString,
    },
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Quantities")]
pub struct QuantitiesSpec {
    pub quantity: Quantity,
    /// Words of the field.
    pub documented: Quantity,
    pub optional: Option<Quantity>,
    /// Words of the field.
    pub optional_documented: Option<Quantity>,
    #[serde(default)]
    pub with_default: Quantity,
    #[serde(default)]
    pub optional_default: Option<Quantity>,
    pub list: Vec<Quantity>,
    pub map: BTreeMap<String, Quantity>,
    pub optional_map: Option<BTreeMap<String, Quantity>>,
    pub boxed: Option<Box<Quantity>>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "IntsOrStrings")]
pub struct IntsOrStringsSpec {
    pub port: IntOrString,
    /// Words of the field.
    pub documented: IntOrString,
    pub optional: Option<IntOrString>,
    /// Words of the field.
    pub optional_documented: Option<IntOrString>,
    pub list: Vec<IntOrString>,
    pub optional_items: Vec<Option<IntOrString>>,
    pub map: BTreeMap<String, IntOrString>,
    #[serde(default = "one")]
    pub with_default: IntOrString,
    #[schemars(range(min = 1), length(min = 1), pattern("^[0-9]+%$"))]
    pub limited: IntOrString,
}

fn one() -> IntOrString {
    IntOrString::Int(1)
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "KubernetesTimes")]
pub struct KubernetesTimesSpec {
    pub time: Time,
    pub optional: Option<Time>,
    /// Words of the field.
    pub documented: Option<Time>,
    pub micro: MicroTime,
    pub list: Vec<Time>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "Selectors",
    status = "ConditionedStatus"
)]
#[serde(rename_all = "camelCase")]
pub struct SelectorsSpec {
    pub selector: LabelSelector,
    pub optional_selector: Option<LabelSelector>,
    /// Words of the field.
    pub documented: Option<LabelSelector>,
    pub metadata: ObjectMeta,
    pub optional_metadata: Option<ObjectMeta>,
    pub owners: Vec<OwnerReference>,
    pub raw: RawExtension,
    pub optional_raw: Option<RawExtension>,
    pub schema: Option<JSONSchemaProps>,
    pub json: Option<JSON>,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionedStatus {
    pub observed_generation: Option<i64>,
    #[serde(default)]
    pub conditions: Vec<Condition>,
    pub optional_conditions: Option<Vec<Condition>>,
    pub last: Option<Condition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "::myop::condition::conditions_schema")]
    pub of_myop: Vec<Condition>,
}

kinds![Quantities, IntsOrStrings, KubernetesTimes, Selectors];
