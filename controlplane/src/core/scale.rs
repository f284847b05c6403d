//! The subresource `scale`: how many there are to be, in one form for all kinds that can be scaled.
//!
//! The real server's is `registry/apps/*/storage` in Kubernetes, and `registry/customresource/etcd.go` of
//! k8s.io/apiextensions-apiserver.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Asked, Core,
    answer::Reply,
    call::Verb,
    decode,
    object::Object,
    patch::PatchType,
    query::{FieldValidation, WriteKind},
    resource::Resource,
    selector::LabelSelector,
    update::check_uid,
    view::View,
    write::Write,
};
use crate::{
    FieldError, FieldReason, Refusal, Subject,
    apply::{self, FieldSet, Replicas, Target, Writer, from_scale, to_scale},
    crd::ScalePaths,
    types::{self, Media, Patchable},
};

const VERSION: &str = "autoscaling/v1";

/// Where an object has what its scale tells.
#[derive(Clone, Copy)]
pub(crate) enum Scaled<'a> {
    /// At `spec.replicas` and `status.replicas`, with a label selector in `spec.selector`.
    BuiltIn,
    /// Where its definition says.
    Custom(&'a ScalePaths),
}

impl Scaled<'_> {
    fn path(self) -> String {
        match self {
            Self::BuiltIn => "spec.replicas".into(),
            Self::Custom(paths) => paths.spec_replicas.trim_start_matches('.').into(),
        }
    }

    /// The scale of an object, as it is read.
    fn read(self, object: &Object) -> Result<Value, Refusal> {
        match self {
            Self::BuiltIn => Ok(built_in(object)),
            Self::Custom(paths) => paths.read(object.value()),
        }
    }

    /// The scale that a write begins with.
    fn before(self, object: &Object) -> Result<Value, Refusal> {
        match self {
            Self::BuiltIn => Ok(built_in(object)),
            Self::Custom(paths) => paths.before(object.value()),
        }
    }

    /// Puts what a scale wants into an object.
    fn write(self, object: &mut Object, scale: &Value) -> Result<(), Refusal> {
        if let Self::Custom(paths) = self {
            return paths.write(object.value_mut(), scale);
        }
        let replicas = scale["spec"]["replicas"].as_i64().unwrap_or_default();
        if replicas < 0 {
            let error = FieldError::new(
                FieldReason::Invalid,
                "spec.replicas",
                replicas,
                "must be greater than or equal to 0",
            );
            let subject = Subject {
                group: "autoscaling".into(),
                resource: "Scale".into(),
                name: object.name().into(),
            };
            return Err(Refusal::invalid(&subject, &[error]));
        }
        object.value_mut()["spec"]["replicas"] = replicas.into();
        Ok(())
    }
}

fn built_in(object: &Object) -> Value {
    let mut metadata = json!({});
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        if let Some(value) = object.meta().get(field) {
            metadata[field] = value.clone();
        }
    }
    let (spec, status) = (&object.value()["spec"], &object.value()["status"]);
    let mut scale = json!({
        "apiVersion": VERSION, "kind": "Scale", "metadata": metadata, "spec": {},
        "status": {"replicas": status["replicas"].as_i64().unwrap_or_default()},
    });
    if let Some(wanted) = spec["replicas"].as_i64().filter(|wanted| *wanted != 0) {
        scale["spec"]["replicas"] = wanted.into();
    }
    let selector = LabelSelector::of(&spec["selector"])
        .unwrap_or_default()
        .to_string();
    if !selector.is_empty() {
        scale["status"]["selector"] = selector.into();
    }
    scale
}

impl Core {
    /// Reads or writes the scale of an object.
    pub(crate) fn answer_scale(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
    ) -> Result<Reply, Refusal> {
        let strategy = resource.strategy.clone();
        let scaled = strategy.scaled().ok_or_else(Refusal::no_such_path)?;
        let view = View::of(asked, resource)?;
        if asked.call.verb == Verb::Get {
            let stored = self.find(resource, &asked.call.namespace, &asked.call.name)?;
            return view.reply_scale(&scaled.read(&stored.object)?);
        }
        let patch_type = match asked.call.verb {
            Verb::Patch => Some(PatchType::of(asked.headers, resource.is_custom)?),
            _ => None,
        };
        let kind = match patch_type {
            None => WriteKind::Update,
            Some(PatchType::Apply) => WriteKind::Apply,
            Some(_) => WriteKind::Patch,
        };
        let mut write = Write::of(asked, resource, kind)?;
        let media = decode::media(asked.headers);
        let written = self.change(&mut write, false, &mut |write, old| {
            let old =
                old.ok_or_else(|| Refusal::not_found(&write.resource.subject(&write.call.name)))?;
            let change = Change { write, scaled, old };
            match patch_type {
                None => change.put(asked.body, media.clone()?),
                Some(patch_type) => change.patch(patch_type, asked.body),
            }
        })?;
        view.reply_scale(&scaled.read(&written.stored.object)?)
    }
}

/// A write to the scale of an object.
struct Change<'a, 'w> {
    write: &'a mut Write<'w>,
    scaled: Scaled<'a>,
    old: &'a Object,
}

impl Change<'_, '_> {
    fn put(self, body: &[u8], media: Media) -> Result<Object, Refusal> {
        let live = self.live()?;
        let mut scale = decoded(body, media)?;
        self.with_target(|target, writer| apply::track(target, Some(&live), &mut scale, writer));
        self.written(&scale)
    }

    fn patch(self, patch_type: PatchType, body: &[u8]) -> Result<Object, Refusal> {
        let live = self.live()?;
        if patch_type == PatchType::Apply {
            let configuration = self.write.configuration(body)?;
            let force = self.write.options.force;
            let applied = self.with_target(|target, writer| {
                apply::apply(target, Some(&live), &configuration, writer, force)
            })?;
            return self.written(&applied);
        }
        let patched = match patch_type {
            PatchType::Json => self.patchable(&live).json(body)?.text,
            PatchType::Strategic => {
                let patched = types::strategic("autoscaling", "v1", "Scale", &live, body);
                patched.expect("a Scale is built in")?.value.to_string()
            }
            PatchType::Merge | PatchType::Apply => self.patchable(&live).merge(body)?.text,
        };
        let mut scale = decoded(patched.as_bytes(), Media::Json)?;
        self.with_target(|target, writer| apply::track(target, Some(&live), &mut scale, writer));
        self.written(&scale)
    }

    fn patchable<'v>(&self, live: &'v Value) -> Patchable<'v> {
        Patchable {
            object: live,
            named: types::kind("autoscaling", "v1", "Scale"),
            validated: self.write.options.field_validation != FieldValidation::Ignore,
        }
    }

    /// The scale as it is, with those who own it.
    fn live(&self) -> Result<Value, Refusal> {
        let mut scale = self.scaled.before(self.old)?;
        let path = self.scaled.path();
        let api_version = self.write.resource.api_version();
        let owners = to_scale(
            self.old.meta().get("managedFields"),
            &self.replicas(&api_version, &path),
        );
        if let Some(owners) = owners {
            scale["metadata"]["managedFields"] = owners;
        }
        Ok(scale)
    }

    /// The object with what its new scale wants.
    fn written(self, scale: &Value) -> Result<Object, Refusal> {
        let path = self.scaled.path();
        let api_version = self.write.resource.api_version();
        let owners = from_scale(
            self.old.meta().get("managedFields"),
            scale["metadata"].get("managedFields"),
            &self.replicas(&api_version, &path),
        );
        let told = Object::new(scale.clone()).expect("a Scale is an object");
        super::update::check_name(&told, self.write)?;
        check_uid(&told, Some(self.old), self.write)?;
        let mut new = self.old.clone();
        self.scaled.write(&mut new, scale)?;
        match owners {
            Some(owners) => new.set_meta("managedFields", owners),
            None => {
                new.meta_mut().remove("managedFields");
            }
        }
        if !told.resource_version().is_empty() {
            new.take_meta("resourceVersion", &told);
        }
        Ok(new)
    }

    fn replicas<'r>(&'r self, api_version: &'r str, path: &'r str) -> Replicas<'r> {
        Replicas {
            api_version,
            versions: &self.write.resource.versions,
            path,
        }
    }

    fn with_target<T>(&self, then: impl FnOnce(&Target<'_>, &Writer<'_>) -> T) -> T {
        let schema = types::schema("autoscaling", "v1", "Scale").expect("a Scale is built in");
        let target = Target {
            schema: &schema,
            api_version: VERSION,
            kind: "Scale",
            versions: &[VERSION.to_owned()],
            others: &[],
            built_in: true,
            ignored: &FieldSet::default(),
        };
        then(&target, &self.write.writer())
    }
}

fn decoded(body: &[u8], media: Media) -> Result<Value, Refusal> {
    let decoded = types::decode("autoscaling", "v1", "Scale", body, media);
    Ok(decoded.expect("a Scale is built in")?.value)
}
