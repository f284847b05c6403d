//! Whether the caches have been filled, and are being kept.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::standing::Standing;

/// How the watch of each kind stands.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    standings: BTreeMap<TypeId, Vec<Arc<Standing>>>,
}

impl Readiness {
    pub(crate) fn expect(&mut self, id: TypeId, standings: impl Iterator<Item = Arc<Standing>>) {
        self.standings.insert(id, standings.collect());
    }

    /// What `/readyz` says: where it is not ready, why.
    pub(crate) fn check(&self) -> Result<(), String> {
        let empty = self.missing();
        if !empty.is_empty() {
            return Err(format!("waiting for the caches of {}", empty.join(", ")));
        }
        let complaints = self
            .standings
            .values()
            .flatten()
            .filter_map(|one| one.complaint());
        let complaints: Vec<_> = complaints.collect();
        if complaints.is_empty() {
            Ok(())
        } else {
            Err(complaints.join("\n"))
        }
    }

    /// The kinds whose caches are still empty, in the order of their names: that of the types' ids differs from build to
    /// build.
    pub(crate) fn missing(&self) -> Vec<&str> {
        let empty = self
            .standings
            .values()
            .flatten()
            .filter(|one| !one.is_synced());
        let mut kinds: Vec<_> = empty.map(|one| one.kind()).collect();
        kinds.sort_unstable();
        kinds
    }

    /// Waits until all caches have been filled.
    pub(crate) async fn wait(&self) {
        let all = self.standings.keys().copied().collect();
        self.wait_for(&all).await;
    }

    /// Waits until the caches of these kinds have been filled.
    pub(crate) async fn wait_for(&self, kinds: &BTreeSet<TypeId>) {
        let standings: Vec<_> = kinds
            .iter()
            .filter_map(|id| self.standings.get(id))
            .flatten()
            .collect();
        for standing in standings {
            standing.until_synced().await;
        }
    }
}
