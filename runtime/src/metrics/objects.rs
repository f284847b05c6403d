//! How many objects of a kind there are, counted in the cache when metrics are asked for: what is deleted is not counted
//! any more, and nobody has to keep a number in step.

use std::{
    any::TypeId,
    sync::{Arc, OnceLock},
};

use super::{
    registry::{MetricError, Registry},
    series::Series,
    text::Type,
};
use crate::{
    object::{Object, kind_of},
    panics::{call_of, unless_it_panics},
    watches::Watches,
};

/// A count that waits for the caches.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) metric: &'static str,
    pub(super) id: TypeId,
    pub(super) kind: String,
}

/// Counts the objects of kind `K` by these labels. Label values that were seen once stay, with 0.
pub(super) fn register<K: Object, const N: usize, F>(
    registry: &Registry,
    caches: &Arc<OnceLock<Arc<Watches>>>,
    (name, help, labels): (&'static str, &'static str, [&'static str; N]),
    values: F,
) -> Result<Counted, MetricError>
where
    F: Fn(&K) -> [String; N] + Send + Sync + 'static,
{
    let caches = caches.clone();
    registry.series(name, help, Type::Gauge, labels, 0.0, move |series| {
        if let Some(caches) = caches.get() {
            count(series, caches, &values);
        }
    })?;
    Ok(Counted {
        metric: name,
        id: TypeId::of::<K>(),
        kind: kind_of::<K>(),
    })
}

fn count<K: Object, const N: usize, F: Fn(&K) -> [String; N]>(
    series: &Series<N, f64>,
    caches: &Watches,
    values: &F,
) {
    series.change_all(|count| *count = 0.0);
    for object in caches.of::<K>().all() {
        let call = || call_of::<F, K>(Some(&*object));
        if let Some(values) = unless_it_panics(call, || values(&object)) {
            let values = values.each_ref().map(String::as_str);
            series.change(values, |count| *count += 1.0);
        }
    }
}
