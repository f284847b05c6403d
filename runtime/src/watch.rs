//! The watch of one kind: it fills the kind's cache and calls for reconciles.

use std::{
    any::TypeId,
    collections::BTreeSet,
    error::Error as _,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use futures::{StreamExt, future::join_all};
use kube::{
    Api, Client, Resource,
    core::ObjectMeta,
    runtime::watcher::{self, Event, watcher},
};
use tracing::{debug, error, info, warn};

use crate::{
    cache::{Cache, Change, Written},
    cache_options::CacheOptions,
    cause::{Cause, ObjectVersion, Source, Verb},
    error::chain,
    index::Keys,
    namespaces::{ALL, Namespaces},
    object::{NamespacedName, Object, kind_of, resource_of, resource_version},
    pace::paced,
    parsed::{Parsed, Read},
    standing::{Standing, Trouble},
    stored::Stored,
    wakes::Mapper,
    watches::Watches,
    workqueue::WorkQueue,
};

/// Whether anybody is to hear of a change.
pub(crate) type Filter<K> = Arc<dyn Fn(&Change<K>) -> bool + Send + Sync>;

/// How the watch has shown an object: in a list, or by itself.
type Shown<K> = fn(Read<K>) -> Event<Read<K>>;

/// A controller that is to hear of changes.
pub(crate) struct Subscription<K> {
    pub(crate) source: Source,
    pub(crate) map: Mapper<K>,
    pub(crate) when: Filter<K>,
    pub(crate) queue: Arc<WorkQueue>,
}

/// The watch of one kind: as a whole, or one in each of some namespaces.
pub(crate) struct Watch<K> {
    cache: RwLock<Cache<K>>,
    options: CacheOptions<K>,
    subscriptions: Vec<Subscription<K>>,
}

impl<K: Object> Watch<K> {
    pub(crate) fn new(namespaces: &Namespaces, options: CacheOptions<K>) -> Self {
        Self {
            cache: RwLock::new(Cache::of(namespaces.of_watches::<K>())),
            options,
            subscriptions: Vec::new(),
        }
    }

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

    /// Whether objects of this name would be shown.
    pub(crate) fn reaches(&self, name: &NamespacedName) -> bool {
        self.cache().relists(name).is_some()
    }

    /// What the watch is to show before whoever wrote this reconciles again: nothing of what it may never show.
    pub(crate) fn written(&self, answer: &Arc<K>, is_ours: bool) -> Option<Written> {
        let name = NamespacedName::of(&**answer);
        if !self.options.shows(answer) {
            return None;
        }
        let mut cache = self.cache_mut();
        let written = Written {
            id: TypeId::of::<K>(),
            relists: cache.relists(&name)?,
            name,
            version: resource_version(answer.meta())?,
            is_ours,
        };
        cache.expect(&written, answer);
        Some(written)
    }

    /// An answer of the server in the form in which the cache will have it.
    pub(crate) fn as_cached(&self, answer: Read<K>) -> Read<K> {
        self.options.reduce(&answer).unwrap_or(answer)
    }

    fn cache_mut(&self) -> RwLockWriteGuard<'_, Cache<K>> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn handle(&self, namespace: &str, event: Event<Parsed<K>>, watches: &Watches) {
        let (id, relisted) = (TypeId::of::<K>(), matches!(event, Event::InitDone));
        let is_first_list = !self.cache().is_synced();
        let is_listed = matches!(event, Event::InitApply(_));
        let changes = self.take(namespace, event);
        for subscription in &self.subscriptions {
            for change in &changes {
                subscription.tell(change, is_first_list, is_listed, watches);
            }
        }
        let told = self.cache_mut().told(namespace);
        // How far the watch of one namespace has come says nothing of the others.
        let must_look = relisted || namespace != ALL;
        for Subscription { queue, .. } in &self.subscriptions {
            if must_look {
                queue.relisted(id, |write| self.cache().has_seen(write));
            } else {
                queue.observe(id, told);
            }
        }
    }

    /// Brings the cache up to date and tells what changed.
    fn take(&self, namespace: &str, event: Event<Parsed<K>>) -> Vec<Change<K>> {
        let (parsed, event): (_, Shown<K>) = match event {
            Event::Init => return self.cache_mut().handle(namespace, Event::Init),
            Event::InitDone => return self.cache_mut().handle(namespace, Event::InitDone),
            Event::Delete(object) => return self.cache_mut().lose(namespace, object.meta()),
            Event::InitApply(parsed) => (parsed, Event::InitApply),
            Event::Apply(parsed) => (parsed, Event::Apply),
        };
        match self.read(parsed) {
            Ok(read) => self.cache_mut().handle(namespace, event(read)),
            Err(meta) => {
                self.cache_mut().pass_over(namespace, &meta);
                Vec::new()
            }
        }
    }

    /// The object as it is kept; where it cannot be, its metadata.
    fn read(&self, parsed: Parsed<K>) -> Result<Read<K>, Box<ObjectMeta>> {
        match parsed {
            Parsed::Read(read) => {
                let reduced = self.options.reduce(&read);
                reduced.ok_or_else(|| read.object.meta().clone().into())
            }
            Parsed::Unreadable(object) => {
                let name = NamespacedName::from_meta::<K>(&object.metadata);
                error!(
                    "cannot read {} {name}: {}; it is left alone until it is mended",
                    K::kind(&()),
                    object.reason
                );
                Err(object.metadata.into())
            }
        }
    }

    /// Watches for ever; each of its namespaces has a standing.
    pub(crate) async fn run(
        &self,
        client: Client,
        watches: &Watches,
        standings: Vec<(String, Arc<Standing>)>,
    ) {
        let follow = standings.iter().map(|(name, standing)| {
            let client = paced(client.clone(), standing.clone());
            self.follow(name, client, watches, standing)
        });
        join_all(follow).await;
    }

    /// Watches one namespace, or [`ALL`].
    async fn follow(
        &self,
        namespace: &str,
        client: Client,
        watches: &Watches,
        standing: &Standing,
    ) {
        let api = if namespace == ALL {
            Api::<Parsed<K>>::all(client)
        } else {
            Api::namespaced_with(client, namespace, &())
        };
        let mut events = Box::pin(watcher(api, self.options.config()));
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => {
                    let list_is_done = matches!(event, Event::InitDone);
                    self.handle(namespace, event, watches);
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
                    let resource = watched(&resource_of::<K>(), namespace);
                    tell::<K>(&resource, trouble, &reason, failures);
                    tokio::time::sleep(standing.take_pause()).await;
                }
            }
        }
    }
}

/// What is watched, in words: `pods`, or `pods in shop`.
pub(crate) fn watched(what: &str, namespace: &str) -> String {
    if namespace == ALL {
        what.to_owned()
    } else {
        format!("{what} in {namespace}")
    }
}

impl<K: Object> Subscription<K> {
    fn tell(&self, change: &Change<K>, is_first_list: bool, is_listed: bool, watches: &Watches) {
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
                    object: ObjectVersion {
                        is_next: !is_listed || verb != Verb::Updated,
                        ..ObjectVersion::of(&**object)
                    },
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

fn tell<K: Object>(resource: &str, trouble: Trouble, error: &str, failures: u32) {
    let kind = kind_of::<K>();
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
