//! A structural schema as [`crate::Schema`]: what apply and managedFields go by.
//!
//! Source: apiextensions-apiserver `pkg/controller/openapi/builder`, and kube-openapi `pkg/schemaconv`, which turns what
//! that publishes into structured-merge-diff's types.

use std::collections::BTreeMap;

use super::structural::{Additional, ListType, Node, Type};
use crate::{Field, Object, Patch, Scalar, Schema, SchemaRef, Shape, Topology};

/// The schema of a whole object: with what each object has.
pub(super) fn of_resource(node: &Node) -> Schema {
    let mut schema = of(node);
    if let Shape::Object(object) = &mut schema.shape {
        add_meta(&mut object.fields);
    } else {
        let mut fields = BTreeMap::new();
        add_meta(&mut fields);
        schema.shape = Shape::Object(Object {
            fields,
            keeps_unknown: node.keeps_unknown,
            atomic: false,
        });
    }
    schema
}

fn of(node: &Node) -> Schema {
    Schema {
        shape: shape(node),
        nullable: node.nullable,
    }
}

fn shape(node: &Node) -> Shape {
    if node.int_or_string {
        return Shape::Scalar(Scalar::IntOrString);
    }
    match node.kind {
        Some(Type::String) => Shape::Scalar(Scalar::String),
        Some(Type::Boolean) => Shape::Scalar(Scalar::Boolean),
        Some(Type::Number) => Shape::Scalar(Scalar::Number),
        Some(Type::Integer) => Shape::Scalar(if node.format_name == "int32" {
            Scalar::Int32
        } else {
            Scalar::Int64
        }),
        Some(Type::Array) => Shape::List {
            items: node
                .items
                .as_deref()
                .map_or_else(anything, |items| of(items).into()),
            topology: match &node.list_type {
                ListType::Unsaid | ListType::Atomic => Topology::Atomic,
                ListType::Set => Topology::Set,
                ListType::Map(keys) => Topology::Map(keys.clone()),
            },
        },
        Some(Type::Object) => of_object(node),
        None => Shape::Any,
    }
}

fn of_object(node: &Node) -> Shape {
    let values = match &node.additional {
        Additional::Of(values) => Some(of(values).into()),
        Additional::Any => Some(anything()),
        Additional::Unsaid | Additional::Refused => None,
    };
    if let (Some(values), true) = (values, node.properties.is_empty()) {
        return Shape::Map {
            values,
            atomic: node.atomic_map,
        };
    }
    let mut fields: BTreeMap<String, Field> = node
        .properties
        .iter()
        .map(|(name, property)| {
            let required = node.required.contains(name);
            (
                name.clone(),
                field(of(property), required, property.default.clone()),
            )
        })
        .collect();
    if node.embedded {
        add_meta(&mut fields);
    }
    Shape::Object(Object {
        fields,
        keeps_unknown: node.keeps_unknown,
        atomic: node.atomic_map,
    })
}

fn anything() -> SchemaRef {
    Schema::from(Shape::Any).into()
}

fn field(schema: Schema, required: bool, default: Option<serde_json::Value>) -> Field {
    Field {
        schema: schema.into(),
        required,
        default,
        patch: Patch::default(),
    }
}

fn scalar(scalar: Scalar) -> Field {
    field(Shape::Scalar(scalar).into(), false, None)
}

fn list(items: Schema, topology: Topology) -> Field {
    let items = items.into();
    field(Shape::List { items, topology }.into(), false, None)
}

fn add_meta(fields: &mut BTreeMap<String, Field>) {
    for name in ["apiVersion", "kind"] {
        fields.insert(name.into(), scalar(Scalar::String));
    }
    fields.insert("metadata".into(), field(object_meta(), false, None));
}

/// `ObjectMeta` of `meta/v1`.
fn object_meta() -> Schema {
    let texts = || Shape::Map {
        values: Schema::from(Shape::Scalar(Scalar::String)).into(),
        atomic: false,
    };
    let mut fields = BTreeMap::new();
    for name in [
        "generateName",
        "name",
        "namespace",
        "resourceVersion",
        "selfLink",
        "uid",
    ] {
        fields.insert(name.to_owned(), scalar(Scalar::String));
    }
    for name in ["generation", "deletionGracePeriodSeconds"] {
        fields.insert(name.into(), scalar(Scalar::Int64));
    }
    for name in ["creationTimestamp", "deletionTimestamp"] {
        fields.insert(name.into(), scalar(Scalar::Time));
    }
    for name in ["labels", "annotations"] {
        fields.insert(name.into(), field(texts().into(), false, None));
    }
    let text: Schema = Shape::Scalar(Scalar::String).into();
    fields.insert("finalizers".into(), list(text, Topology::Set));
    fields.insert(
        "ownerReferences".into(),
        list(owner(), Topology::Map(vec!["uid".into()])),
    );
    fields.insert("managedFields".into(), list(manager(), Topology::Atomic));
    object(fields, false)
}

fn object(fields: BTreeMap<String, Field>, atomic: bool) -> Schema {
    Shape::Object(Object {
        fields,
        keeps_unknown: false,
        atomic,
    })
    .into()
}

fn owner() -> Schema {
    let mut fields = BTreeMap::new();
    for name in ["apiVersion", "kind", "name", "uid"] {
        let required = Field {
            required: true,
            ..scalar(Scalar::String)
        };
        fields.insert(name.to_owned(), required);
    }
    for name in ["controller", "blockOwnerDeletion"] {
        fields.insert(name.into(), scalar(Scalar::Boolean));
    }
    object(fields, true)
}

fn manager() -> Schema {
    let mut fields = BTreeMap::new();
    for name in [
        "apiVersion",
        "fieldsType",
        "manager",
        "operation",
        "subresource",
    ] {
        fields.insert(name.to_owned(), scalar(Scalar::String));
    }
    fields.insert("time".into(), scalar(Scalar::Time));
    fields.insert("fieldsV1".into(), field(Shape::Any.into(), false, None));
    object(fields, false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_and_maps_keep_how_they_are_merged() {
        let schema = of(&Node::read(&json!({
            "type": "object",
            "properties": {
                "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port"],
                    "items": {"type": "object", "properties": {"port": {"type": "integer", "default": 80}}}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "port": {"x-kubernetes-int-or-string": true},
                "any": {"x-kubernetes-preserve-unknown-fields": true},
            },
        })));
        let Shape::Object(object) = &schema.shape else {
            panic!("{schema:?}");
        };
        let shape = |name: &str| &object.fields[name].schema.shape;
        assert!(
            matches!(shape("ports"), Shape::List { topology: Topology::Map(keys), .. } if keys == &["port"])
        );
        assert!(matches!(shape("labels"), Shape::Map { atomic: false, .. }));
        assert_eq!(shape("port"), &Shape::Scalar(Scalar::IntOrString));
        assert_eq!(shape("any"), &Shape::Any);
    }
}
