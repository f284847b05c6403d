//! k8s-openapi's types as they are linked: their schemas, alone and as kube has them within a CRD.

use k8s_openapi::{
    ClusterResourceScope, NamespaceResourceScope, Resource, SubResourceScope,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps,
};
use kube_core::schema::{OptionalEnum, OptionalIntOrString, StructuralSchemaRewriter};
use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema,
    transform::AddNullable,
};
use serde_json::Value;

mod each;

pub(crate) use each::types;

/// A type that has a schema.
pub(crate) struct Linked {
    /// Its path below the crate's root.
    pub(crate) path: &'static str,
    /// The name that its schema goes by.
    pub(crate) name: String,
    /// Its own schema, as schemars asks for it.
    pub(crate) own: fn(&mut SchemaGenerator) -> Schema,
    /// Its schema as that of a required property of a CRD.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "this is what the tests hold the table against")
    )]
    pub(crate) in_crd: fn() -> Value,
    /// What the API says of it, when it is a kind.
    pub(crate) resource: Option<Kind>,
}

/// What k8s-openapi says of a kind.
#[expect(clippy::struct_field_names, reason = "that is what it is called")]
pub(crate) struct Kind {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) scope: &'static str,
}

impl Linked {
    fn new<T: JsonSchema>(path: &'static str) -> Self {
        Self {
            path: path.split('<').next().unwrap_or(path),
            name: T::schema_name().into_owned(),
            own: T::json_schema,
            in_crd: in_crd::<T>,
            resource: None,
        }
    }

    fn kind<T: JsonSchema + Resource<Scope: Scope>>(path: &'static str) -> Self {
        Self {
            resource: Some(Kind {
                group: T::GROUP,
                version: T::VERSION,
                kind: T::KIND,
                plural: T::URL_PATH_SEGMENT,
                scope: <T::Scope as Scope>::NAME,
            }),
            ..Self::new::<T>(path)
        }
    }
}

trait Scope {
    const NAME: &str;
}

impl Scope for ClusterResourceScope {
    const NAME: &str = "cluster";
}

impl Scope for NamespaceResourceScope {
    const NAME: &str = "namespace";
}

impl Scope for SubResourceScope {
    const NAME: &str = "subresource";
}

/// A struct with one required field.
struct Holder<T>(std::marker::PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Holder<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Holder".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": { "it": generator.subschema_for::<T>() },
            "required": ["it"],
        })
    }
}

/// What kube-derive's `CustomResourceExt::crd` does for a spec.
fn in_crd<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::openapi3()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .with_transform(AddNullable::default())
        .with_transform(StructuralSchemaRewriter)
        .with_transform(OptionalEnum)
        .with_transform(OptionalIntOrString)
        .into_generator();
    let schema = generator.into_root_schema_for::<Holder<T>>().to_value();
    let props: JSONSchemaProps = serde_json::from_value(schema).expect("schemars writes schemas");
    let mut schema = serde_json::to_value(props).expect("schemas are JSON");
    schema["properties"]["it"].take()
}

/// Lists types: `kind` those that are resources, `new` the others.
macro_rules! list_types {
    ($($constructor:ident $path:path;)*) => {
        /// All types that have a schema.
        pub(crate) fn types() -> Vec<Linked> {
            vec![$(Linked::$constructor::<$path>(stringify!($path))),*]
        }
    };
}
use list_types;
