//! What is written, by whom, and what there is to begin with.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    FieldSet, atom::Type, entries::Entries, entry::Entry, entry_errors::LONGEST_MANAGER,
    go::is_printable, reconcile::reconciled, zero::zero,
};
use crate::{Refusal, Schema, SchemaRef};

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The type of the object.
    pub schema: &'a Schema,
    /// `apps/v1`: the version that the request is made in.
    pub api_version: &'a str,
    /// `Deployment`.
    pub kind: &'a str,
    /// All versions of the kind, as `apps/v1`, served or not. What is owned in any other is forgotten; of a custom kind
    /// it makes an apply fail.
    pub versions: &'a [String],
    /// What is known of the other versions of a custom kind: objects that don't fit into one can't be told from each
    /// other in it.
    pub others: &'a [(String, SchemaRef)],
    /// Whether objects are Go structs in the real server: these have fields that nobody set.
    pub built_in: bool,
    /// What the endpoint does not change: see [`ignored`](super::ignored), [`ignored_of_custom`](super::ignored_of_custom).
    pub ignored: &'a FieldSet,
}

/// Who writes, through which endpoint, when.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The manager's name: see [`manager_name`].
    pub manager: &'a str,
    /// `status`, `scale`, …; empty for the resource itself.
    pub subresource: &'a str,
    /// The time of day.
    pub now: Timestamp,
}

/// The name of who writes without apply: `fieldManager`, or what the user agent begins with (`handlers/create.go`).
pub fn manager_name(field_manager: &str, user_agent: &str) -> String {
    if !field_manager.is_empty() {
        return field_manager.into();
    }
    let mut name = String::new();
    let letters = user_agent.split('/').next().unwrap_or_default().chars();
    for letter in letters.filter(|letter| is_printable(*letter)) {
        if name.len() + letter.len_utf8() > LONGEST_MANAGER {
            break;
        }
        name.push(letter);
    }
    name
}

impl Target<'_> {
    /// What is there of an object before it is.
    pub(super) fn nothing(&self, object: &Value) -> Value {
        if self.built_in {
            zero(self.schema, object)
        } else {
            Value::Object(Map::new())
        }
    }

    /// The live object, or what is there before there is one.
    pub(super) fn base<'a>(&self, live: Option<&'a Value>, object: &Value) -> Cow<'a, Value> {
        live.map_or_else(|| Cow::Owned(self.nothing(object)), Cow::Borrowed)
    }

    pub(super) fn check_kind(&self, configuration: &Value) -> Result<(), Refusal> {
        let text = |name: &str| configuration[name].as_str().unwrap_or_default();
        let (mut version, kind) = (text("apiVersion"), text("kind"));
        if version.matches('/').count() > 1 {
            version = "";
        }
        if version != self.api_version || kind != self.kind {
            let kind = kind_shown(version, kind);
            return Err(Refusal::bad_request(format!("invalid object type: {kind}")));
        }
        Ok(())
    }

    pub(super) fn knows(&self, version: &str) -> bool {
        version == self.api_version || self.versions.iter().any(|known| known == version)
    }

    /// By the schema of now. Versions that are no more are forgotten, but custom objects can't be without them.
    pub(super) fn reconciled(&self, entries: Entries) -> Result<Entries, String> {
        let of = Type::of(self.schema);
        let mut kept = Entries::default();
        for entry in entries.0 {
            if self.knows(&entry.version) {
                let fields = reconciled(of, entry.fields);
                kept.0.push(Entry { fields, ..entry });
            } else if !self.built_in {
                let version = entry.version;
                return Err(format!(
                    "request to convert CR to an invalid group/version: {version}"
                ));
            }
        }
        Ok(kept)
    }
}

/// `apps/v1, Kind=Deployment`, as Go writes a GroupVersionKind.
pub(super) fn kind_shown(api_version: &str, kind: &str) -> String {
    if api_version.contains('/') {
        format!("{api_version}, Kind={kind}")
    } else {
        format!("/{api_version}, Kind={kind}")
    }
}
