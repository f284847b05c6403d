//! Writes the status of reconciled objects: where it differs, and once a run.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    apply::{drop_nulls, hash},
    clock::Clock,
    condition::{Condition, READY},
    diff::FieldChange,
    error::{Error, Write},
    memory::Remembered,
    object::{NamespacedName, Object},
    status::{Findings, Recorded, StatusOf},
    writer::{Writer, unless_gone},
};

/// A status that was written.
pub(crate) struct Kept<K> {
    /// The object as it then is.
    pub(crate) object: Arc<K>,
    pub(crate) changes: Vec<FieldChange>,
    /// Whether it is certain that this version of the object came of the write.
    pub(crate) is_ours: bool,
}

/// Keeps the status of objects of kind `K`, where it is ours to keep.
pub(crate) struct Keeper<K> {
    pub(crate) status: Option<StatusOf<K>>,
    pub(crate) writer: Writer,
    pub(crate) clock: Clock,
}

impl<K: Object> Keeper<K> {
    /// Writes what a run has found, unless it stands there or the object is gone.
    pub(crate) async fn keep(
        &self,
        object: &Arc<K>,
        findings: Findings,
        remembered: &mut Remembered,
    ) -> Result<Option<Kept<K>>, Error> {
        let Some(status) = self.status else {
            return Ok(None);
        };
        let name = NamespacedName::of(&**object);
        let serialize = |source| Error::serialize::<K>(&name, source);
        let recorded = (status.read)(object).map_err(serialize)?;
        let next = recorded.after(findings, object.meta().generation, self.clock.now());
        let hashes = |answer: &Recorded| (hash(&next.to_json()), hash(&answer.to_json()));
        if next == recorded || remembered.status == Some(hashes(&recorded)) {
            return Ok(None);
        }
        let Some(answer) = self.write(object, &next).await? else {
            return Ok(None);
        };
        let written = (status.read)(&answer).map_err(serialize)?;
        remembered.status = Some(hashes(&written));
        Ok(Some(Kept {
            is_ours: written != recorded && answer.meta().generation == object.meta().generation,
            changes: recorded.changes_to(&written),
            object: answer,
        }))
    }

    /// Whether the status says that this generation is ready; none where the status is not ours.
    pub(crate) fn says_ready(&self, object: &K) -> Option<bool> {
        let recorded = (self.status?.read)(object).ok()?;
        let is_true = |one: &Condition| one.type_ == READY && one.status == "True";
        let is_current = recorded.observed_generation == object.meta().generation;
        Some(is_current && recorded.conditions.iter().any(is_true))
    }

    /// Says that a run is under way on a generation of which nothing has been said yet.
    pub(crate) async fn announce(&self, object: &K) -> Result<Option<Kept<K>>, Error> {
        let recorded = self.status.and_then(|status| (status.read)(object).ok());
        let Some((recorded, under_way)) = recorded.and_then(|recorded| {
            let said = recorded.under_way(object.meta().generation, self.clock.now())?;
            (said != recorded).then_some((recorded, said))
        }) else {
            return Ok(None);
        };
        let answer = self.write(object, &under_way).await?;
        Ok(answer.map(|answer| Kept {
            object: answer,
            changes: recorded.changes_to(&under_way),
            is_ours: true,
        }))
    }

    /// An object that is gone needs no status.
    async fn write(&self, object: &K, status: &Recorded) -> Result<Option<Arc<K>>, Error> {
        let name = NamespacedName::of(object);
        let mut wanted: Value = json!({
            "apiVersion": K::api_version(&()),
            "kind": K::kind(&()),
            "metadata": { "name": name.name, "namespace": name.namespace, "uid": object.meta().uid },
            "status": status.to_json(),
        });
        drop_nulls(&mut wanted);
        let answer = self.writer.apply_status(&name, &wanted).await;
        unless_gone(answer).map_err(|source| Error::write::<K>(Write::Status, &name, source))
    }
}
