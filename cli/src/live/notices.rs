//! Being told that files change, by systems that tell.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// Folders in which something may happen.
#[derive(Debug)]
pub(super) struct Notices {
    happened: Arc<Notify>,
    /// None where the system can't tell.
    watcher: Option<RecommendedWatcher>,
    /// Folders that are listened to with all that is in them.
    whole: Vec<PathBuf>,
}

impl Notices {
    pub(super) fn new() -> Self {
        let happened = Arc::new(Notify::new());
        let told = Arc::clone(&happened);
        let handler = move |event: notify::Result<Event>| {
            // To look at a file is an event, too, and that is what comes of one.
            if event.is_ok_and(|event| !event.kind.is_access()) {
                told.notify_one();
            }
        };
        Self {
            happened,
            watcher: notify::recommended_watcher(handler).ok(),
            whole: Vec::new(),
        }
    }

    /// Is told of what happens in a folder and in those below it. One that is not there has nothing to tell.
    pub(super) fn listen_below(&mut self, folder: &Path) {
        self.whole.push(folder.to_owned());
        self.watch(folder, RecursiveMode::Recursive);
    }

    /// Is told of what happens to the files in a folder.
    pub(super) fn listen_in(&mut self, folder: &Path) {
        if !self.whole.iter().any(|whole| folder.starts_with(whole)) {
            self.watch(folder, RecursiveMode::NonRecursive);
        }
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode) {
        if let Some(watcher) = &mut self.watcher {
            let _ = watcher.watch(folder, mode);
        }
    }

    /// Something has happened since this was asked last.
    pub(super) async fn any(&self) {
        self.happened.notified().await;
    }
}
