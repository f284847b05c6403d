//! What only running the program tells: a schema by a function, transforms, implementations by hand, macros.

use kube::CustomResource;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SchemaByFunction")]
pub struct SchemaByFunctionSpec {
    #[schemars(schema_with = "anything")]
    pub anything: serde_json::Value,
    pub container: ByFunction,
    pub variants: VariantsByFunction,
}

fn anything(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "x-kubernetes-preserve-unknown-fields": true })
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(schema_with = "anything")]
pub struct ByFunction(u8);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum VariantsByFunction {
    #[schemars(schema_with = "anything")]
    First(u8),
    Second(u8),
}

/// A function that does more than to write one schema down.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SchemaByGenerator")]
pub struct SchemaByGeneratorSpec {
    /// Words.
    #[schemars(schema_with = "with_limit")]
    pub limited: String,
}

fn with_limit(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<String>();
    schema.insert("maxLength".into(), 9.into());
    schema
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Transformed")]
pub struct TransformedSpec {
    #[schemars(transform = lengthen)]
    pub field: String,
    pub container: TransformedContainer,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(transform = lengthen)]
pub struct TransformedContainer {
    pub name: String,
}

fn lengthen(schema: &mut Schema) {
    schema.insert("maxLength".into(), 99.into());
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SchemaByHand")]
pub struct SchemaByHandSpec {
    pub percentage: Percentage,
}

#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Percentage(String);

impl JsonSchema for Percentage {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Percentage".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{1,3}%$" })
    }
}

/// A struct that a macro writes; and a kind that one does, which nobody sees in the sources.
macro_rules! structs {
    ($($name:ident { $($field:ident: $type:ty),* })*) => {$(
        #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
        pub struct $name {
            $(pub $field: $type),*
        }
    )*};
}

structs! {
    WrittenByMacro { name: String, size: u8 }
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "HoldsMacro")]
pub struct HoldsMacroSpec {
    pub written: WrittenByMacro,
}

macro_rules! kind {
    ($spec:ident, $kind:literal) => {
        #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
        #[kube(group = "example.com", version = "v1", kind = $kind)]
        pub struct $spec {
            pub name: String,
        }
    };
}

kind!(KindByMacroSpec, "KindByMacro");

/// A type by a macro in its place.
macro_rules! text {
    () => {
        String
    };
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TypeByMacro")]
pub struct TypeByMacroSpec {
    pub text: text!(),
}

/// Definitions of types that are not ours.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RemoteDefinitions")]
pub struct RemoteDefinitionsSpec {
    pub remote: HoldsRemote,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(remote = "std::time::Duration")]
pub struct DurationDefinition {
    #[serde(getter = "std::time::Duration::as_secs")]
    pub secs: u64,
    #[serde(getter = "std::time::Duration::subsec_nanos")]
    pub nanos: u32,
}

impl From<DurationDefinition> for std::time::Duration {
    fn from(definition: DurationDefinition) -> Self {
        Self::new(definition.secs, definition.nanos)
    }
}

/// A definition in another's place.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct HoldsRemote {
    #[serde(with = "DurationDefinition")]
    pub remote: std::time::Duration,
}

kinds![
    SchemaByFunction,
    SchemaByGenerator,
    Transformed,
    SchemaByHand,
    HoldsMacro,
    KindByMacro,
    TypeByMacro,
    RemoteDefinitions,
];
