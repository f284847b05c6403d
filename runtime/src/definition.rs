//! What a controller declares, collected by `#[derive(Controller)]`.

use std::{any::TypeId, collections::BTreeSet, fmt, sync::Arc};

use futures::future::BoxFuture;

use crate::{
    access::Rule,
    cause::Source,
    context::Context,
    controller::{Cleanup, Controller},
    object::{NamespacedName, Object},
    outcome::Failure,
    ownership::owner_of,
    status::StatusOf,
    watches::WatchesBuilder,
    workqueue::WorkQueue,
};

/// Has a kind watched, and says which.
type Subscribe = fn(&mut WatchesBuilder, &Arc<WorkQueue>) -> TypeId;

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
    subscriptions: Vec<Subscribe>,
    rules: Vec<Rule>,
    owns_something: bool,
    pub(crate) skip: Option<(&'static str, &'static str)>,
    pub(crate) finalizer: Option<Finalizer<C>>,
    pub(crate) status: Option<StatusOf<C::Kind>>,
}

impl<C: Controller> Definition<C> {
    pub(crate) fn of() -> Self {
        C::define(Self {
            subscriptions: vec![|watches, queue| {
                watches.subscribe::<C::Kind>(
                    Source::Reconciles,
                    |object| Some(NamespacedName::of(object)),
                    queue,
                )
            }],
            rules: Vec::new(),
            owns_something: false,
            skip: None,
            finalizer: None,
            status: None,
        })
    }

    /// Children of kind `K` are made by it, and wake their owner.
    #[must_use]
    pub fn owns<K: Object>(mut self) -> Self {
        self.subscriptions
            .push(|watches, queue| watches.subscribe(Source::Owns, owner_of::<C::Kind, K>, queue));
        self.rules.push(Rule::on::<K, _>(
            None,
            ["create", "delete", "list", "patch", "watch"],
        ));
        self.owns_something = true;
        self
    }

    /// Objects of kind `K` can be read from the cache. They wake nobody.
    #[must_use]
    pub fn reads<K: Object>(mut self) -> Self {
        self.subscriptions.push(|watches, _| {
            watches.watch::<K>();
            TypeId::of::<K>()
        });
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

    /// Has all that it touches watched, and returns which kinds that are.
    pub(crate) fn subscribe(
        &self,
        watches: &mut WatchesBuilder,
        queue: &Arc<WorkQueue>,
    ) -> BTreeSet<TypeId> {
        self.subscriptions
            .iter()
            .map(|subscribe| subscribe(watches, queue))
            .collect()
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

impl<C: Controller> fmt::Debug for Definition<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("controller", &C::NAME)
            .field("rules", &self.rules())
            .finish_non_exhaustive()
    }
}
