//! Types of other crates, which schemars knows behind features of its own.

use std::{
    collections::BTreeMap,
    rc::{Rc, Weak},
    sync::Arc,
};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ForeignTimes")]
pub struct ForeignTimesSpec {
    pub utc: chrono::DateTime<chrono::Utc>,
    pub fixed: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub date: chrono::NaiveDate,
    pub time: chrono::NaiveTime,
    pub both: chrono::NaiveDateTime,
    pub weekday: chrono::Weekday,
    pub timestamp: jiff::Timestamp,
    pub span: Option<jiff::SignedDuration>,
    pub zoned: jiff::Zoned,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ForeignTexts")]
pub struct ForeignTextsSpec {
    pub url: url::Url,
    pub optional_url: Option<url::Url>,
    pub urls: Vec<url::Url>,
    pub uuid: uuid::Uuid,
    pub version: semver::Version,
    pub by_uuid: BTreeMap<uuid::Uuid, String>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ForeignCollections")]
pub struct ForeignCollectionsSpec {
    pub map: indexmap::IndexMap<String, u8>,
    pub set: indexmap::IndexSet<String>,
    pub optional: Option<indexmap::IndexMap<String, url::Url>>,
}

/// Those of std for which serde wants its `rc`.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Counted")]
pub struct CountedSpec {
    pub arc: Arc<Item>,
    pub rc: Rc<str>,
    pub weak: Weak<Item>,
    pub optional: Option<Arc<Vec<Arc<Item>>>>,
}

/// Words of the item.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Item {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Either")]
pub struct EitherSpec {
    pub either: either::Either<Item, u8>,
}

kinds![
    Counted,
    Either,
    ForeignTimes,
    ForeignTexts,
    ForeignCollections
];
