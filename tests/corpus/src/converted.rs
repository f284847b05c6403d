//! Types that go over the wire as another: `transparent`, newtypes, `from`, `try_from`, `into`, `with`.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Transparent")]
pub struct TransparentSpec {
    pub tuple: TransparentTuple,
    pub named: TransparentNamed,
    pub documented: TransparentDocumented,
    pub with_phantom: TransparentWithPhantom<u8>,
    pub optional: TransparentOption,
    pub limited: TransparentLimited,
    pub twice: Option<TransparentTuple>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct TransparentTuple(pub String);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct TransparentNamed {
    pub inner: BTreeMap<String, u8>,
}

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct TransparentDocumented {
    /// Words of the field.
    pub inner: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct TransparentWithPhantom<T> {
    pub inner: String,
    #[serde(skip)]
    pub marker: std::marker::PhantomData<T>,
}

/// With words it is no option any more: the field is required.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct TransparentOption(pub Option<String>);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct TransparentLimited(#[schemars(length(max = 63))] pub String);

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Newtypes")]
pub struct NewtypesSpec {
    pub text: Text,
    pub documented: DocumentedNewtype,
    pub limited: LimitedNewtype,
    /// No option to schemars, though its schema is nullable: the field is required.
    pub optional: OptionalNewtype,
    pub transparent_optional: PlainOptional,
    pub structure: StructNewtype,
    pub inner_documented: InnerDocumented,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Text(pub String);

/// Words of the newtype.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct DocumentedNewtype(pub String);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(extend("format" = "hostname"))]
pub struct LimitedNewtype(
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z]+$"))] pub String,
);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OptionalNewtype(pub Option<String>);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct PlainOptional(pub Option<u8>);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct StructNewtype(pub Inner);

/// Words of the inner.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Inner {
    pub size: u8,
}

/// Words of the outer.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct InnerDocumented(
    /// Words of the field.
    pub Inner,
);

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TupleStructs")]
pub struct TupleStructsSpec {
    pub skipping: SkippingPair,
    pub empty: EmptyTuple,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct SkippingPair(pub u8, #[serde(skip)] pub u8);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct EmptyTuple();

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Converted")]
pub struct ConvertedSpec {
    pub from: FromText,
    pub try_from: TriedFromText,
    pub into: IntoText,
    pub both: FromAndInto,
    pub from_generic: FromList,
    pub schemars_from: SchemarsFrom,
    pub not_from: NotFrom,
    pub documented: DocumentedFrom,
    pub optional: Option<FromText>,
    pub from_option: FromOption,
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(from = "String")]
pub struct FromText {
    pub inner: u8,
}

impl From<String> for FromText {
    fn from(text: String) -> Self {
        Self {
            inner: text.parse().unwrap_or_default(),
        }
    }
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct TriedFromText(u8);

impl TryFrom<String> for TriedFromText {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<TriedFromText> for String {
    fn from(tried: TriedFromText) -> Self {
        tried.0.to_string()
    }
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(into = "String")]
pub struct IntoText {
    pub inner: u8,
}

impl From<IntoText> for String {
    fn from(text: IntoText) -> Self {
        text.inner.to_string()
    }
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(from = "Wire", into = "IntoText")]
pub struct FromAndInto(u8);

/// Words of what is on the wire.
#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
pub struct Wire {
    pub wired: u8,
}

impl From<Wire> for FromAndInto {
    fn from(wire: Wire) -> Self {
        Self(wire.wired)
    }
}

impl From<FromAndInto> for IntoText {
    fn from(both: FromAndInto) -> Self {
        Self { inner: both.0 }
    }
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(from = "Vec<Wire>")]
pub struct FromList {
    pub first: Option<Wire>,
}

impl From<Vec<Wire>> for FromList {
    fn from(list: Vec<Wire>) -> Self {
        Self {
            first: list.into_iter().next(),
        }
    }
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[schemars(from = "u16")]
pub struct SchemarsFrom {
    pub inner: u8,
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(from = "Wire")]
#[schemars(!from)]
pub struct NotFrom {
    pub unwired: u8,
}

impl From<Wire> for NotFrom {
    fn from(wire: Wire) -> Self {
        Self {
            unwired: wire.wired,
        }
    }
}

/// Words of the type.
#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(from = "Wire")]
#[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
pub struct DocumentedFrom(u8);

impl From<Wire> for DocumentedFrom {
    fn from(wire: Wire) -> Self {
        Self(wire.wired)
    }
}

#[derive(Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[serde(from = "Option<u8>")]
pub struct FromOption(u8);

impl From<Option<u8>> for FromOption {
    fn from(option: Option<u8>) -> Self {
        Self(option.unwrap_or_default())
    }
}

/// Types that have no schema borrow another's.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Borrowed")]
pub struct BorrowedSpec {
    #[schemars(with = "String")]
    pub text: Opaque,
    #[schemars(with = "Option<String>")]
    pub optional: Opaque,
    #[schemars(with = "Vec::<Wire>")]
    pub list: Opaque,
    #[schemars(with = "std::collections::BTreeMap<String, u8>")]
    pub map: Opaque,
    /// Words of the field.
    #[schemars(with = "Wire", title = "Wired")]
    pub documented: Opaque,
    #[serde(default)]
    #[schemars(with = "u8")]
    pub with_default: u16,
    pub container: BorrowedContainer,
    pub documented_container: DocumentedBorrowed,
    pub variants: BorrowedVariants,
}

#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Opaque(String);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(with = "u8")]
pub struct BorrowedContainer(Opaque);

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(with = "Wire")]
pub struct DocumentedBorrowed(Opaque);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum BorrowedVariants {
    #[schemars(with = "u8")]
    First(Opaque),
    Second(#[schemars(with = "String")] Opaque),
    Third {
        #[schemars(with = "bool")]
        inner: Opaque,
    },
}

/// `serialize_with` and `deserialize_with` leave the schema to the type; a module in `with` is none.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ByFunctions")]
pub struct ByFunctionsSpec {
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub number: u8,
    #[serde(with = "wire")]
    #[schemars(with = "String")]
    pub module: u8,
    #[serde(default, with = "wire")]
    #[schemars(with = "String")]
    pub module_with_default: u8,
}

fn write<S: serde::Serializer>(number: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

mod wire {
    pub(super) use super::{read as deserialize, write as serialize};
}

kinds![
    Transparent,
    Newtypes,
    TupleStructs,
    Converted,
    Borrowed,
    ByFunctions
];
