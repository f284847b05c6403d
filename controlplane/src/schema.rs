//! What is known of a value's type: the one description that decoding, pruning, apply and strategic merge go by.
//!
//! The built-in types have theirs from the table in `types`, custom ones from their CRD.

use std::{collections::BTreeMap, ops::Deref, sync::Arc};

use serde_json::Value;

use crate::types::Named;

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// What it is made of.
    pub shape: Shape,
    /// Whether null is a value of it.
    pub nullable: bool,
}

/// What a value is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything; what is in it is kept.
    Any,
    /// No object and no list.
    Scalar(Scalar),
    /// Fields of known names.
    Object(Object),
    /// Any names, values of one type.
    Map {
        /// The type of each value.
        values: SchemaRef,
        /// Whether it has one owner as a whole (`x-kubernetes-map-type: atomic`).
        atomic: bool,
    },
    /// A list.
    List {
        /// The type of each item.
        items: SchemaRef,
        /// How two lists are merged by apply.
        topology: Topology,
    },
}

/// Fields of known names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// By their names in JSON.
    pub fields: BTreeMap<String, Field>,
    /// Whether other fields are kept (`x-kubernetes-preserve-unknown-fields`).
    pub keeps_unknown: bool,
    /// Whether it has one owner as a whole (`x-kubernetes-map-type: atomic`).
    pub atomic: bool,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its type.
    pub schema: SchemaRef,
    /// Whether it must be there.
    pub required: bool,
    /// What it is where nothing was given.
    pub default: Option<Value>,
    /// How strategic merge treats it; built-in types only.
    pub patch: Patch,
}

/// How a strategic merge patch treats a field (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Lists are merged, not replaced.
    pub merge: bool,
    /// By which field of their items; none for lists of scalars.
    pub merge_key: Option<String>,
    /// `$retainKeys` is in its strategy.
    pub retain_keys: bool,
}

/// No object and no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A text.
    String,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// An integer or a text (`IntOrString`, `x-kubernetes-int-or-string`).
    IntOrString,
    /// An amount, written as a text or a number (`resource.Quantity`).
    Quantity,
    /// A moment to the second.
    Time,
    /// A moment to the microsecond.
    MicroTime,
    /// Bytes, as base64.
    Bytes,
}

/// How apply merges lists (`x-kubernetes-list-type`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// One owner as a whole.
    Atomic,
    /// Each scalar is an item of its own.
    Set,
    /// Each item is known by the values of these fields.
    Map(Vec<String>),
}

/// A type, or the name of one: types may contain themselves.
#[derive(Clone, Debug)]
pub struct SchemaRef(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Here(Arc<Schema>),
    BuiltIn(&'static Named),
}

impl From<Schema> for SchemaRef {
    fn from(schema: Schema) -> Self {
        Self(Inner::Here(Arc::new(schema)))
    }
}

impl From<&'static Named> for SchemaRef {
    fn from(named: &'static Named) -> Self {
        Self(Inner::BuiltIn(named))
    }
}

impl Deref for SchemaRef {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        match &self.0 {
            Inner::Here(schema) => schema,
            Inner::BuiltIn(named) => named.schema(),
        }
    }
}

impl PartialEq for SchemaRef {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Inner::BuiltIn(one), Inner::BuiltIn(other)) => one.name == other.name,
            _ => **self == **other,
        }
    }
}

impl From<Shape> for Schema {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            nullable: false,
        }
    }
}
