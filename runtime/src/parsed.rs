//! An object as the API server has it, whether or not it can be read.
//!
//! A field that has become required, or a value that a later version has removed, makes an object that is stored
//! unreadable for its type. It must not take the others of its kind with it.

use std::{borrow::Cow, fmt};

use kube::{
    Resource,
    core::{DynamicResourceScope, ObjectMeta},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::object::Object;

#[derive(Clone, Debug)]
pub(crate) enum Parsed<K> {
    Read(K),
    Unreadable(Box<Unreadable>),
}

/// What is known of an object that its type cannot hold.
#[derive(Clone)]
pub(crate) struct Unreadable {
    pub(crate) metadata: ObjectMeta,
    pub(crate) reason: String,
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl<'de, K: Object> Deserialize<'de> for Parsed<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        // Most of a cached object, and of no use to an operator.
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
        let error = match K::deserialize(&value) {
            Ok(object) => return Ok(Self::Read(object)),
            Err(error) => error,
        };
        // A status is what an operator found out, and can find out again.
        if value
            .as_object_mut()
            .and_then(|fields| fields.remove("status"))
            .is_some()
            && let Ok(object) = K::deserialize(&value)
        {
            return Ok(Self::Read(object));
        }
        let metadata = ObjectMeta::deserialize(&value["metadata"]).map_err(D::Error::custom)?;
        let reason = error.to_string();
        Ok(Self::Unreadable(Unreadable { metadata, reason }.into()))
    }
}

impl<K: Object> Resource for Parsed<K> {
    type DynamicType = ();
    /// A watch is of a namespace or of all, whatever the kind.
    type Scope = DynamicResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        K::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        K::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        K::version(&())
    }

    fn api_version((): &()) -> Cow<'_, str> {
        K::api_version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        K::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        match self {
            Self::Read(object) => object.meta(),
            Self::Unreadable(object) => &object.metadata,
        }
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        match self {
            Self::Read(object) => object.meta_mut(),
            Self::Unreadable(object) => &mut object.metadata,
        }
    }
}
