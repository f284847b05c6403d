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
    standings: BTreeMap<TypeId, Arc<Standing>>,
}

impl Readiness {
    pub(crate) fn expect(&mut self, id: TypeId, kind: String) -> Arc<Standing> {
        let standing = Arc::new(Standing::of(kind));
        self.standings.insert(id, standing.clone());
        standing
    }

    /// What `/readyz` says: where it is not ready, why.
    pub(crate) fn check(&self) -> Result<(), String> {
        let empty = self.missing();
        if !empty.is_empty() {
            return Err(format!("waiting for the caches of {}", empty.join(", ")));
        }
        let complaints = self.standings.values().filter_map(|one| one.complaint());
        let complaints: Vec<_> = complaints.collect();
        if complaints.is_empty() {
            Ok(())
        } else {
            Err(complaints.join("\n"))
        }
    }

    /// The kinds whose caches are still empty.
    pub(crate) fn missing(&self) -> Vec<&str> {
        let empty = self.standings.values().filter(|one| !one.is_synced());
        empty.map(|one| one.kind()).collect()
    }

    /// Waits until all caches have been filled.
    pub(crate) async fn wait(&self) {
        let all = self.standings.keys().copied().collect();
        self.wait_for(&all).await;
    }

    /// Waits until the caches of these kinds have been filled.
    pub(crate) async fn wait_for(&self, kinds: &BTreeSet<TypeId>) {
        for standing in kinds.iter().filter_map(|id| self.standings.get(id)) {
            standing.until_synced().await;
        }
    }
}
