//! The types of k8s-openapi, as kube has them within a CRD, without linking them.
//!
//! `types.txt` has a block of lines for each type, sorted by its path, and `docs.bin` what their documentation says. Both
//! are written by `examples/tables.rs`. A lookup reads the lines of the types that it needs and unpacks the blocks of
//! documentation that these speak of, each once in a process; nothing is read before.
//!
//! ```text
//! api::apps::v1::Deployment doc=12 group=apps plural=deployments scope=namespace
//!  metadata* apimachinery::pkg::apis::meta::v1::ObjectMeta doc=7
//!  spec DeploymentSpec doc=13
//! apimachinery::pkg::apis::meta::v1::Time doc=99 is=string/date-time
//! ```
//!
//! A star says that a field is required. `[T]` is a list, `{T}` a map, a name without a module is of the same module.
//!
//! What the API says of these types and k8s-openapi loses is in `lost.txt`, from the markers in Kubernetes' own sources;
//! [`restore`] lays it over the schemas of a CRD.

mod blocks;
mod docs;
mod lost;
mod types;

use serde_json::{Map, Value, json};

pub use self::lost::restore;
use self::types::{Shape, Type};

/// What a CRD has in the place of a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Builtin {
    /// This schema, wherever the type stands as something required.
    Schema(Value),
    /// Nothing that a server would take: the type contains itself, as `JSONSchemaProps` does, so that kube writes a
    /// `$ref`, and structural schemas have none.
    Recursive,
}

/// A kind of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// Its group; empty for the core's.
    pub group: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its name.
    pub kind: &'static str,
    /// What URLs and rules call it; the name of the subresource when it is one.
    pub plural: &'static str,
    /// Where its objects are.
    pub scope: Scope,
    /// Whether its objects have a status.
    pub has_status: bool,
}

/// Where the objects of a kind are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In no namespace.
    Cluster,
    /// In a namespace.
    Namespace,
    /// Below another object, as `Scale` and `Eviction` are.
    Subresource,
}

/// The schema of a type of k8s-openapi by its path below the crate: exactly what kube's `crd()` has in the place of a
/// required field of that type which has no documentation of its own.
///
/// Every type is there that has a schema in k8s-openapi.
///
/// ```
/// use myop_builtin::Builtin;
/// use serde_json::json;
///
/// let Some(Builtin::Schema(port)) = myop_builtin::schema("api::core::v1::ContainerPort") else {
///     panic!("there is such a type")
/// };
/// assert_eq!(port["required"], json!(["containerPort"]));
/// assert_eq!(myop_builtin::schema("api::core::v1::NoSuchType"), None);
/// ```
pub fn schema(path: &str) -> Option<Builtin> {
    let found = Type::find(path)?;
    Some(
        of_type(&found, &mut Vec::new())
            .map_or(Builtin::Recursive, |it| Builtin::Schema(it.into())),
    )
}

/// A kind by its type's path below k8s-openapi's root.
///
/// ```
/// use myop_builtin::Scope;
///
/// let ingress = myop_builtin::resource("api::networking::v1::Ingress").expect("it is a kind");
/// assert_eq!((ingress.group, ingress.plural), ("networking.k8s.io", "ingresses"));
/// assert_eq!(ingress.scope, Scope::Namespace);
/// assert_eq!(myop_builtin::resource("api::core::v1::PodSpec"), None);
/// ```
pub fn resource(path: &str) -> Option<Resource> {
    let found = Type::find(path)?;
    let (module, kind) = found.path().rsplit_once("::")?;
    let (_, version) = module.rsplit_once("::")?;
    Some(Resource {
        group: found.word("group")?,
        version,
        kind,
        plural: found.word("plural")?,
        scope: match found.word("scope")? {
            "cluster" => Scope::Cluster,
            "namespace" => Scope::Namespace,
            _ => Scope::Subresource,
        },
        has_status: found.fields().any(|field| field.name == "status"),
    })
}

/// A type's schema; none when it contains itself. `within` are the types around it.
fn of_type(of: &Type, within: &mut Vec<&'static str>) -> Option<Map<String, Value>> {
    if within.contains(&of.path()) {
        return None;
    }
    within.push(of.path());
    let mut schema = match of.word("is") {
        Some(shape) => of_shape(Shape::read(shape), of, within)?,
        None => of_struct(of, within)?,
    };
    within.pop();
    describe(&mut schema, of.doc());
    Some(schema)
}

fn of_struct(of: &Type, within: &mut Vec<&'static str>) -> Option<Map<String, Value>> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in of.fields() {
        let mut schema = of_shape(field.shape(), of, within)?;
        describe(&mut schema, field.doc());
        if field.required {
            required.push(field.name);
        } else if schema.contains_key("x-kubernetes-int-or-string") {
            // kube takes it for an `Option`, whose schema lost the word.
            schema.insert("nullable".to_owned(), true.into());
        }
        properties.insert(field.name.to_owned(), schema.into());
    }
    let mut schema = Map::from_iter([("type".to_owned(), "object".into())]);
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    Some(schema)
}

/// The schema of what a type, or a field of it, is.
fn of_shape(
    shape: Shape<'static>,
    owner: &Type,
    within: &mut Vec<&'static str>,
) -> Option<Map<String, Value>> {
    let (key, value): (&str, Value) = match shape {
        Shape::Named(name) => return of_type(&owner.beside(name)?, within),
        Shape::Recursive => return None,
        Shape::Anything => return Some(Map::new()),
        Shape::IntOrString => ("x-kubernetes-int-or-string", true.into()),
        Shape::List(inner) => ("items", of_shape(Shape::read(inner), owner, within)?.into()),
        Shape::Map(inner) => (
            "additionalProperties",
            of_shape(Shape::read(inner), owner, within)?.into(),
        ),
        Shape::Scalar { format, .. } => ("format", format.into()),
    };
    let mut schema = Map::new();
    if !value.is_null() {
        schema.insert(key.to_owned(), value);
    }
    if let Some(name) = shape.type_name() {
        schema.insert("type".to_owned(), name.into());
    }
    Some(schema)
}

fn describe(schema: &mut Map<String, Value>, doc: Option<&str>) {
    if let Some(doc) = doc {
        schema.insert("description".to_owned(), doc.into());
    }
}
