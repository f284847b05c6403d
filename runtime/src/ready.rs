//! Whether the caches have been filled.

use tokio::sync::watch;

/// One flag for each watched kind; it turns once and stays.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    synced: Vec<(String, watch::Receiver<bool>)>,
}

impl Readiness {
    pub(crate) fn expect(&mut self, kind: String) -> watch::Sender<bool> {
        let (sender, receiver) = watch::channel(false);
        self.synced.push((kind, receiver));
        sender
    }

    /// The kinds whose cache is still empty.
    pub(crate) fn missing(&self) -> Vec<&str> {
        self.synced
            .iter()
            .filter(|(_, synced)| !*synced.borrow())
            .map(|(kind, _)| kind.as_str())
            .collect()
    }

    /// Waits until no cache is missing.
    pub(crate) async fn wait(&self) {
        for (_, synced) in &self.synced {
            // The sender goes only with its watch, when the operator stops.
            let _ = synced.clone().wait_for(|synced| *synced).await;
        }
    }
}
