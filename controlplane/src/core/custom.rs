//! Kinds that a CustomResourceDefinition defines.

use std::sync::Arc;

use serde_json::Value;

use super::{
    call::Verb,
    decode::Body,
    discovery::priority,
    names::Complaints,
    object::Object,
    query::FieldValidation,
    resource::{Part, Resource, Strategy, Subresource},
    scale::Scaled,
    store::collection_of,
};
use crate::{
    FieldError, Refusal, SchemaRef,
    apply::{self, FieldSet},
    crd::{Checked, Compiled, Kind},
    table::Printer,
    types::{self, Media, Undecoded},
};

/// A version of a custom kind, as it is served.
pub(crate) struct Custom {
    compiled: Compiled,
    /// The version in which its objects are stored, where that is another.
    storage: Option<Arc<Compiled>>,
    /// What who uses it is told, if it is deprecated.
    deprecated: Option<String>,
    column_definitions: Value,
    schema: Value,
}

impl Custom {
    fn new(
        compiled: Compiled,
        version: &Value,
        storage: Option<Arc<Compiled>>,
        deprecated: Option<String>,
    ) -> Self {
        Self {
            storage,
            deprecated,
            column_definitions: compiled.columns().definitions().into(),
            schema: version["schema"]["openAPIV3Schema"].clone(),
            compiled,
        }
    }
}

impl Strategy for Custom {
    fn read(
        &self,
        resource: &Resource,
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Body, Undecoded> {
        let untyped = types::untyped(&resource.kind, body, media)?;
        let decoded = self.compiled.decode(untyped.value)?;
        let mut told = untyped.duplicates;
        if is_of_no_version(&decoded.object, resource) {
            // Without a schema nothing is known but what all objects have.
            let fields = decoded.object.as_object().into_iter().flatten();
            let unknown =
                fields.filter(|(name, _)| !matches!(&***name, "apiVersion" | "kind" | "metadata"));
            told.extend(unknown.map(|(name, _)| format!("unknown field {name:?}")));
        }
        told.extend(decoded.unknown);
        if validation == FieldValidation::Strict && !told.is_empty() {
            return Err(self.compiled.strict(&told));
        }
        if validation != FieldValidation::Warn {
            told.clear();
        }
        if let Err(refusal) = check_version(&decoded.object, resource) {
            return Err(Refusal {
                warnings: told.into(),
                ..refusal
            }
            .into());
        }
        Ok(Body {
            value: decoded.object,
            warnings: told,
        })
    }

    fn printer(&self, _resource: &Resource) -> Printer<'_> {
        Printer {
            columns: &self.column_definitions,
            cells: Box::new(|object, now| self.compiled.columns().cells(object, now)),
        }
    }

    fn scaled(&self) -> Option<Scaled<'_>> {
        self.compiled.scale().map(Scaled::Custom)
    }

    fn openapi_schema(&self) -> Value {
        self.schema.clone()
    }

    fn selectable_fields(&self) -> Vec<&str> {
        let selectable = self.compiled.selectable(&Value::Null);
        selectable.into_iter().map(|(field, _)| field).collect()
    }

    fn ignored(&self, _resource: &Resource, subresource: &str) -> FieldSet {
        apply::ignored_of_custom(self.compiled.has_status(), subresource)
    }

    fn prepare_for_create(&self, object: &mut Object) {
        self.compiled.before_create(object.value_mut());
    }

    fn prepare_for_update(&self, new: &mut Object, old: &Object, part: Part) {
        match part {
            Part::Main | Part::Finalize | Part::EphemeralContainers | Part::Resize => {
                self.compiled.before_update(new.value_mut(), old.value());
            }
            Part::Status => self
                .compiled
                .before_status_update(new.value_mut(), old.value()),
        }
    }

    fn check_create(&self, _resource: &Resource, object: &Object) -> Checked {
        self.compiled.check_create(object.value())
    }

    fn check_update(
        &self,
        _resource: &Resource,
        new: &Object,
        old: &Object,
        part: Part,
    ) -> Checked {
        match part {
            Part::Main | Part::Finalize | Part::EphemeralContainers | Part::Resize => {
                self.compiled.check_update(new.value(), old.value())
            }
            Part::Status => self.compiled.check_status_update(new.value(), old.value()),
        }
    }

    fn settle(&self, object: &mut Object) {
        match &self.storage {
            None => self.compiled.to_store(object.value_mut()),
            Some(storage) => {
                storage.to_store(object.value_mut());
                // Whoever reads it in that version finds its defaults.
                storage.read(object.value_mut());
            }
        }
    }

    fn refresh(&self, object: &Object) -> Option<Object> {
        let mut value = object.value().clone();
        self.storage
            .as_deref()
            .unwrap_or(&self.compiled)
            .read(&mut value);
        Object::new(value)
    }

    fn convert(&self, object: &Object) -> Option<Object> {
        self.storage.as_ref()?;
        let mut value = object.value().clone();
        self.compiled.convert(&mut value);
        Object::new(value)
    }

    fn deprecated(&self) -> Option<&str> {
        self.deprecated.as_deref()
    }

    fn validate(&self, _object: &Object) -> Vec<FieldError> {
        Vec::new()
    }

    fn check_name(&self, _name: &str) -> Complaints {
        // `check_create` does it.
        Vec::new()
    }

    fn allows_unconditional_update(&self) -> bool {
        false
    }
}

/// Whether an object says that it is of the kind, in a version that there isn't.
fn is_of_no_version(object: &Value, resource: &Resource) -> bool {
    let said = object["apiVersion"].as_str().unwrap_or_default();
    let group = said.split_once('/').map(|(group, _)| group);
    object["kind"] == resource.kind.as_str()
        && group == Some(&resource.group)
        && !resource.versions.iter().any(|version| version == said)
}

fn check_version(object: &Value, resource: &Resource) -> Result<(), Refusal> {
    let said = object["apiVersion"].as_str().unwrap_or_default();
    let wanted = resource.api_version();
    if said == wanted {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "the API version in the data ({said}) does not match the expected API version ({wanted})"
    )))
}

/// In the order that discovery lists them for custom kinds.
const VERBS: [Verb; 8] = [
    Verb::Delete,
    Verb::DeleteCollection,
    Verb::Get,
    Verb::List,
    Verb::Patch,
    Verb::Create,
    Verb::Update,
    Verb::Watch,
];

/// `StorageVersionHash` of apiserver's `pkg/endpoints/discovery`.
fn storage_hash(group: &str, version: &str, kind: &str) -> String {
    let text = format!("{group}/{version}/{kind}");
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        &digest.as_ref()[..8],
    )
}

/// The resources of all versions that a definition serves.
pub(crate) fn resources(definition: &Object, defined_at: u64) -> Vec<Resource> {
    let spec = &definition.value()["spec"];
    let names = &definition.value()["status"]["acceptedNames"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let texts = |value: &Value| {
        let texts = value.as_array().into_iter().flatten();
        texts.map(text).collect()
    };
    let group = text(&spec["group"]);
    let plural = text(&names["plural"]);
    let collection = collection_of(&group, &plural);
    let versions = || spec["versions"].as_array().into_iter().flatten();
    let kind = |version: &Value| Kind {
        group: group.clone(),
        version: text(&version["name"]),
        kind: text(&names["kind"]),
        namespaced: spec["scope"] == "Namespaced",
    };
    let of_version = |name: &Value| format!("{group}/{}", text(name));
    let has_several = versions().count() > 1;
    let others = versions().filter(|_| has_several);
    let schemas: Vec<(String, SchemaRef)> = others
        .map(|version| {
            let compiled = Compiled::of(kind(version), version);
            (of_version(&version["name"]), compiled.schema().into())
        })
        .collect();
    let stored = versions().find(|version| version["storage"] == true);
    let storage = stored
        .and_then(|version| version["name"].as_str())
        .unwrap_or_default();
    let stored = stored
        .filter(|_| has_several)
        .map(|version| Arc::new(Compiled::of(kind(version), version)));
    let served = versions().filter(|version| version["served"] == true);
    served
        .map(|version| {
            let kind = kind(version);
            let compiled = Compiled::of(kind.clone(), version);
            let of_storage = stored.clone().filter(|_| version["storage"] != true);
            Resource {
                group: kind.group,
                version: kind.version,
                kind: kind.kind,
                plural: plural.clone(),
                singular: text(&names["singular"]),
                list_kind: text(&names["listKind"]),
                short_names: texts(&names["shortNames"]),
                categories: texts(&names["categories"]),
                namespaced: kind.namespaced,
                verbs: VERBS.to_vec(),
                subresources: subresources(
                    &compiled,
                    &group,
                    names["kind"].as_str().unwrap_or_default(),
                    version,
                ),
                versions: versions()
                    .map(|version| of_version(&version["name"]))
                    .collect(),
                is_custom: true,
                collection: collection.clone(),
                storage_hash: storage_hash(&group, storage, &text(&names["kind"])),
                defined_at,
                schema: compiled.schema().into(),
                other_schemas: schemas
                    .iter()
                    .filter(|(one, _)| *one != of_version(&version["name"]))
                    .cloned()
                    .collect(),
                strategy: Arc::new(Custom::new(
                    compiled,
                    version,
                    of_storage,
                    deprecation(spec, version, &names["kind"]),
                )),
            }
        })
        .collect()
}

/// `defaultDeprecationWarning` of k8s.io/apiextensions-apiserver, or what the definition says.
fn deprecation(spec: &Value, version: &Value, kind: &Value) -> Option<String> {
    if version["deprecated"] != true {
        return None;
    }
    if let Some(own) = version["deprecationWarning"].as_str() {
        return Some(own.into());
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, name, kind) = (text(&spec["group"]), text(&version["name"]), text(kind));
    let others = spec["versions"].as_array().into_iter().flatten();
    let better = others
        .filter(|one| one["served"] == true && one["deprecated"] != true)
        .map(|one| text(&one["name"]))
        .filter(|one| priority(one) > priority(&name))
        .max_by_key(|one| priority(one));
    let instead = better.map(|better| format!("; use {group}/{better} {kind}"));
    let instead = instead.unwrap_or_default();
    Some(format!("{group}/{name} {kind} is deprecated{instead}"))
}

fn subresources(compiled: &Compiled, group: &str, kind: &str, version: &Value) -> Vec<Subresource> {
    let verbs = vec![Verb::Get, Verb::Patch, Verb::Update];
    let mut found = Vec::new();
    if compiled.has_status() {
        found.push(Subresource {
            name: "status".into(),
            group: group.into(),
            version: version["name"].as_str().unwrap_or_default().into(),
            kind: kind.into(),
            verbs: verbs.clone(),
        });
    }
    if compiled.scale().is_some() {
        found.push(Subresource {
            name: "scale".into(),
            group: "autoscaling".into(),
            version: "v1".into(),
            kind: "Scale".into(),
            verbs,
        });
    }
    found
}
