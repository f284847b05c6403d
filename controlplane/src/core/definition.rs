//! CustomResourceDefinitions: the kind that defines kinds.

use jiff::Timestamp;

use super::{
    builtin::Builtin,
    decode::Body,
    names::Complaints,
    object::{Object, seconds},
    query::FieldValidation,
    resource::{Part, Resource, Strategy},
};
use crate::{
    apply::FieldSet,
    crd::{Checked, definition},
    table::Printer,
    types::{Media, Undecoded},
};

/// How definitions differ from other kinds.
pub(crate) struct Definition(pub(crate) Builtin);

impl Strategy for Definition {
    fn read(
        &self,
        resource: &Resource,
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Body, Undecoded> {
        let mut body = self.0.read(resource, body, media, validation)?;
        definition::fill(&mut body.value);
        Ok(body)
    }

    fn printer(&self, resource: &Resource) -> Printer<'_> {
        self.0.printer(resource)
    }

    fn ignored(&self, resource: &Resource, subresource: &str) -> FieldSet {
        self.0.ignored(resource, subresource)
    }

    fn prepare_for_create(&self, object: &mut Object) {
        definition::before_create(object.value_mut());
    }

    fn prepare_for_update(&self, new: &mut Object, old: &Object, part: Part) {
        match part {
            Part::Main | Part::Finalize | Part::EphemeralContainers | Part::Resize => {
                definition::before_update(new.value_mut(), old.value());
            }
            Part::Status => definition::before_status_update(new.value_mut(), old.value()),
        }
    }

    fn check_create(&self, _resource: &Resource, object: &Object) -> Checked {
        definition::check_create(object.value())
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
                definition::check_update(new.value(), old.value())
            }
            Part::Status => Checked {
                errors: definition::check_status_update(new.value(), old.value()),
                ..Checked::default()
            },
        }
    }

    fn terminate(&self) -> Option<fn(&mut Object, Timestamp)> {
        Some(|object, now| {
            object.set_meta("deletionTimestamp", seconds(now));
            definition::before_delete(object.value_mut(), now);
        })
    }

    fn check_name(&self, _name: &str) -> Complaints {
        // `check_create` does it.
        Vec::new()
    }

    fn allows_unconditional_update(&self) -> bool {
        false
    }
}
