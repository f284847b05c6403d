//! Where enums stand: in options, lists, maps, boxes, tuples.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{external, internal, plain, untagged};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "OptionalEnums")]
pub struct OptionalEnumsSpec {
    pub plain: Option<plain::Color>,
    pub documented: Option<plain::AllDocumented>,
    pub documented_type: Option<plain::DocumentedContainer>,
    pub external: Option<external::Newtypes>,
    pub internal: Option<internal::OneStruct>,
    pub adjacent: Option<super::adjacent::OneNewtype>,
    pub untagged: Option<untagged::Structs>,
    pub scalars: Option<untagged::Different>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "DocumentedOptionalEnums"
)]
pub struct DocumentedOptionalEnumsSpec {
    /// Words of the field.
    pub plain: Option<plain::Color>,
    /// Words of the field.
    pub documented: Option<plain::AllDocumented>,
    /// Words of the field.
    pub documented_type: Option<plain::Both>,
    /// Words of the field.
    pub external: Option<external::Documented>,
    /// Words of the field.
    pub untagged: Option<untagged::Documented>,
    /// Words of the field.
    #[serde(default)]
    pub with_default: Option<external::Documented>,
    pub silent: Option<external::Documented>,
    pub silent_units: Option<plain::Both>,
    pub silent_untagged: Option<untagged::Documented>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ListedEnums")]
pub struct ListedEnumsSpec {
    pub plain: Vec<plain::Color>,
    pub documented: Vec<plain::AllDocumented>,
    pub external: Vec<external::Newtypes>,
    pub untagged: Vec<untagged::Structs>,
    pub optional: Vec<Option<plain::Color>>,
    pub optional_external: Vec<Option<external::Newtypes>>,
    pub optional_list: Option<Vec<external::Newtypes>>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "MappedEnums")]
pub struct MappedEnumsSpec {
    pub plain: BTreeMap<String, plain::Color>,
    pub external: BTreeMap<String, external::Newtypes>,
    pub untagged: BTreeMap<String, untagged::Structs>,
    pub optional: BTreeMap<String, Option<plain::Color>>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "WrappedEnums")]
pub struct WrappedEnumsSpec {
    pub boxed: Box<plain::Color>,
    pub optional_box: Option<Box<external::Newtypes>>,
    pub box_of_option: Box<Option<plain::Color>>,
    pub twice: Option<Option<plain::Color>>,
    pub twice_external: Option<Option<external::Newtypes>>,
    pub newtype: Newtype,
    pub optional_newtype: Option<Newtype>,
    pub holds_option: HoldsOption,
    pub tuple: (plain::Color, external::Newtypes),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Newtype(pub plain::Color);

/// Words of the newtype.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct HoldsOption(pub Option<external::Newtypes>);

/// An enum in a variant of an enum.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NestedEnums")]
pub struct NestedEnumsSpec {
    pub outer: Outer,
    pub optional: Option<Outer>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Outer {
    Plain(plain::Color),
    External(external::Newtypes),
    Untagged(untagged::Structs),
    Optional(Option<external::Newtypes>),
    Struct {
        plain: plain::Color,
        external: Option<external::Newtypes>,
    },
}

kinds![
    OptionalEnums,
    DocumentedOptionalEnums,
    ListedEnums,
    MappedEnums,
    WrappedEnums,
    NestedEnums
];
