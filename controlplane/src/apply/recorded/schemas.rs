//! Schemas of the recorded kinds: from `openapi.json`, of the real server, and from the custom kind's definition.

use std::fs;

use serde_json::{Map, Value};

use crate::{Field, Object, Patch, Scalar, Schema, SchemaRef, Shape, Topology};

/// What the documents of OpenAPI say of the built-in kinds.
pub(super) struct Documents(Map<String, Value>);

impl Documents {
    pub(super) fn open() -> Self {
        let text = fs::read_to_string(super::folder().join("openapi.json")).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// A type by its name: `io.k8s.api.core.v1.Pod`.
    pub(super) fn named(&self, name: &str) -> Schema {
        match name.rsplit('.').next() {
            Some("Quantity") => Shape::Scalar(Scalar::Quantity).into(),
            Some("IntOrString") => Shape::Scalar(Scalar::IntOrString).into(),
            Some("Time") => Shape::Scalar(Scalar::Time).into(),
            Some("MicroTime") => Shape::Scalar(Scalar::MicroTime).into(),
            _ => self.read(&self.0[name]),
        }
    }

    /// A custom kind, from the schema of its definition.
    pub(super) fn custom(&self, schema: &Value) -> Schema {
        let mut schema = self.read(schema);
        let Shape::Object(object) = &mut schema.shape else {
            panic!("an object")
        };
        let metadata = self.named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
        let text = || Schema::from(Shape::Scalar(Scalar::String));
        for (name, schema) in [
            ("metadata", metadata),
            ("apiVersion", text()),
            ("kind", text()),
        ] {
            let field = Field {
                schema: schema.into(),
                required: false,
                default: None,
                patch: Patch::default(),
            };
            object.fields.insert(name.into(), field);
        }
        schema
    }

    fn read(&self, schema: &Value) -> Schema {
        let reference = schema.pointer("/allOf/0/$ref").or(schema.get("$ref"));
        if let Some(reference) = reference.and_then(Value::as_str) {
            let mut named = self.named(reference.rsplit('/').next().unwrap());
            if let (Shape::Object(object), true) = (&mut named.shape, is_atomic(schema)) {
                object.atomic = true;
            }
            return named;
        }
        let shape = match schema["type"].as_str() {
            Some("object") => self.object(schema),
            Some("array") => Shape::List {
                items: self.read(&schema["items"]).into(),
                topology: topology(schema),
            },
            Some("integer") => Shape::Scalar(Scalar::Int64),
            Some("number") => Shape::Scalar(Scalar::Number),
            Some("boolean") => Shape::Scalar(Scalar::Boolean),
            Some("string") if schema["format"] == "byte" => Shape::Scalar(Scalar::Bytes),
            Some("string") => Shape::Scalar(Scalar::String),
            _ if schema["x-kubernetes-int-or-string"] == true => Shape::Scalar(Scalar::IntOrString),
            _ => Shape::Any,
        };
        Schema {
            shape,
            nullable: schema["nullable"] == true,
        }
    }

    fn object(&self, schema: &Value) -> Shape {
        if let Some(values) = schema.get("additionalProperties") {
            return Shape::Map {
                values: self.read(values).into(),
                atomic: is_atomic(schema),
            };
        }
        let properties = schema["properties"].as_object().into_iter().flatten();
        let fields = properties.map(|(name, property)| {
            let required = schema["required"]
                .as_array()
                .is_some_and(|all| all.contains(&name.as_str().into()));
            let default = property.get("default").cloned();
            let schema: SchemaRef = self.read(property).into();
            (
                name.clone(),
                Field {
                    schema,
                    required,
                    default,
                    patch: Patch::default(),
                },
            )
        });
        Shape::Object(Object {
            fields: fields.collect(),
            keeps_unknown: schema["x-kubernetes-preserve-unknown-fields"] == true,
            atomic: is_atomic(schema),
        })
    }
}

fn is_atomic(schema: &Value) -> bool {
    schema["x-kubernetes-map-type"] == "atomic"
}

fn topology(schema: &Value) -> Topology {
    match schema["x-kubernetes-list-type"].as_str() {
        Some("set") => Topology::Set,
        Some("map") => {
            let keys = schema["x-kubernetes-list-map-keys"]
                .as_array()
                .into_iter()
                .flatten();
            Topology::Map(keys.filter_map(Value::as_str).map(str::to_owned).collect())
        }
        _ => Topology::Atomic,
    }
}
