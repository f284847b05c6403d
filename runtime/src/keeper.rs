//! Writes the status of reconciled objects: where it differs, and once a run.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    apply::{hash, without_nulls},
    clock::Clock,
    condition::{Condition, READY},
    error::{Error, Write},
    memory::Remembered,
    object::{NamespacedName, Object},
    status::{Findings, Recorded, StatusOf},
    writer::{Writer, unless_gone},
};

/// Keeps the status of objects of kind `K`, where it is ours to keep.
pub(crate) struct Keeper<K> {
    pub(crate) status: Option<StatusOf<K>>,
    pub(crate) writer: Writer,
    pub(crate) clock: Clock,
}

impl<K: Object> Keeper<K> {
    /// Writes what a run has found, unless it stands there. Returns the object as it then is, if it was written, and
    /// whether that changed it.
    pub(crate) async fn keep(
        &self,
        object: &Arc<K>,
        findings: Findings,
        remembered: &mut Remembered,
    ) -> Result<Option<(K, bool)>, Error> {
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
        let changed = written != recorded && answer.meta().generation == object.meta().generation;
        Ok(Some((answer, changed)))
    }

    /// Whether the status says that this generation is ready; none where the status is not ours.
    pub(crate) fn says_ready(&self, object: &K) -> Option<bool> {
        let recorded = (self.status?.read)(object).ok()?;
        let is_true = |one: &Condition| one.type_ == READY && one.status == "True";
        let is_current = recorded.observed_generation == object.meta().generation;
        Some(is_current && recorded.conditions.iter().any(is_true))
    }

    /// Says that a run is under way on a generation of which nothing has been said yet.
    pub(crate) async fn announce(&self, object: &K) -> Result<Option<K>, Error> {
        let recorded = self.status.and_then(|status| (status.read)(object).ok());
        let under_way = recorded.and_then(|recorded| {
            let said = recorded.under_way(object.meta().generation, self.clock.now());
            said.filter(|said| *said != recorded)
        });
        match under_way {
            Some(under_way) => self.write(object, &under_way).await,
            None => Ok(None),
        }
    }

    /// An object that is gone needs no status.
    async fn write(&self, object: &K, status: &Recorded) -> Result<Option<K>, Error> {
        let name = NamespacedName::of(object);
        let wanted: Value = json!({
            "apiVersion": K::api_version(&()),
            "kind": K::kind(&()),
            "metadata": { "name": name.name, "namespace": name.namespace, "uid": object.meta().uid },
            "status": status.to_json(),
        });
        let answer = self
            .writer
            .apply_status(&name, &without_nulls(wanted))
            .await;
        unless_gone(answer).map_err(|source| Error::write::<K>(Write::Status, &name, source))
    }
}
