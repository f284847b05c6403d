//! Whether the caches have been filled.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
};

use tokio::sync::watch;

/// One flag for each watched kind; it turns once and stays.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    synced: BTreeMap<TypeId, (String, watch::Receiver<bool>)>,
}

impl Readiness {
    pub(crate) fn expect(&mut self, id: TypeId, kind: String) -> watch::Sender<bool> {
        let (sender, receiver) = watch::channel(false);
        self.synced.insert(id, (kind, receiver));
        sender
    }

    /// The kinds whose cache is still empty.
    fn missing(&self) -> Vec<&str> {
        let empty = self.synced.values().filter(|(_, synced)| !*synced.borrow());
        empty.map(|(kind, _)| kind.as_str()).collect()
    }

    /// What `/readyz` says: where it is not ready, why.
    pub(crate) fn check(&self) -> Result<(), String> {
        let missing = self.missing();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("waiting for the caches of {}", missing.join(", ")))
        }
    }

    /// Waits until the caches of these kinds have been filled.
    pub(crate) async fn wait_for(&self, kinds: &BTreeSet<TypeId>) {
        for (_, synced) in kinds.iter().filter_map(|id| self.synced.get(id)) {
            // The sender goes only with its watch, when the operator stops.
            let _ = synced.clone().wait_for(|synced| *synced).await;
        }
    }
}
