//! The metrics of an operator by their names.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use thiserror::Error;

use super::{
    series::{Counter, Distribution, Gauge, Histogram, Series, Value},
    text::{self, Family, Sample, Type},
};

/// Why a metric could not be made.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricError {
    /// There is one of this name already: of the runtime, or of another controller.
    #[error(
        "there is a metric `{0}` already; where several controllers have it, let them share it in an `Arc` field"
    )]
    Taken(&'static str),
    /// Prometheus would refuse the name.
    #[error(
        "`{0}` is no name for a metric: it is made of letters, digits and `_`, and begins with no digit"
    )]
    Name(&'static str),
    /// Prometheus would refuse the name of a label, or means something else by it.
    #[error(
        "`{label}` is no name for a label of `{metric}`: it is made of letters, digits and `_`, begins with neither a digit nor `__`, is not `le`, and stands there once"
    )]
    Label {
        /// The metric.
        metric: &'static str,
        /// The label.
        label: &'static str,
    },
    /// A counter that is not called as one.
    #[error("the counter `{0}` must end in `_total`")]
    Counter(&'static str),
}

type Read = Box<dyn Fn() -> Vec<Sample> + Send + Sync>;
type Look = Box<dyn Fn() + Send + Sync>;

struct Entry {
    help: &'static str,
    type_: Type,
    /// What takes its time, and need not be of the same moment as the rest of the page.
    update: Look,
    read: Read,
}

/// The metrics of an operator. Clones are the same registry.
#[derive(Clone, Default)]
pub(super) struct Registry {
    entries: Arc<Mutex<BTreeMap<&'static str, Entry>>>,
    /// What several metrics are read from, looked at once a page.
    looks: Arc<Mutex<Vec<Look>>>,
    /// Held by a page while it is read, and shared by those who change several metrics that belong together.
    moment: Arc<RwLock<()>>,
}

impl Registry {
    pub(super) fn counter<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Result<Counter<N>, MetricError> {
        if !name.ends_with("_total") {
            return Err(MetricError::Counter(name));
        }
        self.series(name, help, Type::Counter, labels, 0.0, |_| ())
            .map(Counter)
    }

    pub(super) fn gauge<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Result<Gauge<N>, MetricError> {
        self.series(name, help, Type::Gauge, labels, 0.0, |_| ())
            .map(Gauge)
    }

    pub(super) fn histogram<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
        bounds: &[f64],
    ) -> Result<Histogram<N>, MetricError> {
        let empty = Distribution::new(bounds);
        self.series(name, help, Type::Histogram, labels, empty, |_| ())
            .map(Histogram)
    }

    /// A metric whose samples are found out whenever it is asked for.
    pub(super) fn read(
        &self,
        name: &'static str,
        help: &'static str,
        type_: Type,
        read: impl Fn() -> Vec<Sample> + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        let entry = Entry {
            help,
            type_,
            update: Box::new(|| ()),
            read: Box::new(read),
        };
        self.add(name, entry)
    }

    fn add(&self, name: &'static str, entry: Entry) -> Result<(), MetricError> {
        if !is_name(name) {
            return Err(MetricError::Name(name));
        }
        let mut entries = self.lock();
        if entries.contains_key(name) {
            return Err(MetricError::Taken(name));
        }
        entries.insert(name, entry);
        Ok(())
    }

    /// Looks at what several metrics are read from, in the moment that a page is of.
    pub(super) fn look(&self, look: impl Fn() + Send + Sync + 'static) {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.push(Box::new(look));
    }

    /// Changes metrics that belong together: a page has all of it or nothing.
    pub(super) fn at_once<T>(&self, change: impl FnOnce() -> T) -> T {
        let _no_page = self.moment.read().unwrap_or_else(PoisonError::into_inner);
        change()
    }

    pub(super) fn page(&self) -> String {
        let entries = self.lock();
        for entry in entries.values() {
            (entry.update)();
        }
        let _moment = self.moment.write().unwrap_or_else(PoisonError::into_inner);
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.iter().for_each(|look| look());
        let families = entries.iter().map(|(name, entry)| Family {
            name,
            help: entry.help,
            type_: entry.type_,
            samples: (entry.read)(),
        });
        text::page(&families.collect::<Vec<_>>())
    }

    /// Metrics by their labels, which are brought up to date before they are shown.
    pub(super) fn series<const N: usize, T: Value + 'static>(
        &self,
        name: &'static str,
        help: &'static str,
        type_: Type,
        labels: [&'static str; N],
        empty: T,
        update: impl Fn(&Series<N, T>) + Send + Sync + 'static,
    ) -> Result<Arc<Series<N, T>>, MetricError> {
        for (at, label) in labels.into_iter().enumerate() {
            let is_reserved = label == "le" || label.starts_with("__");
            if !is_name(label) || is_reserved || labels[..at].contains(&label) {
                let metric = name;
                return Err(MetricError::Label { metric, label });
            }
        }
        let series = Arc::new(Series::new(labels, empty));
        let (updated, read) = (series.clone(), series.clone());
        let entry = Entry {
            help,
            type_,
            update: Box::new(move || update(&updated)),
            read: Box::new(move || read.samples()),
        };
        self.add(name, entry)?;
        Ok(series)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prometheus_would_refuse_is_refused() {
        let registry = Registry::default();
        let gauge = |name, label| registry.gauge(name, "Something.", [label]).map(|_| ());
        assert_eq!(gauge("carts", "phase"), Ok(()));
        assert_eq!(gauge("carts", "phase"), Err(MetricError::Taken("carts")));
        for name in ["", "9_lives", "shop-carts", "shop.carts", "größe"] {
            assert_eq!(gauge(name, "phase"), Err(MetricError::Name(name)));
        }
        for label in ["", "le", "__name__", "my-label", "1st"] {
            let metric = "orders";
            let refused = Err(MetricError::Label { metric, label });
            assert_eq!(gauge(metric, label), refused);
        }
        let twice = registry.gauge("orders", "Something.", ["phase", "phase"]);
        assert!(matches!(twice, Err(MetricError::Label { .. })));
        let counter = registry.counter("orders", "Something.", []);
        assert!(matches!(counter, Err(MetricError::Counter("orders"))));
    }

    #[test]
    fn values_are_shown_by_their_labels() {
        let registry = Registry::default();
        let orders = registry.counter("orders_total", "Orders.", ["shop", "result"]);
        let orders = orders.expect("a right name");
        let open = registry
            .gauge("open", "Open shops.", [])
            .expect("a right name");
        let took = registry.histogram("took", "Time.", ["shop"], &[0.1, 1.0]);
        let took = took.expect("a right name");
        assert_eq!(
            registry.page(),
            "# HELP open Open shops.\n# TYPE open gauge\nopen 0\n"
        );

        orders.inc(["b", "paid"]);
        orders.clone().add(["b", "paid"], 2);
        orders.add(["a", "lost"], 0);
        open.set([], 2.0);
        open.add([], -0.5);
        for milliseconds in [100, 500, 2000] {
            took.observe(["a"], std::time::Duration::from_millis(milliseconds));
        }
        let page = registry.page();
        let samples: Vec<_> = page.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "open 1.5",
            "orders_total{result=\"lost\",shop=\"a\"} 0",
            "orders_total{result=\"paid\",shop=\"b\"} 3",
            "took_bucket{shop=\"a\",le=\"0.1\"} 1",
            "took_bucket{shop=\"a\",le=\"1\"} 2",
            "took_bucket{shop=\"a\",le=\"+Inf\"} 3",
            "took_sum{shop=\"a\"} 2.6",
            "took_count{shop=\"a\"} 3",
        ];
        assert_eq!(samples, expected);
    }

    #[test]
    fn a_page_has_all_of_what_belongs_together_or_nothing() {
        let registry = Registry::default();
        let counter = |name| {
            registry
                .counter(name, "Something.", [])
                .expect("a right name")
        };
        let (first, last) = (counter("a_total"), counter("z_total"));
        std::thread::scope(|scope| {
            let counting = scope.spawn(|| {
                for _ in 0..20_000 {
                    registry.at_once(|| {
                        first.inc([]);
                        last.inc([]);
                    });
                }
            });
            while !counting.is_finished() {
                let page = registry.page();
                let mut values = page.lines().filter_map(|line| line.split_once("_total "));
                let values = values.by_ref().filter(|(name, _)| !name.starts_with('#'));
                let values: Vec<_> = values.map(|(_, value)| value.to_owned()).collect();
                assert_eq!(values[0], values[1]);
            }
        });
    }

    #[test]
    fn what_several_metrics_are_read_from_is_looked_at_once_a_page() {
        let registry = Registry::default();
        let looked = Arc::new(Mutex::new(0));
        let looks = looked.clone();
        registry.look(move || *looks.lock().expect("no panic") += 1);
        for name in ["a", "b"] {
            let looked = looked.clone();
            let read = move || {
                let looked = f64::from(*looked.lock().expect("no panic"));
                vec![Sample::new("", Vec::new(), looked)]
            };
            let added = registry.read(name, "Something.", Type::Gauge, read);
            assert_eq!(added, Ok(()));
        }
        for times in 1..3 {
            let page = registry.page();
            let expected = [format!("a {times}"), format!("b {times}")];
            let samples = page.lines().filter(|line| !line.starts_with('#'));
            assert_eq!(samples.collect::<Vec<_>>(), expected);
        }
    }
}
