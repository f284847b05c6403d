//! Which changes wake anybody: `when = ...` in `#[controller(...)]`.
//!
//! A predicate is a function of a [`Change`], or one of those here, and predicates are combined by
//! [`or`](Predicate::or), [`and`](Predicate::and) and [`not`].
//!
//! ```
//! use k8s_openapi::api::apps::v1::Deployment;
//! use myop::predicate::{Predicate as _, annotations_changed, generation_changed, matches_labels};
//! use myop::{Change, Controller, resource};
//!
//! #[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
//! pub struct MyAppSpec {}
//!
//! #[derive(Controller)]
//! #[controller(
//!     reconciles(MyApp, when = generation_changed.or(annotations_changed)),
//!     owns(Deployment, when = matches_labels("tier!=web").and(rolls_out)),
//! )]
//! pub struct MyAppController;
//!
//! fn rolls_out(change: &Change<Deployment>) -> bool {
//!     let ready = |deployment: &Deployment| deployment.status.as_ref()?.ready_replicas;
//!     change.before().map(ready) != change.after().map(ready)
//! }
//! ```
//!
//! They mean what those of controller-runtime mean: an object that comes or goes passes the `*_changed`. A reconcile
//! that is due by itself, after a failure or at the time that the last one named, is no change and asks nobody.

use std::{fmt, marker::PhantomData, sync::Arc};

use crate::{
    cache::Change,
    object::{Object, resource_version},
    panics::{call_of, unless_it_panics},
    selector::{LabelSelector, WrongSelector},
};

/// Whether a change of an object of kind `K` matters: a function of the form `fn(&Change<K>) -> bool`, or predicates
/// combined. A closure names the type of what it takes: `|change: &Change<Secret>| ...`.
///
/// Where it panics, the change matters: better called in vain than not at all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether a change of `{K}` matters",
    label = "it must be a predicate of `{K}`",
    note = "a predicate is a function of the form `fn(&myop::Change<{K}>) -> bool`, or one of `myop::predicate`"
)]
pub trait Predicate<K>: Send + Sync + 'static {
    /// Whether this change matters.
    fn matters(&self, change: &Change<K>) -> bool;

    /// What is wrong with the predicate itself: an operator does not start with such a one.
    fn check(&self) -> Result<(), WrongSelector> {
        Ok(())
    }

    /// Both this and the other.
    fn and<P: Predicate<K>>(self, other: P) -> And<Self, P>
    where
        Self: Sized,
    {
        And(self, other)
    }

    /// This or the other, or both.
    fn or<P: Predicate<K>>(self, other: P) -> Or<Self, P>
    where
        Self: Sized,
    {
        Or(self, other)
    }
}

#[diagnostic::do_not_recommend]
impl<K, F> Predicate<K> for F
where
    F: Fn(&Change<K>) -> bool + Send + Sync + 'static,
{
    fn matters(&self, change: &Change<K>) -> bool {
        self(change)
    }
}

/// The object came or went, or its generation changed: its spec, or that it is being deleted.
///
/// The server counts no generation for kinds without a spec, ConfigMaps and Secrets for example: of those no update
/// passes.
pub fn generation_changed<K: Object>(change: &Change<K>) -> bool {
    differs(change, |object| {
        object.meta().generation.unwrap_or_default()
    })
}

/// The object came or went, or has another resourceVersion. All changes do: what an operator is told has changed.
pub fn resource_version_changed<K: Object>(change: &Change<K>) -> bool {
    differs(change, |object| resource_version(object.meta()))
}

/// The object came or went, or its labels changed.
pub fn labels_changed<K: Object>(change: &Change<K>) -> bool {
    differs(change, |object| {
        object.meta().labels.clone().unwrap_or_default()
    })
}

/// The object came or went, or its annotations changed.
pub fn annotations_changed<K: Object>(change: &Change<K>) -> bool {
    differs(change, |object| {
        object.meta().annotations.clone().unwrap_or_default()
    })
}

fn differs<K, T: PartialEq>(change: &Change<K>, part: impl Fn(&K) -> T) -> bool {
    change.before().map(&part) != change.after().map(&part)
}

/// The object has such labels after the change, or had them when it went. The selector is written as for `kubectl -l`:
/// `app=shop`, `tier!=web`, `stage in (test,live)`, `stage notin (test)`, `app`, `!app`, and these joined by commas.
///
/// An update that takes the label off does not pass: `matches_labels("app=shop").or(labels_changed)` lets it.
///
/// An operator with a wrong selector does not start.
pub fn matches_labels<K: Object>(selector: &str) -> MatchesLabels<K> {
    MatchesLabels {
        selector: LabelSelector::parse(selector),
        kind: PhantomData,
    }
}

/// The predicate does not hold.
pub fn not<P>(predicate: P) -> Not<P> {
    Not(predicate)
}

/// See [`matches_labels`].
#[derive(Clone)]
pub struct MatchesLabels<K> {
    selector: Result<LabelSelector, WrongSelector>,
    kind: PhantomData<fn(K)>,
}

impl<K: Object> Predicate<K> for MatchesLabels<K> {
    fn matters(&self, change: &Change<K>) -> bool {
        let labels = change.after().or(change.before());
        let labels = labels.and_then(|object| object.meta().labels.as_ref());
        let selector = self.selector.as_ref();
        selector.is_ok_and(|selector| selector.matches(labels))
    }

    fn check(&self) -> Result<(), WrongSelector> {
        self.selector.as_ref().map(drop).map_err(Clone::clone)
    }
}

impl<K> fmt::Debug for MatchesLabels<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MatchesLabels")
            .field(&self.selector)
            .finish()
    }
}

/// Two predicates, of which both must hold: see [`Predicate::and`].
#[derive(Clone, Copy, Debug)]
pub struct And<A, B>(A, B);

impl<K, A: Predicate<K>, B: Predicate<K>> Predicate<K> for And<A, B> {
    fn matters(&self, change: &Change<K>) -> bool {
        self.0.matters(change) && self.1.matters(change)
    }

    fn check(&self) -> Result<(), WrongSelector> {
        self.0.check().and_then(|()| self.1.check())
    }
}

/// Two predicates, of which one must hold: see [`Predicate::or`].
#[derive(Clone, Copy, Debug)]
pub struct Or<A, B>(A, B);

impl<K, A: Predicate<K>, B: Predicate<K>> Predicate<K> for Or<A, B> {
    fn matters(&self, change: &Change<K>) -> bool {
        self.0.matters(change) || self.1.matters(change)
    }

    fn check(&self) -> Result<(), WrongSelector> {
        self.0.check().and_then(|()| self.1.check())
    }
}

/// A predicate that must not hold: see [`not`].
#[derive(Clone, Copy, Debug)]
pub struct Not<P>(P);

impl<K, P: Predicate<K>> Predicate<K> for Not<P> {
    fn matters(&self, change: &Change<K>) -> bool {
        !self.0.matters(change)
    }

    fn check(&self) -> Result<(), WrongSelector> {
        self.0.check()
    }
}

/// The predicates that an author has set on what wakes: all of them must hold.
pub(crate) struct When<K>(Vec<Guarded<K>>);

struct Guarded<K> {
    predicate: Arc<dyn Predicate<K>>,
    call: fn(Option<&K>) -> String,
}

impl<K: Object> When<K> {
    pub(crate) fn and<P: Predicate<K>>(mut self, predicate: P) -> Self {
        self.0.push(Guarded {
            predicate: Arc::new(predicate),
            call: call_of::<P, K>,
        });
        self
    }

    pub(crate) fn matters(&self, change: &Change<K>) -> bool {
        self.0.iter().all(|Guarded { predicate, call }| {
            let call = || call(change.after().or(change.before()));
            unless_it_panics(call, || predicate.matters(change)).unwrap_or(true)
        })
    }

    pub(crate) fn check(&self) -> Result<(), WrongSelector> {
        self.0.iter().try_for_each(|when| when.predicate.check())
    }
}

impl<K> Default for When<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K> Clone for When<K> {
    fn clone(&self) -> Self {
        let clone = |Guarded { predicate, call }: &Guarded<K>| Guarded {
            predicate: predicate.clone(),
            call: *call,
        };
        Self(self.0.iter().map(clone).collect())
    }
}

#[cfg(test)]
mod tests;
