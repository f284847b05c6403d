//! The names of all objects.

use std::fmt;

use kube::{Resource, ResourceExt};

pub(crate) const NAMESPACES: [&str; 3] = ["a", "a-b", "c"];

/// How many names there are for each kind.
pub(crate) const NAMES: usize = 200;

/// How many ids two names share.
const SHARED_IDS: usize = 40;

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn of(object: &impl Resource) -> Self {
        Self::new(object.namespace().unwrap_or_default(), object.name_any())
    }

    pub(crate) fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The id of its record.
    pub(crate) fn id(&self) -> String {
        format!("{}-{}", self.namespace, self.name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// All names: `a/b-7` and `a-b/7` have the same id.
pub(crate) fn all() -> Vec<Key> {
    let pairs = (0..SHARED_IDS).flat_map(|n| {
        [
            Key::new("a", format!("b-{n}")),
            Key::new("a-b", n.to_string()),
        ]
    });
    let others = (SHARED_IDS..NAMES - SHARED_IDS).map(|n| {
        let namespace = NAMESPACES[n % NAMESPACES.len()];
        Key::new(namespace, format!("x-{n}"))
    });
    pairs.chain(others).collect()
}
