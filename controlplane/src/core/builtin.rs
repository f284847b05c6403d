//! How the built-in kinds differ from each other: a row for each in [`kinds`](super::kinds), and hooks for what a row
//! can't say.

use jiff::Timestamp;

use super::{
    decode::Body,
    meta,
    names::{self, Complaints},
    object::Object,
    query::FieldValidation,
    resource::{Part, Resource, Strategy},
    scale::Scaled,
    store::Store,
};
use crate::{
    FieldError, FieldReason, Refusal,
    apply::{self, FieldSet},
    crd::Checked,
    table::Printer,
    types::{self, Media, Undecoded},
};

/// A built-in kind, as `registry/*/strategy.go` of Kubernetes has it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a yes or a no of the table"
)]
#[derive(Clone, Copy)]
pub(crate) struct Builtin {
    pub(super) plural: &'static str,
    pub(super) group: &'static str,
    pub(super) name: fn(&str) -> Complaints,
    pub(super) generation: bool,
    pub(super) status: bool,
    pub(super) unconditional_update: bool,
    pub(super) create_on_update: bool,
    pub(super) returns_deleted: bool,
    /// What a client is told whose deletion does not say what becomes of what the object owns; it is then left alone.
    pub(super) orphans: Option<&'static str>,
    pub(super) fields: &'static [&'static str],
    /// Sets what a new object begins with, after its status was emptied where it has one.
    pub(super) begin: fn(&mut Object),
    /// Gives an object, new or changed, what it is to have alone, and refuses what another has already.
    pub(super) allocate: fn(&mut Ground<'_>, &mut Object, Option<&Object>) -> Result<(), Refusal>,
    /// Takes back from a changed object what this part of it may not change, after status or spec were.
    pub(super) keep: fn(&mut Object, &Object, Part),
    /// Notes in a changed status when it changed.
    pub(super) date_status: fn(&mut Object, &Object, Timestamp),
    /// Whether a change is one of what is asked for: it makes a new generation.
    pub(super) is_renewed: fn(&Object, &Object) -> bool,
    /// Gives a valid object the form that is stored.
    pub(super) settle: fn(&mut Object),
    pub(super) is_held: fn(&Object) -> bool,
    pub(super) terminate: Option<fn(&mut Object, Timestamp)>,
    pub(super) grace: fn(&Object, Option<i64>) -> Option<i64>,
    /// What is wrong with an object, new or changed, besides its metadata.
    pub(super) validate: fn(&Object) -> Vec<FieldError>,
    /// What is wrong with a change, all but its metadata: [`validate`](Self::validate) is not asked too.
    pub(super) validate_update: fn(&Object, &Object, Part) -> Vec<FieldError>,
    /// When its metadata are looked at.
    pub(super) metadata: Metadata,
    /// An object in this version; none where it is stored in it.
    pub(super) convert: fn(&Object) -> Option<Object>,
    /// What who uses this version is told, if it is deprecated.
    pub(super) deprecated: Option<&'static str>,
    /// What the writer is to be told of an object that is valid.
    pub(super) warnings: fn(&Object, Option<&Object>) -> Vec<String>,
    /// What the writer of a status is to be told of it.
    pub(super) status_warnings: fn(&Object) -> Vec<String>,
}

/// When the metadata of an object are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// Before anything else.
    First,
    /// Before anything else of a new object; of a changed one when the kind says so.
    Told,
    /// Where nothing else is wrong, or when the kind says so.
    Apart,
}

/// What an object can be given from.
pub(crate) struct Ground<'a> {
    pub(crate) store: &'a Store,
    pub(crate) rng: &'a mut fastrand::Rng,
}

/// A kind of which nothing is to be said.
pub(super) const PLAIN: Builtin = Builtin {
    plural: "",
    group: "",
    name: names::dns_subdomain,
    generation: false,
    status: false,
    unconditional_update: true,
    create_on_update: false,
    returns_deleted: false,
    orphans: None,
    fields: &[],
    begin: |_| {},
    allocate: |_, _, _| Ok(()),
    keep: |_, _, _| {},
    date_status: |_, _, _| {},
    is_renewed: |new, old| new.fields().get("spec") != old.fields().get("spec"),
    settle: |_| {},
    is_held: |_| false,
    terminate: None,
    grace: |_, _| None,
    validate: |_| Vec::new(),
    validate_update: |_, _, _| Vec::new(),
    metadata: Metadata::First,
    convert: |_| None,
    deprecated: None,
    warnings: |_, _| Vec::new(),
    status_warnings: |_| Vec::new(),
};

/// With `spec`, `status` and a generation.
pub(super) const WORKLOAD: Builtin = Builtin {
    generation: true,
    status: true,
    ..PLAIN
};

impl Strategy for Builtin {
    fn read(
        &self,
        resource: &Resource,
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Body, Undecoded> {
        Body::of_builtin(resource, body, media, validation)
    }

    fn scaled(&self) -> Option<Scaled<'_>> {
        let can_be = matches!(self.plural, "deployments" | "replicasets" | "statefulsets");
        can_be.then_some(Scaled::BuiltIn)
    }

    fn printer(&self, resource: &Resource) -> Printer<'_> {
        Printer::built_in(&resource.group, &resource.kind)
    }

    fn ignored(&self, resource: &Resource, subresource: &str) -> FieldSet {
        apply::ignored(&resource.plural, subresource)
    }

    fn first_generation(&self) -> Option<i64> {
        self.generation.then_some(1)
    }

    fn is_new_generation(&self, new: &Object, old: &Object) -> bool {
        (self.is_renewed)(new, old)
    }

    fn settle(&self, object: &mut Object) {
        (self.settle)(object);
    }

    fn allocate(
        &self,
        ground: &mut Ground<'_>,
        new: &mut Object,
        old: Option<&Object>,
    ) -> Result<(), Refusal> {
        (self.allocate)(ground, new, old)
    }

    fn prepare_for_create(&self, object: &mut Object) {
        if self.status {
            let status = types::empty_status(object.api_version(), object.kind());
            object.fields_mut().insert("status".into(), status);
        }
        (self.begin)(object);
    }

    fn prepare_for_update(&self, new: &mut Object, old: &Object, part: Part) {
        if self.status {
            match part {
                Part::Status => new.take_field("spec", old),
                _ => new.take_field("status", old),
            }
        }
        (self.keep)(new, old, part);
    }

    fn date_status(&self, new: &mut Object, old: &Object, now: Timestamp) {
        (self.date_status)(new, old, now);
    }

    fn is_held(&self, object: &Object) -> bool {
        (self.is_held)(object)
    }

    fn terminate(&self) -> Option<fn(&mut Object, Timestamp)> {
        self.terminate
    }

    fn grace_period_seconds(&self, object: &Object, asked: Option<i64>) -> Option<i64> {
        (self.grace)(object, asked)
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        errors.extend(finalizers(object));
        errors.extend((self.validate)(object));
        errors
    }

    fn check_create(&self, resource: &Resource, object: &Object) -> Checked {
        let metadata = || {
            let mut errors = meta::check_names(self, object);
            errors.extend(meta::validate(object, resource.namespaced));
            errors
        };
        let errors = if self.metadata == Metadata::Apart {
            let errors = (self.validate)(object);
            if errors.is_empty() {
                metadata()
            } else {
                errors
            }
        } else {
            let mut errors = metadata();
            errors.extend(self.validate(object));
            errors
        };
        Checked {
            errors,
            warnings: self.warnings(object, None),
        }
    }

    fn convert(&self, object: &Object) -> Option<Object> {
        (self.convert)(object)
    }

    fn deprecated(&self) -> Option<&str> {
        self.deprecated
    }

    fn check_update(
        &self,
        _resource: &Resource,
        new: &Object,
        old: &Object,
        part: Part,
    ) -> Checked {
        let mut errors = Vec::new();
        if self.metadata == Metadata::First {
            errors.extend(metadata_update(new, old));
        }
        errors.extend(self.validate_update(new, old, part));
        let warnings = match part {
            Part::Main => self.warnings(new, Some(old)),
            Part::Status => (self.status_warnings)(new),
            _ => Vec::new(),
        };
        Checked { errors, warnings }
    }

    fn validate_update(&self, new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
        (self.validate_update)(new, old, part)
    }

    fn warnings(&self, object: &Object, old: Option<&Object>) -> Vec<String> {
        (self.warnings)(object, old)
    }

    fn check_name(&self, name: &str) -> Complaints {
        (self.name)(name)
    }

    fn allows_unconditional_update(&self) -> bool {
        self.unconditional_update
    }

    fn allows_create_on_update(&self) -> bool {
        self.create_on_update
    }

    fn selectable_fields(&self) -> Vec<&str> {
        self.fields.to_vec()
    }

    fn returns_deleted(&self) -> bool {
        self.returns_deleted
    }

    fn orphans(&self) -> Option<&str> {
        self.orphans
    }

    fn is_garbage_collected(&self) -> bool {
        self.plural != "events"
    }
}

/// What is wrong with the metadata of an object, for kinds that ask of a change what they ask of a new object, too.
pub(super) fn metadata(object: &Object, namespaced: bool) -> Vec<FieldError> {
    let mut errors = meta::validate(object, namespaced);
    errors.extend(finalizers(object));
    errors
}

/// What is wrong with the change of an object's metadata (`ValidateObjectMetaUpdate` of the built-in kinds).
pub(super) fn metadata_update(new: &Object, old: &Object) -> Vec<FieldError> {
    let mut errors = meta::validate_update(new, old);
    errors.extend(finalizers(new));
    errors
}

/// What the built-in kinds ask of finalizers besides (`validateKubeFinalizerName` of Kubernetes).
fn finalizers(object: &Object) -> Vec<FieldError> {
    const STANDARD: [&str; 3] = ["foregroundDeletion", "kubernetes", "orphan"];
    let odd = object
        .finalizers()
        .enumerate()
        .filter(|(_, name)| !name.contains('/') && !STANDARD.contains(name));
    odd.map(|(index, name)| {
        FieldError::new(
            FieldReason::Invalid,
            format!("metadata.finalizers[{index}]"),
            name,
            "name is neither a standard finalizer name nor is it fully qualified",
        )
    })
    .collect()
}
