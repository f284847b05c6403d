//! Counters, gauges and histograms, by the values of their labels.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::text::{Sample, float, number};

/// A number that only grows, for each set of label values. Clones are the same counter.
#[derive(Clone, Debug)]
pub struct Counter<const N: usize>(pub(super) Arc<Series<N, f64>>);

impl<const N: usize> Counter<N> {
    /// Adds one.
    pub fn inc(&self, labels: [&str; N]) {
        self.add(labels, 1);
    }

    /// Adds that many; 0 makes the series appear.
    pub fn add(&self, labels: [&str; N], more: u64) {
        self.0.change(labels, |value| *value += float(more));
    }
}

/// A number that goes up and down, for each set of label values. Clones are the same gauge.
#[derive(Clone, Debug)]
pub struct Gauge<const N: usize>(pub(super) Arc<Series<N, f64>>);

impl<const N: usize> Gauge<N> {
    /// Sets it.
    pub fn set(&self, labels: [&str; N], value: f64) {
        self.0.change(labels, |current| *current = value);
    }

    /// Adds this, which may be less than 0.
    pub fn add(&self, labels: [&str; N], more: f64) {
        self.0.change(labels, |current| *current += more);
    }
}

/// How often something took how long, for each set of label values. Clones are the same histogram.
#[derive(Clone, Debug)]
pub struct Histogram<const N: usize>(pub(super) Arc<Series<N, Distribution>>);

impl<const N: usize> Histogram<N> {
    /// Takes in a duration, as seconds.
    pub fn observe(&self, labels: [&str; N], took: Duration) {
        self.0.change(labels, |distribution| {
            distribution.observe(took.as_secs_f64());
        });
    }

    /// Makes the series appear before there is anything to observe.
    pub(super) fn begin(&self, labels: [&str; N]) {
        self.0.change(labels, |_| ());
    }
}

/// The values of a metric, by the values of its labels.
pub(super) struct Series<const N: usize, T> {
    labels: [&'static str; N],
    /// What a series begins with.
    empty: T,
    values: Mutex<BTreeMap<[String; N], T>>,
}

/// What stands on the page for a value.
pub(super) trait Value: Clone + Send + Sync {
    fn samples(&self, labels: &[(&'static str, String)]) -> Vec<Sample>;
}

impl<const N: usize, T: Value> Series<N, T> {
    /// Without labels there is one series, and it is there from the start.
    pub(super) fn new(labels: [&'static str; N], empty: T) -> Self {
        let series = Self {
            labels,
            empty,
            values: Mutex::default(),
        };
        if N == 0 {
            series.change([""; N], |_| ());
        }
        series
    }

    pub(super) fn change(&self, labels: [&str; N], change: impl FnOnce(&mut T)) {
        let mut values = self.lock();
        let key = labels.map(str::to_owned);
        change(values.entry(key).or_insert_with(|| self.empty.clone()));
    }

    /// Changes all series that there are.
    pub(super) fn change_all(&self, change: impl FnMut(&mut T)) {
        self.lock().values_mut().for_each(change);
    }

    pub(super) fn samples(&self) -> Vec<Sample> {
        let samples = |(values, value): (&[String; N], &T)| {
            let labels: Vec<_> = self
                .labels
                .into_iter()
                .zip(values.iter().cloned())
                .collect();
            value.samples(&labels)
        };
        self.lock().iter().flat_map(samples).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<[String; N], T>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<const N: usize, T> fmt::Debug for Series<N, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "series by {:?}", self.labels)
    }
}

impl Value for f64 {
    fn samples(&self, labels: &[(&'static str, String)]) -> Vec<Sample> {
        vec![Sample::new("", labels.to_vec(), *self)]
    }
}

/// How many values lie below each bound.
#[derive(Clone)]
pub(super) struct Distribution {
    /// The upper bounds, rising, each with how many values it is the least bound of.
    buckets: Vec<(f64, u64)>,
    count: u64,
    sum: f64,
}

impl Distribution {
    pub(super) fn new(bounds: &[f64]) -> Self {
        Self {
            buckets: bounds.iter().map(|bound| (*bound, 0)).collect(),
            count: 0,
            sum: 0.0,
        }
    }

    fn observe(&mut self, value: f64) {
        let bucket = self.buckets.iter_mut().find(|(bound, _)| value <= *bound);
        if let Some((_, count)) = bucket {
            *count += 1;
        }
        self.count += 1;
        self.sum += value;
    }
}

impl Value for Distribution {
    fn samples(&self, labels: &[(&'static str, String)]) -> Vec<Sample> {
        let bucket = |bound: String, count: u64| {
            let mut labels = labels.to_vec();
            labels.push(("le", bound));
            Sample::new("_bucket", labels, float(count))
        };
        let mut below = 0;
        let mut samples = Vec::new();
        for (bound, count) in &self.buckets {
            below += count;
            samples.push(bucket(number(*bound), below));
        }
        samples.push(bucket("+Inf".into(), self.count));
        samples.push(Sample::new("_sum", labels.to_vec(), self.sum));
        samples.push(Sample::new("_count", labels.to_vec(), float(self.count)));
        samples
    }
}
