//! Externally tagged enums: the variant's name is a property.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Payload {
    /// The size.
    pub size: u8,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ExternalShapes")]
pub struct ExternalShapesSpec {
    pub newtypes: Newtypes,
    pub structs: Structs,
    pub mixed: NewtypeAndStruct,
    pub one: One,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Newtypes {
    Text(String),
    Number(u8),
    Optional(Option<String>),
    List(Vec<Payload>),
    Struct(Payload),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Structs {
    First { a: String, b: Option<u8> },
    Second { a: u8 },
    Empty {},
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NewtypeAndStruct {
    AsIs(Payload),
    Inline {
        #[serde(default)]
        count: u8,
        #[schemars(length(min = 1))]
        name: String,
    },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum One {
    Only(String),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ExternalTuples")]
pub struct ExternalTuplesSpec {
    pub tuples: Tuples,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Tuples {
    Pair(u8, String),
    Same(u8, u8),
    Empty(),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ExternalDocs")]
pub struct ExternalDocsSpec {
    /// Words of the field.
    pub choice: Documented,
    pub silent: Documented,
    pub both: DocumentedTwice,
}

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Documented {
    /// The first.
    First(String),
    /// # Second
    /// Words of the second.
    Second {
        /// A field's.
        a: String,
    },
    Third(u8),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum DocumentedTwice {
    /// The variant's words.
    Struct(DocumentedPayload),
    Silent(DocumentedPayload),
    /// The variant's words.
    Inner(
        /// The field's words.
        DocumentedPayload,
    ),
}

/// The payload's words.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct DocumentedPayload {
    pub size: u8,
}

/// One variant stands for what has none of the names.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UntaggedVariant")]
pub struct UntaggedVariantSpec {
    pub choice: WithUntagged,
    pub units: UnitsAndAny,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum WithUntagged {
    Named {
        a: String,
    },
    #[serde(untagged)]
    Other {
        anything: u8,
    },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnitsAndAny {
    Known,
    AlsoKnown,
    #[serde(untagged)]
    Other(String),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ExternalAttributes")]
pub struct ExternalAttributesSpec {
    pub choice: Attributed,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(
    title = "A choice",
    description = "By attributes",
    example = "an example of it"
)]
pub enum Attributed {
    #[schemars(title = "First", description = "By attributes")]
    First {
        #[schemars(description = "By an attribute")]
        a: String,
    },
    #[deprecated]
    Old(String),
    #[schemars(with = "String")]
    Other(NoSchema),
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
    Extended {
        b: u8,
    },
    Limited(#[schemars(length(min = 1), description = "In the parentheses")] String),
}

#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct NoSchema(String);

kinds![
    ExternalShapes,
    ExternalTuples,
    ExternalDocs,
    UntaggedVariant,
    ExternalAttributes
];
