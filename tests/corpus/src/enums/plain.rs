//! Enums of unit variants only.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "PlainEnum")]
pub struct PlainEnumSpec {
    pub color: Color,
    /// Words of the field.
    pub documented: Color,
    pub one: One,
    pub number: Numbered,
    pub holds_doc: DocumentedContainer,
}

#[derive(
    Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, JsonSchema,
)]
pub enum Color {
    Red,
    Green,
    Blue,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum One {
    Only,
}

/// The discriminants are not what goes over the wire.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[repr(u8)]
pub enum Numbered {
    Low = 1,
    High = Numbered::Low as u8 * 8,
}

/// # A title
///
/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum DocumentedContainer {
    A,
    B,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "DocumentedUnits")]
pub struct DocumentedUnitsSpec {
    pub all: AllDocumented,
    pub some: SomeDocumented,
    /// Words of the field.
    pub both: Both,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum AllDocumented {
    /// The first.
    First,
    /// The second.
    Second,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum SomeDocumented {
    First,
    /// The second.
    Second,
    Third,
    /// The fourth.
    Fourth,
}

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Both {
    /// The first.
    FirstOne,
    SecondOne,
}

/// What else a unit variant may carry.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "AttributedUnits")]
pub struct AttributedUnitsSpec {
    pub units: Attributed,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Attributed {
    #[schemars(title = "A title")]
    Titled,
    #[schemars(description = "Words by an attribute")]
    Described,
    #[deprecated]
    Deprecated,
    #[deprecated(since = "1", note = "gone")]
    DeprecatedWithNote,
    #[schemars(extend("x-own" = 1))]
    Extended,
    #[schemars(example = &"Example")]
    Example,
    Plain,
}

/// An enum as the spec itself; `oneOf` stands at `spec`.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ChoiceAsSpec")]
pub enum EnumAsSpec {
    Image(String),
    Size { width: u8, height: u8 },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "UnitsAsWhole",
    status = "UnitsAsStatus"
)]
pub enum UnitsAsSpec {
    On,
    Off,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum UnitsAsStatus {
    Good,
    Bad,
}

kinds![
    PlainEnum,
    DocumentedUnits,
    AttributedUnits,
    ChoiceAsSpec,
    UnitsAsWhole
];
