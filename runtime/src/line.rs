//! The objects that may be reconciled, in the order of their controller.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    object::NamespacedName,
    order::{Order, Waiting},
    panics::unless_it_panics,
};

/// A line of whatever order.
pub(crate) trait Line: Send + Sync + fmt::Debug {
    /// Puts an object in; of two with one rank, the lower `number` comes first.
    fn join(&mut self, waiting: &Waiting<'_>, number: u64);
    fn leave(&mut self, key: &NamespacedName);
    /// Takes out the first.
    fn pop(&mut self) -> Option<NamespacedName>;
}

/// No rank, which comes first, where the author's code failed to tell one.
type Place<Rank> = Arc<(Option<Rank>, u64)>;

/// Ranks are kept, not asked for again: a rank that changed on the way would lose its key.
struct Ranked<O: Order> {
    order: O,
    places: BTreeMap<NamespacedName, Place<O::Rank>>,
    keys: BTreeMap<Place<O::Rank>, NamespacedName>,
}

/// An empty line in this order.
pub(crate) fn line_by<O: Order>(order: O) -> Box<dyn Line> {
    Box::new(Ranked {
        order,
        places: BTreeMap::new(),
        keys: BTreeMap::new(),
    })
}

impl<O: Order> Line for Ranked<O> {
    fn join(&mut self, waiting: &Waiting<'_>, number: u64) {
        let call = || format!("the order of {}", waiting.key);
        let rank = unless_it_panics(call, || self.order.rank(waiting));
        let place = Arc::new((rank, number));
        self.places.insert(waiting.key.clone(), place.clone());
        self.keys.insert(place, waiting.key.clone());
    }

    fn leave(&mut self, key: &NamespacedName) {
        if let Some(place) = self.places.remove(key) {
            self.keys.remove(&place);
        }
    }

    fn pop(&mut self) -> Option<NamespacedName> {
        let (_, key) = self.keys.pop_first()?;
        self.places.remove(&key);
        Some(key)
    }
}

impl<O: Order> fmt::Debug for Ranked<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.values()).finish()
    }
}
