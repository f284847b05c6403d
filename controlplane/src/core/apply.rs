//! Server-side apply, and who manages which field.

use serde_json::Value;

use super::{
    Core, decode,
    object::Object,
    query::FieldValidation,
    update::{Written, check_patched},
    write::Write,
};
use crate::{
    Refusal,
    apply::{self, FieldSet, Target, Writer},
    types::{self, Media},
};

/// When a patch is found to give an owner twice.
pub(crate) const AFTER_MUTATION: &str = " after mutating admission happens";

impl Write<'_> {
    /// Notes in `managedFields` what this write changed.
    pub(crate) fn track(&self, old: Option<&Object>, new: &mut Object) {
        self.with_target(|target, writer| {
            apply::track(target, old.map(Object::value), new.value_mut(), writer);
        });
    }

    /// The configuration that is to be applied.
    pub(crate) fn configuration(&self, body: &[u8]) -> Result<Value, Refusal> {
        let read = types::yaml_object(body);
        let (configuration, twice) =
            read.map_err(|why| Refusal::bad_request(format!("error decoding YAML: {why}")))?;
        match self.options.field_validation {
            FieldValidation::Strict if !twice.is_empty() => {
                return Err(Refusal::bad_request(format!(
                    "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  {}",
                    twice.join("\n  ")
                )));
            }
            FieldValidation::Warn => self.warnings.add(twice),
            FieldValidation::Ignore | FieldValidation::Strict => {}
        }
        Ok(configuration)
    }

    fn applied(&self, old: Option<&Object>, configuration: &Value) -> Result<Value, Refusal> {
        self.with_target(|target, writer| {
            apply::apply(
                target,
                old.map(Object::value),
                configuration,
                writer,
                self.options.force,
            )
        })
    }

    fn with_target<T>(&self, then: impl FnOnce(&Target<'_>, &Writer<'_>) -> T) -> T {
        let resource = self.resource;
        let subresource = &self.call.subresource;
        let ignored: FieldSet = resource.strategy.ignored(resource, subresource);
        let api_version = resource.api_version();
        let target = Target {
            schema: &resource.schema,
            api_version: &api_version,
            kind: &resource.kind,
            versions: &resource.versions,
            others: &resource.other_schemas,
            built_in: !resource.is_custom,
            ignored: &ignored,
        };
        then(&target, &self.writer())
    }

    /// Who `managedFields` tells of.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer {
            manager: &self.manager,
            subresource: &self.call.subresource,
            now: self.now,
        }
    }

    /// Drops owner references that are there twice, and tells the client; `when` is empty, or says when they were found.
    pub(crate) fn dedup_owners(&mut self, object: &mut Object, when: &str) {
        let Some(owners) = object
            .meta_mut()
            .get_mut("ownerReferences")
            .and_then(Value::as_array_mut)
        else {
            return;
        };
        let mut distinct = Vec::new();
        let mut duplicates = Vec::new();
        owners.retain(|owner| {
            let is_new = !distinct.contains(owner);
            if is_new {
                distinct.push(owner.clone());
            } else {
                duplicates.push(owner["uid"].as_str().unwrap_or_default().to_owned());
            }
            is_new
        });
        if !duplicates.is_empty() {
            self.warnings.add([format!(
                ".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}",
                duplicates.join(", ")
            )]);
        }
    }
}

impl Core {
    /// Merges a configuration into what there is, or creates what it describes.
    pub(crate) fn apply(&mut self, write: &mut Write<'_>, body: &[u8]) -> Result<Written, Refusal> {
        let configuration = write.configuration(body)?;
        self.change(write, true, &mut |write, old| {
            let applied = write.applied(old, &configuration)?;
            let text = applied.to_string();
            let mut new = decode::object(text.as_bytes(), Media::Json, write)?;
            check_patched(&mut new, old, write)?;
            write.dedup_owners(&mut new, AFTER_MUTATION);
            Ok(new)
        })
    }
}
