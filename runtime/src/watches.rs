//! One watch a kind, shared by all controllers of an operator: it fills the kind's cache and calls for reconciles.

use std::{
    any::{Any, TypeId, type_name},
    borrow::Cow,
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
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
    error::chain,
    object::{NamespacedName, Object, kind_of, resource_version},
    pace::paced,
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

    fn handle(&self, event: Event<Parsed<K>>) {
        let (id, relisted) = (TypeId::of::<K>(), matches!(event, Event::InitDone));
        let changes = self.take(event);
        let progress = self.cache().progress();
        for subscription in &self.subscriptions {
            for change in &changes {
                subscription.tell(change);
            }
            subscription.queue.observe(id, progress);
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
            Api::<Parsed<K>>::all(paced(client)),
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
                    failures += u32::from(!matches!(trouble(&error), Trouble::Expired));
                    tokio::time::sleep(wait_after::<K>(&error, failures)).await;
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

/// Why a watch is broken, as far as it matters for what is done about it.
enum Trouble {
    /// The server has forgotten the version from which to watch on: a list is next.
    Expired,
    /// The server does not know the kind.
    NotInstalled,
    Other,
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

/// Tells of an error, and how long to wait after it.
fn wait_after<K: Object>(error: &watcher::Error, failures: u32) -> Duration {
    let kind = kind_of::<K>();
    let resource = match K::group(&()) {
        Cow::Borrowed("") => K::plural(&()).into_owned(),
        group => format!("{}.{group}", K::plural(&())),
    };
    match trouble(error) {
        Trouble::Expired => {
            debug!(
                kind,
                "the watch of {resource} comes too late; reading the list"
            );
            Duration::ZERO
        }
        // It costs little to ask for, and its user is waiting.
        Trouble::NotInstalled => {
            if failures % 60 == 1 {
                info!(
                    kind,
                    "waiting for {resource}: the API server does not know it, is its CRD installed?"
                );
            }
            Duration::from_secs(1)
        }
        Trouble::Other => {
            warn!(
                kind,
                failures,
                error = chain(error),
                "cannot watch {resource}"
            );
            Backoff::WATCH.after(failures)
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
    ) -> TypeId {
        self.watch::<K>().subscriptions.push(Subscription {
            source,
            map,
            queue: queue.clone(),
        });
        TypeId::of::<K>()
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

    pub(crate) fn has_seen(&self, write: &Written) -> bool {
        self.watches
            .get(&write.id)
            .is_none_or(|watch| watch.has_seen(write))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&TypeId, &Arc<dyn AnyWatch>)> {
        self.watches.iter()
    }
}
