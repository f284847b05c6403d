//! The root: status, docs, `no_spec`, rules on the whole object, schemas that aren't derived.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "WithStatus",
    status = "GivenStatus"
)]
pub struct WithStatusSpec {
    pub a: String,
}

/// Words of the status.
#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GivenStatus {
    pub observed_generation: Option<i64>,
}

pub mod elsewhere {
    use super::{Deserialize, JsonSchema, Serialize};

    #[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
    pub struct Status {
        pub ready: bool,
    }
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "StatusElsewhere",
    status = "elsewhere::Status"
)]
pub struct StatusElsewhereSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "StatusByFullPath",
    status = "crate::definition::shape::elsewhere::Status"
)]
pub struct StatusByFullPathSpec {
    pub a: String,
}

/// Words of the spec.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "OwnDoc",
    doc = "Words of the kind."
)]
pub struct OwnDocSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "TitledDoc",
    doc = "# The title of the kind\n\nThe words of the kind,\n in two lines."
)]
pub struct TitledDocSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "EmptyDoc", doc = "")]
pub struct EmptyDocSpec {
    pub a: String,
}

/// Words of what stands at the root.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NoSpec", no_spec)]
#[serde(rename_all = "camelCase")]
pub struct NoSpecFields {
    /// A field at the root.
    pub at_the_root: String,
    pub optional: Option<u8>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "NoSpecWithStatus",
    no_spec,
    status = "GivenStatus",
    doc = "Own words."
)]
#[serde(deny_unknown_fields)]
pub struct NoSpecWithStatusFields {
    #[serde(default)]
    pub replicas: i32,
    pub choice: NoSpecChoice,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum NoSpecChoice {
    A(String),
    B(u8),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "NoSpecFlattens",
    no_spec
)]
pub struct NoSpecFlattensFields {
    #[serde(flatten)]
    pub choice: NoSpecChoice,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "NoSpecAnything",
    no_spec
)]
pub struct NoSpecAnythingFields {
    pub own: String,
    #[serde(flatten)]
    pub others: std::collections::BTreeMap<String, serde_json::Value>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "RootRules",
    validation = "self.metadata.name.size() < 20",
    validation = Rule::new("self.spec.a != ''").message("a is there").reason(Reason::FieldValueRequired),
    validation = ("self.spec.a != 'b'", "not b")
)]
pub struct RootRulesSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "SchemaDisabled",
    schema = "disabled",
    status = "Unschemed"
)]
pub struct SchemaDisabledSpec {
    pub a: String,
}

#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Unschemed {
    pub b: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "SchemaManual",
    schema = "manual"
)]
pub struct SchemaManualSpec {
    pub a: String,
}

impl JsonSchema for SchemaManual {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SchemaManual".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "properties": { "spec": { "type": "object" } } })
    }
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "SchemaDerived",
    schema = "derived",
    derive = "PartialEq",
    derive = "Default",
    attr = "allow(dead_code)",
    attr = "doc(alias = \"x\")"
)]
#[derive(PartialEq, Default)]
pub struct SchemaDerivedSpec {
    pub a: String,
}

/// Attributes that the root doesn't get.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "RootAttributes",
    attr = "doc = \"More words.\""
)]
pub struct RootAttributesSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NewtypeAsSpec")]
pub struct NewtypeAsSpecSpec(pub GivenStatus);

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UnitAsSpec")]
pub struct UnitAsSpecSpec;

kinds![
    WithStatus,
    StatusElsewhere,
    StatusByFullPath,
    OwnDoc,
    TitledDoc,
    EmptyDoc,
    NoSpec,
    NoSpecWithStatus,
    NoSpecFlattens,
    NoSpecAnything,
    RootRules,
    SchemaDisabled,
    SchemaManual,
    SchemaDerived,
    RootAttributes,
    NewtypeAsSpec,
    UnitAsSpec,
];
