//! In which form objects are answered: as they are, as a table, or their metadata alone.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{object::Object, resource::Resource, store::Stored};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The objects.
    Whole,
    /// `PartialObjectMetadata`.
    Metadata,
}

/// What a list has besides its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListMeta {
    pub(crate) resource_version: u64,
    /// Where the next page begins; empty where there is none.
    pub(crate) next: String,
    pub(crate) remaining: Option<usize>,
}

impl ListMeta {
    fn value(&self) -> Value {
        let mut meta = json!({"resourceVersion": self.resource_version.to_string()});
        if !self.next.is_empty() {
            meta["continue"] = self.next.as_str().into();
        }
        if let Some(remaining) = self.remaining {
            meta["remainingItemCount"] = remaining.into();
        }
        meta
    }
}

impl View {
    /// One object as JSON.
    pub(crate) fn object(self, resource: &Resource, stored: &Stored) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Whole => stored.write_json(&resource.api_version(), &resource.kind, &mut out),
            Self::Metadata => {
                out = serde_json::to_vec(&metadata(&stored.object)).expect("a JSON value is JSON");
            }
        }
        out
    }

    /// A list as JSON.
    pub(crate) fn list(
        self,
        resource: &Resource,
        items: &[Arc<Stored>],
        meta: &ListMeta,
    ) -> Vec<u8> {
        let (api_version, kind) = match self {
            Self::Whole => (resource.api_version(), resource.list_kind.as_str()),
            Self::Metadata => ("meta.k8s.io/v1".into(), "PartialObjectMetadataList"),
        };
        let meta = meta.value();
        let head = format!(
            "{{\"apiVersion\":\"{api_version}\",\"kind\":\"{kind}\",\"metadata\":{meta},\"items\":["
        );
        let mut out = head.into_bytes();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match self {
                Self::Whole if resource.is_custom => {
                    item.write_json(&resource.api_version(), &resource.kind, &mut out);
                }
                Self::Whole => out.extend_from_slice(item.json()),
                Self::Metadata => out.extend(self.object(resource, item)),
            }
        }
        out.extend_from_slice(b"]}");
        out
    }
}

fn metadata(object: &Object) -> Value {
    json!({
        "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": object.meta(),
    })
}
