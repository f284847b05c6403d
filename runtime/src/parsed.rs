//! An object as the API server has it, whether or not it can be read.
//!
//! A field that has become required, or a value that a later version has removed, makes an object that is stored
//! unreadable for its type. It must not take the others of its kind with it.

use std::{borrow::Cow, fmt, sync::Arc};

use kube::{
    Resource,
    core::{DynamicResourceScope, ObjectMeta},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::{
    object::Object,
    stored::{Received, Stored},
};

#[derive(Clone, Debug)]
pub(crate) enum Parsed<K> {
    Read(Read<K>),
    Unreadable(Box<Unreadable>),
}

/// An object, and as what it is kept.
#[derive(Debug)]
pub(crate) struct Read<K> {
    pub(crate) object: Arc<K>,
    pub(crate) stored: Stored<K>,
}

impl<K: Object> Read<K> {
    /// An object that did not come from the server as it is.
    pub(crate) fn of(object: K) -> serde_json::Result<Self> {
        let stored = Stored::encode(&object)?;
        let object = Arc::new(object);
        Ok(Self { object, stored })
    }
}

impl<K> Clone for Read<K> {
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            stored: self.stored.clone(),
        }
    }
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
        let Received(json) = Received::deserialize(deserializer)?;
        Self::of(json).map_err(D::Error::custom)
    }
}

impl<K: Object> Parsed<K> {
    fn of(json: Vec<u8>) -> serde_json::Result<Self> {
        let (json, error) = match Stored::read(json) {
            Ok(read) => return Ok(Self::read(read)),
            Err(unreadable) => unreadable,
        };
        // A status is what an operator found out, and can find out again.
        let mut value: Value = serde_json::from_slice(&json)?;
        if let Some(fields) = value.as_object_mut()
            && fields.remove("status").is_some()
            && let Ok(read) = Stored::read(serde_json::to_vec(&value)?)
        {
            return Ok(Self::read(read));
        }
        let metadata = ObjectMeta::deserialize(&value["metadata"])?;
        let reason = error.to_string();
        Ok(Self::Unreadable(Unreadable { metadata, reason }.into()))
    }

    fn read((object, stored): (K, Stored<K>)) -> Self {
        Self::Read(Read {
            object: Arc::new(object),
            stored,
        })
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
            Self::Read(read) => read.object.meta(),
            Self::Unreadable(object) => &object.metadata,
        }
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        match self {
            Self::Read(read) => Arc::make_mut(&mut read.object).meta_mut(),
            Self::Unreadable(object) => &mut object.metadata,
        }
    }
}
