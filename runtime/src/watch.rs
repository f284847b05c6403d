//! The watch of one kind: it fills the kind's cache and calls for reconciles.

use std::{
    any::TypeId,
    collections::BTreeSet,
    error::Error as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use futures::StreamExt;
use kube::{
    Api, Client, Resource,
    runtime::watcher::{self, Event, watcher},
};
use tracing::{debug, error, info, warn};

use crate::{
    cache::{Cache, Change, Written},
    cause::{Cause, ObjectVersion, Source, Verb},
    error::chain,
    index::Keys,
    object::{NamespacedName, Object, kind_of, resource_of, resource_version},
    pace::paced,
    parsed::Parsed,
    standing::{Standing, Trouble},
    unseen::Unseen,
    wakes::{Mapper, Predicate},
    watches::Watches,
    workqueue::WorkQueue,
};

/// A controller that is to hear of changes.
pub(crate) struct Subscription<K> {
    pub(crate) source: Source,
    pub(crate) map: Mapper<K>,
    pub(crate) when: Predicate<K>,
    pub(crate) queue: Arc<WorkQueue>,
}

/// The watch of one kind.
pub(crate) struct Watch<K> {
    cache: RwLock<Cache<K>>,
    unseen: Mutex<Unseen<K>>,
    subscriptions: Vec<Subscription<K>>,
}

impl<K> Default for Watch<K> {
    fn default() -> Self {
        Self {
            cache: RwLock::default(),
            unseen: Mutex::default(),
            subscriptions: Vec::new(),
        }
    }
}

impl<K: Object> Watch<K> {
    pub(crate) fn subscribe(&mut self, subscription: Subscription<K>) {
        self.subscriptions.push(subscription);
    }

    pub(crate) fn cache(&self) -> RwLockReadGuard<'_, Cache<K>> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects from which `keys` reads this key, by namespace and name.
    pub(crate) fn list_by<F: Keys<K>>(&self, keys: F, key: &F::Key) -> Vec<Arc<K>> {
        let is_new = !self.cache().has_index(keys);
        if is_new {
            self.cache_mut().add_index(keys);
        }
        self.cache().by(keys, key).cloned().collect()
    }

    /// What the watch is to show before whoever wrote this reconciles again.
    pub(crate) fn written(&self, answer: &K, is_ours: bool) -> Option<Written> {
        let written = Written {
            id: TypeId::of::<K>(),
            name: NamespacedName::of(answer),
            version: resource_version(answer.meta())?,
            relists: self.cache().relists(),
            is_ours,
        };
        if !self.cache().has_seen(&written) {
            self.unseen().expect(written.version, answer);
        }
        Some(written)
    }

    fn cache_mut(&self) -> RwLockWriteGuard<'_, Cache<K>> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn unseen(&self) -> MutexGuard<'_, Unseen<K>> {
        self.unseen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn handle(&self, event: Event<Parsed<K>>, watches: &Watches) {
        let (id, relisted) = (TypeId::of::<K>(), matches!(event, Event::InitDone));
        let mut changes = self.take(event);
        if relisted {
            changes.extend(self.missed());
        }
        for subscription in &self.subscriptions {
            for change in &changes {
                subscription.tell(change, watches);
            }
        }
        let told = self.cache_mut().told();
        self.unseen().shown(told);
        for subscription in &self.subscriptions {
            subscription.queue.observe(id, told);
            if relisted {
                subscription
                    .queue
                    .relisted(id, |write| self.cache().has_seen(write));
            }
        }
    }

    /// What came and went without being seen.
    fn missed(&self) -> impl Iterator<Item = Change<K>> {
        let cache = self.cache();
        let is_cached = |object: &K| cache.get(&NamespacedName::of(object)).is_some();
        self.unseen()
            .listed(is_cached)
            .into_iter()
            .map(Change::Deleted)
    }

    /// Brings the cache up to date and tells what changed.
    fn take(&self, event: Event<Parsed<K>>) -> Vec<Change<K>> {
        let mut cache = self.cache_mut();
        match event {
            Event::Init => cache.handle(Event::Init),
            Event::InitApply(Parsed::Read(object)) => cache.handle(Event::InitApply(object)),
            Event::InitDone => cache.handle(Event::InitDone),
            Event::Apply(Parsed::Read(object)) => cache.handle(Event::Apply(object)),
            Event::Delete(object) => cache.lose(object.meta()),
            Event::InitApply(Parsed::Unreadable(object))
            | Event::Apply(Parsed::Unreadable(object)) => {
                let name = NamespacedName::from_meta::<K>(&object.metadata);
                error!(
                    "cannot read {} {name}: {}; it is left alone until it is mended",
                    K::kind(&()),
                    object.reason
                );
                cache.pass_over(&object.metadata);
                Vec::new()
            }
        }
    }

    /// Watches for ever.
    pub(crate) async fn run(&self, client: Client, watches: &Watches, standing: Arc<Standing>) {
        let mut events = Box::pin(watcher(
            Api::<Parsed<K>>::all(paced(client, standing.clone())),
            watcher::Config::default(),
        ));
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => {
                    let list_is_done = matches!(event, Event::InitDone);
                    self.handle(event, watches);
                    if list_is_done {
                        debug!(kind = kind_of::<K>(), "cache is in sync");
                        standing.listed();
                    }
                }
                Err(error) => {
                    let trouble = trouble(&error);
                    // kube says the cause a second time, and an answer of the server in Rust's notation.
                    let reason = error.source().map_or_else(|| chain(&error), chain);
                    let failures = standing.failed(trouble, reason.clone());
                    tell::<K>(trouble, &reason, failures);
                    tokio::time::sleep(standing.take_pause()).await;
                }
            }
        }
    }
}

impl<K: Object> Subscription<K> {
    fn tell(&self, change: &Change<K>, watches: &Watches) {
        if !(self.when)(change) {
            return;
        }
        let (verb, object) = match change {
            Change::Added(new) => (Verb::Added, new),
            Change::Updated { new, .. } => (Verb::Updated, new),
            Change::Deleted(last) => (Verb::Deleted, last),
        };
        // An object that changes hands concerns whoever had it, too.
        let concerned: BTreeSet<_> = change
            .before()
            .into_iter()
            .chain(change.after())
            .flat_map(|object| (self.map)(object, watches))
            .collect();
        for key in &concerned {
            self.queue.add(
                key,
                Cause::Event {
                    source: self.source,
                    verb,
                    object: ObjectVersion::of(&**object),
                },
            );
        }
    }
}

fn trouble(error: &watcher::Error) -> Trouble {
    let code = match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status))
        | watcher::Error::WatchFailed(kube::Error::Api(status))
        | watcher::Error::WatchError(status) => status.code,
        _ => 0,
    };
    match code {
        410 => Trouble::Expired,
        404 => Trouble::NotInstalled,
        _ => Trouble::Other,
    }
}

fn tell<K: Object>(trouble: Trouble, error: &str, failures: u32) {
    let kind = kind_of::<K>();
    let resource = resource_of::<K>();
    match trouble {
        Trouble::Expired if failures == 1 => {
            debug!(
                kind,
                "the watch of {resource} comes too late; reading the list"
            );
        }
        Trouble::NotInstalled => {
            if failures % 60 == 1 {
                info!(
                    kind,
                    "waiting for {resource}: the API server does not know it, is its CRD installed?"
                );
            }
        }
        Trouble::Expired | Trouble::Other => {
            warn!(kind, failures, error, "cannot watch {resource}");
        }
    }
}
