//! All watches of an operator, one a kind, shared by its controllers.

use std::{
    any::{Any, TypeId, type_name},
    collections::BTreeMap,
    sync::Arc,
};

use futures::future::BoxFuture;
use kube::Client;

use crate::{
    cache::Written,
    object::{Object, kind_of},
    standing::Standing,
    watch::{Subscription, Watch},
};

/// What the manager needs of a watch, whatever its kind.
pub(crate) trait AnyWatch: Any + Send + Sync {
    fn kind(&self) -> String;
    fn has_seen(&self, write: &Written) -> bool;
    fn start(
        self: Arc<Self>,
        client: Client,
        watches: Arc<Watches>,
        standing: Arc<Standing>,
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
        watches: Arc<Watches>,
        standing: Arc<Standing>,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.run(client, &watches, standing).await })
    }
}

/// Collects what the controllers want watched, before anything runs.
#[derive(Default)]
pub(crate) struct WatchesBuilder {
    watches: BTreeMap<TypeId, Box<dyn AnyWatch>>,
}

impl WatchesBuilder {
    /// Has `K` watched, and a queue told of the keys that its changes concern.
    pub(crate) fn subscribe<K: Object>(&mut self, subscription: Subscription<K>) {
        self.watch::<K>().subscribe(subscription);
    }

    /// Has `K` watched for its cache alone.
    pub(crate) fn watch<K: Object>(&mut self) -> &mut Watch<K> {
        let watch = self
            .watches
            .entry(TypeId::of::<K>())
            .or_insert_with(|| Box::new(Watch::<K>::default()));
        let watch: &mut dyn Any = &mut **watch;
        watch.downcast_mut().expect("kept by its type")
    }

    pub(crate) fn build(self) -> Watches {
        let watches = self
            .watches
            .into_iter()
            .map(|(id, watch)| (id, Arc::from(watch)))
            .collect();
        Watches { watches }
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

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.watches.contains_key(&id)
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
