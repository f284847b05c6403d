//! Generic types, their defaults, constants and bounds, and aliases of them.

use std::{collections::BTreeMap, marker::PhantomData};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// One parameter.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct One<T> {
    pub value: T,
    pub list: Vec<T>,
    pub optional: Option<T>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Two<K, V> {
    pub first: K,
    pub second: V,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "GenericFields")]
pub struct GenericFieldsSpec {
    pub text: One<String>,
    pub number: One<u8>,
    pub structure: One<Plain>,
    pub optional: One<Option<String>>,
    pub two: Two<String, u8>,
    pub swapped: Two<u8, String>,
    pub nested: One<Two<One<bool>, Plain>>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Plain {
    pub name: String,
}

/// Parameters with the names of types that there are.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "GenericShadows")]
pub struct GenericShadowsSpec {
    pub shadowed: Shadows<u8>,
    pub passed_on: PassesOn<bool>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Shadows<Plain> {
    pub plain: Plain,
}

/// Its `T` is not the `T` of what it holds.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct PassesOn<T> {
    pub one: One<Vec<T>>,
    pub two: Two<T, String>,
    pub other: One<u16>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "GenericDefaults")]
pub struct GenericDefaultsSpec {
    pub default: WithDefault,
    pub given: WithDefault<u8>,
    pub second: SecondDefault<u8>,
    pub both: SecondDefault<u8, bool>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct WithDefault<T = String> {
    pub value: T,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct SecondDefault<T, U = Vec<T>> {
    pub first: T,
    pub second: U,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "GenericBounds")]
pub struct GenericBoundsSpec {
    pub bounds: Bounded<u8>,
    pub clause: Clause<String>,
    pub lifetimes: Lived<'static>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Bounded<T: Ord + Clone> {
    pub value: T,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(bound = "T: Serialize + DeserializeOwned")]
#[schemars(bound = "T: JsonSchema")]
pub struct Clause<T>
where
    T: Clone,
{
    pub value: T,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Lived<'a> {
    pub text: std::borrow::Cow<'a, str>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "GenericConstants")]
pub struct GenericConstantsSpec {
    pub three: Sized<3>,
    pub constant: Sized<FOUR>,
    pub both: SizedOf<u8, 2>,
    pub unused: Tagged<7>,
}

const FOUR: usize = 4;

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Tagged<const TAG: u8> {
    pub value: String,
}

#[derive(Clone, Debug)]
pub struct Sized<const N: usize>(pub [u8; N]);

impl<const N: usize> Serialize for Sized<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Sized<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(deserializer)?;
        list.try_into()
            .map(Self)
            .map_err(|_| serde::de::Error::custom("another length"))
    }
}

impl<const N: usize> JsonSchema for Sized<N> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sized".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = <Vec<u8>>::json_schema(generator);
        schema.insert("maxItems".into(), N.into());
        schema
    }
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct SizedOf<T, const N: usize> {
    pub value: T,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "PhantomParameters")]
pub struct PhantomParametersSpec {
    pub phantom: Phantom<NoSchema>,
    pub skipped: SkippedPhantom<NoSchema>,
}

#[derive(Clone, Debug)]
pub struct NoSchema;

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Phantom<T> {
    pub name: String,
    pub marker: PhantomData<T>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct SkippedPhantom<T> {
    pub name: String,
    #[serde(skip)]
    pub marker: PhantomData<T>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "GenericEnums")]
pub struct GenericEnumsSpec {
    pub external: GenericChoice<String>,
    pub untagged: Either<Plain, u8>,
    pub newtype: Wrapper<Plain>,
    pub optional_newtype: Option<Wrapper<String>>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GenericChoice<T> {
    Value(T),
    List { items: Vec<T> },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Either<L, R> {
    Left { left: L },
    Right { right: R },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(transparent)]
pub struct Wrapper<T>(pub T);

type Text = String;
type Numbers = Vec<u8>;
type Listed<T> = Vec<One<T>>;
type MapOf<V> = BTreeMap<String, V>;
type Swapped<A, B> = Two<B, A>;
type Chained = Listed<Text>;
type Defaulted<T = u8> = Option<T>;

/// Aliases, also of generics, and of one another.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Aliases")]
pub struct AliasesSpec {
    pub text: Text,
    pub numbers: Numbers,
    pub optional: Option<Text>,
    pub listed: Listed<u8>,
    pub map: MapOf<Plain>,
    pub swapped: Swapped<String, u8>,
    pub chained: Chained,
    pub defaulted: Defaulted,
    pub aliased_option: Defaulted<String>,
}

/// What a type of a trait is, only the compiler knows.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "AssociatedTypes")]
pub struct AssociatedTypesSpec {
    pub associated: <Plain as Named>::Name,
    pub through_parameter: Through<Plain>,
}

pub trait Named {
    type Name;
}

impl Named for Plain {
    type Name = String;
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(bound = "T::Name: Serialize + DeserializeOwned")]
#[schemars(bound = "T::Name: JsonSchema")]
pub struct Through<T: Named> {
    pub name: T::Name,
}

/// A flattened parameter.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedParameter")]
pub struct FlattenedParameterSpec {
    pub with: Flattens<Plain>,
    pub with_enum: Flattens<GenericChoice<u8>>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Flattens<T> {
    pub own: u8,
    #[serde(flatten)]
    pub inner: T,
}

kinds![
    GenericFields,
    GenericShadows,
    GenericDefaults,
    GenericBounds,
    GenericConstants,
    PhantomParameters,
    GenericEnums,
    Aliases,
    AssociatedTypes,
    FlattenedParameter,
];
