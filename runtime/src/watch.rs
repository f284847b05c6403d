//! The watch of one kind: it fills the kind's cache and calls for reconciles.

use std::{
    any::TypeId,
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
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
    stored::Stored,
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
    subscriptions: Vec<Subscription<K>>,
}

impl<K> Default for Watch<K> {
    fn default() -> Self {
        Self {
            cache: RwLock::default(),
            subscriptions: Vec::new(),
        }
    }
}

impl<K: Object> Watch<K> {
    pub(crate) fn subscribe(&mut self, subscription: Subscription<K>) {
        self.subscriptions.push(subscription);
    }

    pub(crate) fn get(&self, name: &NamespacedName) -> Option<Stored<K>> {
        self.cache().get(name).cloned()
    }

    pub(crate) fn names(&self) -> Vec<NamespacedName> {
        self.cache().names().cloned().collect()
    }

    /// All objects, by namespace and name.
    pub(crate) fn all(&self) -> Vec<Arc<K>> {
        // Decoded once the cache is free for others.
        let all: Vec<_> = self.cache().all().cloned().collect();
        all.iter().map(Stored::decode).collect()
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
        let found: Vec<_> = self.cache().by(keys, key).cloned().collect();
        found.iter().map(Stored::decode).collect()
    }

    /// What the watch is to show before whoever wrote this reconciles again.
    pub(crate) fn written(&self, answer: &K, is_ours: bool) -> Option<Written> {
        Some(Written {
            id: TypeId::of::<K>(),
            name: NamespacedName::of(answer),
            version: resource_version(answer.meta())?,
            relists: self.cache().relists(),
            is_ours,
        })
    }

    fn cache_mut(&self) -> RwLockWriteGuard<'_, Cache<K>> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn handle(&self, event: Event<Parsed<K>>, watches: &Watches) {
        let (id, relisted) = (TypeId::of::<K>(), matches!(event, Event::InitDone));
        let is_first_list = self.cache().relists() == 0;
        let changes = self.take(event);
        for subscription in &self.subscriptions {
            for change in &changes {
                subscription.tell(change, is_first_list, watches);
            }
        }
        let told = self.cache_mut().told();
        for subscription in &self.subscriptions {
            subscription.queue.observe(id, told);
            if relisted {
                subscription
                    .queue
                    .relisted(id, |write| self.cache().has_seen(write));
            }
        }
    }

    /// Brings the cache up to date and tells what changed.
    fn take(&self, event: Event<Parsed<K>>) -> Vec<Change<K>> {
        let mut cache = self.cache_mut();
        match event {
            Event::Init => cache.handle(Event::Init),
            Event::InitApply(Parsed::Read(read)) => cache.handle(Event::InitApply(read)),
            Event::InitDone => cache.handle(Event::InitDone),
            Event::Apply(Parsed::Read(read)) => cache.handle(Event::Apply(read)),
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
                    let failures = standing.failed(trouble, chain(&error));
                    tell::<K>(trouble, &error, failures);
                    tokio::time::sleep(standing.take_pause()).await;
                }
            }
        }
    }
}

impl<K: Object> Subscription<K> {
    fn tell(&self, change: &Change<K>, is_first_list: bool, watches: &Watches) {
        if !(self.when)(change) {
            return;
        }
        let (verb, object) = match change {
            Change::Added(new) if is_first_list => (Verb::Found, new),
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

fn tell<K: Object>(trouble: Trouble, error: &watcher::Error, failures: u32) {
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
            warn!(
                kind,
                failures,
                error = chain(error),
                "cannot watch {resource}"
            );
        }
    }
}
