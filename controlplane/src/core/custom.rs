//! Kinds that a CustomResourceDefinition defines.

use std::sync::Arc;

use serde_json::Value;

use super::{
    call::Verb,
    decode::Body,
    names::Complaints,
    object::Object,
    query::FieldValidation,
    resource::{Part, Resource, Strategy, Subresource},
    scale::Scaled,
    store::collection_of,
};
use crate::{
    FieldError, Refusal,
    apply::{self, FieldSet},
    crd::{Checked, Compiled, Kind},
    table::Printer,
    types::{self, Media},
};

/// A version of a custom kind, as it is served.
pub(crate) struct Custom {
    compiled: Compiled,
    column_definitions: Value,
    schema: Value,
}

impl Custom {
    fn new(compiled: Compiled, version: &Value) -> Self {
        Self {
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
    ) -> Result<Body, Refusal> {
        let untyped = types::untyped(&resource.kind, body, media)?;
        let decoded = self.compiled.decode(untyped.value)?;
        let mut told = untyped.duplicates;
        told.extend(decoded.unknown);
        if validation == FieldValidation::Strict && !told.is_empty() {
            return Err(self.compiled.strict(&told));
        }
        if validation != FieldValidation::Warn {
            told.clear();
        }
        check_version(&decoded.object, resource)?;
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
        self.compiled.to_store(object.value_mut());
    }

    fn present(&self, object: &Object) -> Option<Object> {
        let mut value = object.value().clone();
        self.compiled.read(&mut value);
        Object::new(value)
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
    let storage = versions().find(|version| version["storage"] == true);
    let storage = storage
        .and_then(|version| version["name"].as_str())
        .unwrap_or_default();
    let served = versions().filter(|version| version["served"] == true);
    served
        .map(|version| {
            let kind = Kind {
                group: group.clone(),
                version: text(&version["name"]),
                kind: text(&names["kind"]),
                namespaced: spec["scope"] == "Namespaced",
            };
            let compiled = Compiled::of(kind.clone(), version);
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
                    .map(|version| {
                        format!("{group}/{}", version["name"].as_str().unwrap_or_default())
                    })
                    .collect(),
                is_custom: true,
                collection: collection.clone(),
                storage_hash: storage_hash(&group, storage, &text(&names["kind"])),
                defined_at,
                schema: compiled.schema().into(),
                strategy: Arc::new(Custom::new(compiled, version)),
            }
        })
        .collect()
}

fn subresources(compiled: &Compiled, group: &str, kind: &str, version: &Value) -> Vec<Subresource> {
    let verbs = vec![Verb::Get, Verb::Patch, Verb::Update];
    let mut found = Vec::new();
    if compiled.scale().is_some() {
        found.push(Subresource {
            name: "scale".into(),
            group: "autoscaling".into(),
            version: "v1".into(),
            kind: "Scale".into(),
            verbs: verbs.clone(),
        });
    }
    if compiled.has_status() {
        found.push(Subresource {
            name: "status".into(),
            group: group.into(),
            version: version["name"].as_str().unwrap_or_default().into(),
            kind: kind.into(),
            verbs: vec![Verb::Get, Verb::Patch, Verb::Update],
        });
    }
    found
}
