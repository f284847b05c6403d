//! The kinds that are served, and how each differs from the others.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    builtin::Ground, call::Verb, decode::Body, object::Object, query::FieldValidation,
    scale::Scaled, store::Stored,
};
use crate::{
    FieldError, Refusal, SchemaRef, Subject,
    apply::FieldSet,
    crd::Checked,
    table::Printer,
    types::{Media, Undecoded},
};

/// A kind in one version, as it is served.
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) list_kind: String,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) namespaced: bool,
    pub(crate) verbs: Vec<Verb>,
    pub(crate) subresources: Vec<Subresource>,
    /// `apps/v1`: all versions of the kind, served or not.
    pub(crate) versions: Vec<String>,
    /// Whether a CRD defines it.
    pub(crate) is_custom: bool,
    /// Where its objects are, in whatever version.
    pub(crate) collection: Arc<str>,
    /// What was stored before this revision was stored under another schema.
    pub(crate) defined_at: u64,
    /// The hash that discovery gives; empty where the real server gives none.
    pub(crate) storage_hash: String,
    pub(crate) schema: SchemaRef,
    /// Those of the other versions of a custom kind, by `apps/v1`.
    pub(crate) other_schemas: Vec<(String, SchemaRef)>,
    pub(crate) strategy: Arc<dyn Strategy>,
}

/// `status`, `scale`, `eviction`, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subresource {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) verbs: Vec<Verb>,
}

/// What part of an object a write is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All but what a subresource holds.
    Main,
    Status,
    /// `spec.finalizers` of a namespace.
    Finalize,
    /// `spec.ephemeralContainers` of a pod.
    EphemeralContainers,
    /// `resources` of a pod's containers.
    Resize,
}

/// How a kind differs from others, as `rest.RESTCreateStrategy` and its like in k8s.io/apiserver.
pub(crate) trait Strategy: Send + Sync {
    /// Reads a body: what nobody knows is dropped, what was not given and has a default is set.
    fn read(
        &self,
        resource: &Resource,
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Body, Undecoded>;

    /// How its objects become rows of a table.
    fn printer(&self, resource: &Resource) -> Printer<'_>;

    /// The schema as its definition has it; custom kinds only.
    fn openapi_schema(&self) -> Value {
        Value::Null
    }

    /// How its objects are scaled; none where they are not.
    fn scaled(&self) -> Option<Scaled<'_>> {
        None
    }

    /// What a write of this part does not change, and so does not own.
    fn ignored(&self, resource: &Resource, subresource: &str) -> FieldSet;

    /// The generation of a new object; none where the kind has none.
    fn first_generation(&self) -> Option<i64> {
        None
    }

    /// Whether a change is one of what is asked for, not of what is seen.
    fn is_new_generation(&self, new: &Object, old: &Object) -> bool {
        new.fields().get("spec") != old.fields().get("spec")
    }

    /// Whether a deletion is answered by the object that is gone.
    fn returns_deleted(&self) -> bool {
        false
    }

    /// Gives an object, new or changed, what it is to have alone.
    fn allocate(
        &self,
        _ground: &mut Ground<'_>,
        _new: &mut Object,
        _old: Option<&Object>,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// Sets what a new object begins with, and drops what it may not have yet.
    fn prepare_for_create(&self, _object: &mut Object) {}

    /// Takes back from a changed object what this part of it may not change.
    fn prepare_for_update(&self, _new: &mut Object, _old: &Object, _part: Part) {}

    /// Notes in a changed status when it changed.
    fn date_status(&self, _new: &mut Object, _old: &Object, _now: Timestamp) {}

    /// All that is wrong with a new object: its name, its metadata, and itself.
    fn check_create(&self, resource: &Resource, object: &Object) -> Checked {
        let mut errors = super::meta::check_names(self, object);
        errors.extend(super::meta::validate(object, resource.namespaced));
        errors.extend(self.validate(object));
        Checked {
            errors,
            warnings: self.warnings(object, None),
        }
    }

    /// All that is wrong with a changed object, besides what is asked of all kinds: its metadata, and itself.
    fn check_update(
        &self,
        _resource: &Resource,
        new: &Object,
        old: &Object,
        part: Part,
    ) -> Checked {
        let mut errors = super::meta::validate_update(new, old);
        errors.extend(self.validate_update(new, old, part));
        let warnings = match part {
            Part::Main => self.warnings(new, Some(old)),
            _ => Vec::new(),
        };
        Checked { errors, warnings }
    }

    /// Gives a valid object the form that is stored.
    fn settle(&self, _object: &mut Object) {}

    /// An object that was stored under another schema, as it is read now; none where it is as it was stored.
    fn refresh(&self, _object: &Object) -> Option<Object> {
        None
    }

    /// An object in this version; none where it is stored in it.
    fn convert(&self, _object: &Object) -> Option<Object> {
        None
    }

    /// What who uses this version is told, if it is deprecated.
    fn deprecated(&self) -> Option<&str> {
        None
    }

    /// What is wrong with an object.
    fn validate(&self, _object: &Object) -> Vec<FieldError> {
        Vec::new()
    }

    /// What is wrong with a change.
    fn validate_update(&self, _new: &Object, _old: &Object, _part: Part) -> Vec<FieldError> {
        Vec::new()
    }

    /// What the writer of a valid object is to be told.
    fn warnings(&self, _object: &Object, _old: Option<&Object>) -> Vec<String> {
        Vec::new()
    }

    /// What is wrong with a name.
    fn check_name(&self, name: &str) -> Vec<String> {
        super::names::dns_subdomain(name)
    }

    /// Whether an update may go without a resourceVersion.
    fn allows_unconditional_update(&self) -> bool {
        true
    }

    /// Whether an update of what is not there makes it.
    fn allows_create_on_update(&self) -> bool {
        false
    }

    /// The fields, besides name and namespace, by which its objects are selected.
    fn selectable_fields(&self) -> Vec<&str> {
        Vec::new()
    }

    /// How long a deletion waits for somebody else to carry it out; none where nobody is waited for.
    fn grace_period_seconds(&self, _object: &Object, _asked: Option<i64>) -> Option<i64> {
        None
    }

    /// Whether an object that is being deleted stays until a controller has let it go, besides its finalizers.
    fn is_held(&self, _object: &Object) -> bool {
        false
    }

    /// How the first deletion of an object changes it, where another must follow.
    fn terminate(&self) -> Option<fn(&mut Object, Timestamp)> {
        None
    }

    /// Whether what an object owns is left alone by a deletion that does not speak of it, and what its client is told.
    fn orphans(&self) -> Option<&str> {
        None
    }

    /// Whether garbage collection looks at its objects.
    fn is_garbage_collected(&self) -> bool {
        true
    }
}

impl Resource {
    pub(crate) fn api_version(&self) -> String {
        api_version(&self.group, &self.version)
    }

    /// As refusals about its objects name it.
    pub(crate) fn subject(&self, name: &str) -> Subject {
        Subject {
            group: self.group.clone(),
            resource: self.plural.clone(),
            name: name.into(),
        }
    }

    /// As refusals of an object that is no valid one name it: Events are of the core, whoever asks.
    pub(crate) fn subject_by_kind(&self, name: &str) -> Subject {
        let is_event = &*self.collection == "events";
        Subject {
            group: if is_event {
                String::new()
            } else {
                self.group.clone()
            },
            resource: self.kind.clone(),
            name: name.into(),
        }
    }

    /// Where the real server stores an object, which it tells in some messages.
    pub(crate) fn storage_key(&self, object: &Object) -> String {
        let group = self.is_custom.then_some(self.group.as_str());
        let namespace = self.namespaced.then(|| object.namespace());
        let parts = [
            Some("/registry"),
            group,
            Some(&self.plural),
            namespace,
            Some(object.name()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }

    pub(crate) fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources.iter().find(|one| one.name == name)
    }

    /// An object as it is read now: pruned and with defaults by the schema of now, in this version.
    pub(crate) fn present(&self, stored: &Arc<Stored>) -> Arc<Stored> {
        let refreshed = self.refresh(stored);
        let converted = self.strategy.convert(&refreshed.object);
        converted.map_or(refreshed, Stored::unstored)
    }

    /// An object pruned and with defaults by the schema of now, in the version in which it is stored.
    pub(crate) fn refresh(&self, stored: &Arc<Stored>) -> Arc<Stored> {
        if stored.revision >= self.defined_at {
            return stored.clone();
        }
        let refreshed = self.strategy.refresh(&stored.object);
        refreshed.map_or_else(|| stored.clone(), Stored::unstored)
    }
}

/// `apps/v1`, `v1`.
pub(crate) fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.into()
    } else {
        format!("{group}/{version}")
    }
}

/// All kinds that are served.
#[derive(Default)]
pub(crate) struct Registry {
    /// By group, version and plural.
    resources: BTreeMap<(String, String, String), Arc<Resource>>,
}

impl Registry {
    pub(crate) fn add(&mut self, resource: Resource) {
        let key = (
            resource.group.clone(),
            resource.version.clone(),
            resource.plural.clone(),
        );
        self.resources.insert(key, Arc::new(resource));
    }

    /// No version of this kind is served any more.
    pub(crate) fn remove(&mut self, group: &str, plural: &str) {
        self.resources
            .retain(|_, one| one.group != group || one.plural != plural);
    }

    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Arc<Resource>> {
        let key = (group.to_owned(), version.to_owned(), plural.to_owned());
        self.resources.get(&key)
    }

    pub(crate) fn of_kind(&self, group: &str, version: &str, kind: &str) -> Option<&Arc<Resource>> {
        self.all()
            .find(|one| one.group == group && one.version == version && one.kind == kind)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values()
    }

    /// One version of each kind.
    pub(crate) fn collections(&self) -> BTreeMap<Arc<str>, Arc<Resource>> {
        let each = self.all().map(|one| (one.collection.clone(), one.clone()));
        each.collect()
    }

    pub(crate) fn serves_version(&self, group: &str, version: &str) -> bool {
        self.all()
            .any(|one| one.group == group && one.version == version)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{} {}", self.group, self.version, self.kind)
    }
}
