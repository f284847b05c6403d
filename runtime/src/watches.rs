//! One watch a kind, shared by all controllers of an operator: it fills the kind's cache and calls for reconciles.

use std::{
    any::{Any, TypeId, type_name},
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use futures::{StreamExt, future::BoxFuture};
use kube::{
    Api, Client, Resource,
    runtime::watcher::{self, Event, watcher},
};
use tokio::sync::watch;
use tracing::{debug, error, info, warn};

use crate::{
    backoff::Backoff,
    cache::{Cache, Change, Written},
    cause::{Cause, ObjectVersion, Source, Verb},
    object::{NamespacedName, Object, kind_of, resource_version},
    parsed::Parsed,
    workqueue::WorkQueue,
};

/// Who is woken by a change: the keys to reconcile for an object.
pub(crate) type Mapper<K> = fn(&K) -> Option<NamespacedName>;

struct Subscription<K> {
    source: Source,
    map: Mapper<K>,
    queue: Arc<WorkQueue>,
}

/// The watch of one kind.
pub(crate) struct Watch<K> {
    cache: RwLock<Cache<K>>,
    subscriptions: Vec<Subscription<K>>,
}

impl<K: Object> Watch<K> {
    pub(crate) fn cache(&self) -> RwLockReadGuard<'_, Cache<K>> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the watch is to show before whoever wrote this reconciles again.
    pub(crate) fn written(&self, answer: &K) -> Option<(TypeId, Written)> {
        let written = Written {
            name: NamespacedName::of(answer),
            version: resource_version(answer.meta())?,
            relists: self.cache().relists(),
        };
        Some((TypeId::of::<K>(), written))
    }

    fn cache_mut(&self) -> RwLockWriteGuard<'_, Cache<K>> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, event: Event<Parsed<K>>) {
        let changes = self.take(event);
        for subscription in &self.subscriptions {
            for change in &changes {
                subscription.tell(change);
            }
            subscription
                .queue
                .observe(TypeId::of::<K>(), |write| self.cache().has_seen(write));
        }
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

    /// Watches for ever. `synced` turns true when the first list has been read.
    async fn run(&self, client: Client, synced: watch::Sender<bool>) {
        let mut events = Box::pin(watcher(
            Api::<Parsed<K>>::all(client),
            watcher::Config::default(),
        ));
        let mut failures = 0;
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => {
                    let list_is_done = matches!(event, Event::InitDone);
                    // Init only says that a list is about to be asked for.
                    if !matches!(event, Event::Init) {
                        failures = 0;
                    }
                    self.handle(event);
                    if list_is_done {
                        debug!(kind = kind_of::<K>(), "cache is in sync");
                        synced.send_replace(true);
                    }
                }
                Err(error) => {
                    failures += 1;
                    report::<K>(&error, failures);
                    tokio::time::sleep(delay_after(&error, failures)).await;
                }
            }
        }
    }
}

impl<K: Object> Subscription<K> {
    fn tell(&self, change: &Change<K>) {
        let (verb, object, before) = match change {
            Change::Added(new) => (Verb::Added, new, None),
            Change::Updated { old, new } => (Verb::Updated, new, Some(old)),
            Change::Deleted(last) => (Verb::Deleted, last, None),
        };
        let key = (self.map)(object);
        // An object that changes hands concerns whoever had it, too.
        let former = before
            .and_then(|old| (self.map)(old))
            .filter(|former| Some(former) != key.as_ref());
        for key in key.iter().chain(&former) {
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

fn not_installed(error: &watcher::Error) -> bool {
    matches!(error, watcher::Error::InitialListFailed(kube::Error::Api(status)) if status.code == 404)
}

/// A kind that is not installed yet costs little to ask for, and its user is waiting.
fn delay_after(error: &watcher::Error, failures: u32) -> std::time::Duration {
    if not_installed(error) {
        std::time::Duration::from_secs(1)
    } else {
        Backoff::WATCH.after(failures)
    }
}

fn report<K: Object>(error: &watcher::Error, failures: u32) {
    let kind = kind_of::<K>();
    let resource = format!("{}.{}", K::plural(&()), K::group(&()));
    match (not_installed(error), failures) {
        (true, 1) => info!(
            kind,
            "waiting for {resource}: the API server does not know it, is its CRD installed?"
        ),
        (true, _) => debug!(kind, "still waiting for {resource}"),
        (false, _) => {
            warn!(kind, failures, error = %crate::error::chain(error), "cannot watch {resource}");
        }
    }
}

/// What the manager needs of a watch, whatever its kind.
pub(crate) trait AnyWatch: Any + Send + Sync {
    fn kind(&self) -> String;
    fn has_seen(&self, write: &Written) -> bool;
    fn start(
        self: Arc<Self>,
        client: Client,
        synced: watch::Sender<bool>,
    ) -> BoxFuture<'static, ()>;
}

impl<K: Object> AnyWatch for Watch<K> {
    fn kind(&self) -> String {
        kind_of::<K>()
    }

    fn has_seen(&self, write: &Written) -> bool {
        self.cache().has_seen(write)
    }

    fn start(
        self: Arc<Self>,
        client: Client,
        synced: watch::Sender<bool>,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.run(client, synced).await })
    }
}

/// Collects what the controllers want watched, before anything runs.
#[derive(Default)]
pub(crate) struct WatchesBuilder {
    watches: BTreeMap<TypeId, Box<dyn AnyWatchBuilder>>,
}

impl WatchesBuilder {
    /// Has `K` watched, and `queue` told of the keys that `map` finds.
    pub(crate) fn subscribe<K: Object>(
        &mut self,
        source: Source,
        map: Mapper<K>,
        queue: &Arc<WorkQueue>,
    ) {
        self.watch::<K>().subscriptions.push(Subscription {
            source,
            map,
            queue: queue.clone(),
        });
    }

    /// Has `K` watched for its cache alone.
    pub(crate) fn watch<K: Object>(&mut self) -> &mut Watch<K> {
        let watch = self.watches.entry(TypeId::of::<K>()).or_insert_with(|| {
            Box::new(Watch::<K> {
                cache: RwLock::default(),
                subscriptions: Vec::new(),
            })
        });
        watch.as_any().downcast_mut().expect("kept by its type")
    }

    pub(crate) fn build(self) -> Watches {
        let watches = self
            .watches
            .into_iter()
            .map(|(id, watch)| (id, watch.share()))
            .collect();
        Watches { watches }
    }
}

trait AnyWatchBuilder {
    fn as_any(&mut self) -> &mut dyn Any;
    fn share(self: Box<Self>) -> Arc<dyn AnyWatch>;
}

impl<K: Object> AnyWatchBuilder for Watch<K> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn share(self: Box<Self>) -> Arc<dyn AnyWatch> {
        Arc::from(self as Box<dyn AnyWatch>)
    }
}

/// All watches of an operator.
pub(crate) struct Watches {
    watches: BTreeMap<TypeId, Arc<dyn AnyWatch>>,
}

impl Watches {
    /// The watch of `K`. Panics where no controller declares it: then an access trait was implemented by hand.
    pub(crate) fn of<K: Object>(&self) -> Arc<Watch<K>> {
        let watch: Option<Arc<dyn Any + Send + Sync>> = self
            .watches
            .get(&TypeId::of::<K>())
            .map(|watch| watch.clone() as Arc<dyn Any + Send + Sync>);
        watch
            .and_then(|watch| watch.downcast().ok())
            .unwrap_or_else(|| {
                panic!(
                    "{} is not watched: declare it in #[controller(reads(...))]",
                    type_name::<K>()
                )
            })
    }

    pub(crate) fn has_seen(&self, id: TypeId, write: &Written) -> bool {
        self.watches
            .get(&id)
            .is_none_or(|watch| watch.has_seen(write))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<dyn AnyWatch>> {
        self.watches.values()
    }
}
