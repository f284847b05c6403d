//! What a controller declares, collected by `#[derive(Controller)]`.

use std::{any::TypeId, collections::BTreeSet, fmt, sync::Arc, time::Duration};

use futures::future::BoxFuture;

use crate::{
    access::Rule,
    cache::Change,
    cause::Source,
    context::Context,
    controller::{Cleanup, Controller},
    object::{NamespacedName, Object, is_deleting},
    order::Order,
    outcome::Failure,
    owned::Owned,
    predicate::{Predicate, When},
    queue::Queue,
    selector::WrongSelector,
    status::StatusOf,
    wakes::{Mapper, Wakes},
    watch::{Filter, Subscription},
    watches::{Watches, WatchesBuilder},
    workqueue::WorkQueue,
};

/// Has a kind watched.
type Subscribe = Box<dyn Fn(&mut WatchesBuilder, &Arc<WorkQueue>) + Send + Sync>;

/// A finalizer, and what is done before it goes.
pub(crate) struct Finalizer<C: Controller> {
    pub(crate) name: &'static str,
    pub(crate) cleanup: CleanupOf<C>,
}

pub(crate) type CleanupOf<C> = for<'a> fn(
    &'a C,
    Arc<<C as Controller>::Kind>,
    &'a Context<C>,
) -> BoxFuture<'a, Result<(), Failure>>;

/// What a controller declares: the kinds it touches, whom it leaves alone, its finalizer and its further rules.
///
/// `#[derive(Controller)]` writes these calls; they can as well be written by hand.
pub struct Definition<C: Controller> {
    /// By the kinds that are watched besides the reconciled one.
    subscriptions: Vec<(TypeId, Subscribe)>,
    /// Which changes of the reconciled object wake it.
    when: When<C::Kind>,
    /// What is wrong with predicates.
    wrong: Vec<WrongSelector>,
    rules: Vec<Rule>,
    owns_something: bool,
    pub(crate) skip: Option<(&'static str, &'static str)>,
    pub(crate) finalizer: Option<Finalizer<C>>,
    pub(crate) status: Option<StatusOf<C::Kind>>,
    /// Empty: in the order, and with the backoff, that is declared.
    pub(crate) queue: Queue,
    pub(crate) reconcile_timeout: Option<Duration>,
}

impl<C: Controller> Definition<C> {
    pub(crate) fn of() -> Self {
        C::define(Self {
            subscriptions: Vec::new(),
            when: When::default(),
            wrong: Vec::new(),
            rules: Vec::new(),
            owns_something: false,
            skip: None,
            finalizer: None,
            status: None,
            queue: Queue::default(),
            reconcile_timeout: None,
        })
    }

    /// Has changes of kind `K` for which `when` holds wake whom `map` finds.
    fn woken_by<K: Object>(mut self, source: Source, map: Mapper<K>, when: When<K>) -> Self {
        self.wrong.extend(when.check().err());
        let when: Filter<K> = Arc::new(move |change| when.matters(change));
        let subscribe = subscription(source, map, when);
        self.subscriptions.push((TypeId::of::<K>(), subscribe));
        self
    }

    /// The reconciled object is woken only by changes of which `matters` is true, too.
    ///
    /// Whatever it says, the object is woken when it goes, when its deletion begins, and when the label of
    /// [`skip_label`](Self::skip_label) comes or goes: what the runtime promises of these holds all the same.
    #[must_use]
    pub fn when<P: Predicate<C::Kind>>(mut self, matters: P) -> Self {
        self.wrong.extend(matters.check().err());
        self.when = self.when.and(matters);
        self
    }

    /// Children of kind `K` are made by it, and wake their owner.
    #[must_use]
    pub fn owns<K: Object>(mut self, owned: Owned<K>) -> Self {
        self.rules.push(Rule::on::<K, _>(
            None,
            ["create", "delete", "list", "patch", "watch"],
        ));
        self.owns_something = true;
        let when = owned.when.clone();
        let map = move |child: &K, _: &Watches| owned.owners::<C::Kind>(child);
        self.woken_by(Source::Owns, Arc::new(map), when)
    }

    /// A change of an object of kind `K` wakes those whom it concerns. It can be read from the cache, too.
    #[must_use]
    pub fn watches<K: Object>(mut self, wakes: Wakes<C, K>) -> Self {
        self.rules.push(Rule::on::<K, _>(None, ["list", "watch"]));
        self.woken_by(Source::Watches, wakes.map, wakes.when)
    }

    /// Objects of kind `K` can be read from the cache. They wake nobody.
    #[must_use]
    pub fn reads<K: Object>(mut self) -> Self {
        let subscribe: Subscribe = Box::new(|watches, _| {
            watches.watch::<K>();
        });
        self.subscriptions.push((TypeId::of::<K>(), subscribe));
        self.rules.push(Rule::on::<K, _>(None, ["list", "watch"]));
        self
    }

    /// Objects with this label are left alone, until it is taken off. Their deletion is handled all the same.
    #[must_use]
    pub fn skip_label(self, key: &'static str, value: &'static str) -> Self {
        Self {
            skip: Some((key, value)),
            ..self
        }
    }

    /// Holds objects back from deletion with this finalizer until [`Cleanup::cleanup`] has succeeded.
    #[must_use]
    pub fn finalizer(self, name: &'static str) -> Self
    where
        C: Cleanup,
    {
        let cleanup: CleanupOf<C> = |controller, object, ctx| {
            Box::pin(async move { controller.cleanup(object, ctx).await.map_err(Into::into) })
        };
        Self {
            finalizer: Some(Finalizer { name, cleanup }),
            ..self
        }
    }

    /// Takes the objects that wait in this order; [`Priority`](crate::order::Priority) unless set.
    #[must_use]
    pub fn queue(mut self, order: impl Order) -> Self {
        self.queue.order_by(order);
        self
    }

    /// Waits for this long after so many failures in a row, counted from 1 for each generation of an object;
    /// 5 ms doubling up to 1000 s unless set. See [`exponential`](crate::exponential).
    #[must_use]
    pub fn backoff(mut self, delay: impl Fn(u32) -> Duration + Send + Sync + 'static) -> Self {
        self.queue.back_off(Arc::new(delay));
        self
    }

    /// Ends a reconcile, and a cleanup, that takes longer than this: it fails with the reason `TimedOut` and is tried
    /// again. Nothing ends them unless this is set.
    #[must_use]
    pub fn reconcile_timeout(self, limit: Duration) -> Self {
        Self {
            reconcile_timeout: Some(limit),
            ..self
        }
    }

    /// Where the status of the kind is kept by the runtime: [`status_of!`](crate::status_of) finds out.
    #[must_use]
    pub fn status(self, status: Option<StatusOf<C::Kind>>) -> Self {
        Self { status, ..self }
    }

    /// A rule for what the controller does by other means than its [`Context`](crate::Context).
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Whether this object is to be left alone.
    pub(crate) fn skips(&self, object: &C::Kind) -> bool {
        carries(object, self.skip)
    }

    /// Has all that it touches watched, and returns which kinds that are.
    pub(crate) fn subscribe(
        &self,
        watches: &mut WatchesBuilder,
        queue: &Arc<WorkQueue>,
    ) -> BTreeSet<TypeId> {
        for wrong in &self.wrong {
            watches.refuse(C::NAME, wrong.clone());
        }
        self.subscribe_to_itself()(watches, queue);
        let begin = |(kind, subscribe): &(TypeId, Subscribe)| {
            subscribe(watches, queue);
            *kind
        };
        let others = self.subscriptions.iter().map(begin);
        others.chain([TypeId::of::<C::Kind>()]).collect()
    }

    fn subscribe_to_itself(&self) -> Subscribe {
        let (when, skip) = (self.when.clone(), self.skip);
        let when: Filter<C::Kind> = Arc::new(move |change| match change {
            Change::Deleted(_) => true,
            Change::Updated { old, new }
                if is_deleting(&**old) != is_deleting(&**new)
                    || carries(&**old, skip) != carries(&**new, skip) =>
            {
                true
            }
            Change::Added(_) | Change::Updated { .. } => when.matters(change),
        });
        let itself = |object: &C::Kind, _: &Watches| BTreeSet::from([NamespacedName::of(object)]);
        subscription(Source::Reconciles, Arc::new(itself), when)
    }

    /// The rules that the declarations need, and no more.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        let mut rules = vec![Rule::on::<C::Kind, _>(None, ["list", "watch"])];
        if self.finalizer.is_some() {
            rules.push(Rule::on::<C::Kind, _>(None, ["patch"]));
        }
        if self.status.is_some() {
            rules.push(Rule::on::<C::Kind, _>(Some("status"), ["patch"]));
        }
        if self.owns_something {
            // An owner reference that blocks deletion takes the right to set the owner's finalizers:
            // https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#ownerreferencespermissionenforcement
            rules.push(Rule::on::<C::Kind, _>(Some("finalizers"), ["update"]));
        }
        rules.extend(self.rules.iter().cloned());
        rules
    }
}

fn subscription<K: Object>(source: Source, map: Mapper<K>, when: Filter<K>) -> Subscribe {
    Box::new(move |watches, queue| {
        watches.subscribe(Subscription {
            source,
            map: map.clone(),
            when: when.clone(),
            queue: queue.clone(),
        });
    })
}

fn carries<K: Object>(object: &K, label: Option<(&str, &str)>) -> bool {
    let labels = object.meta().labels.as_ref();
    label.is_some_and(|(key, value)| {
        labels
            .and_then(|labels| labels.get(key))
            .is_some_and(|found| found == value)
    })
}

impl<C: Controller> fmt::Debug for Definition<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("controller", &C::NAME)
            .field("rules", &self.rules())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
