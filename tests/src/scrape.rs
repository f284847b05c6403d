//! A page of metrics, read as strictly as Prometheus reads it.

use std::collections::{BTreeMap, BTreeSet};

use myop::testing::{Operator, Result};
use tokio::time::{Duration, Instant};

/// The metrics of a page, by their names.
#[derive(Clone, Debug)]
pub struct Page(pub BTreeMap<String, Family>);

/// A metric.
#[derive(Clone, Debug, Default)]
pub struct Family {
    /// `counter`, `gauge` or `histogram`.
    pub type_: String,
    /// What it tells.
    pub help: String,
    /// Its numbers.
    pub samples: Vec<Sample>,
}

/// A number of a metric.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The metric's name, with `_bucket`, `_sum` or `_count` for those of a histogram.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The number.
    pub value: f64,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    ///
    /// For a line that is none, a sample of a metric without help and type, and one that is there twice.
    pub fn read(text: &str) -> Result<Self> {
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for line in text.lines() {
            let read = if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').ok_or("no help")?;
                families.entry(name.into()).or_default().help = help.into();
                continue;
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, type_) = rest.split_once(' ').ok_or("no type")?;
                families.entry(name.into()).or_default().type_ = type_.into();
                continue;
            } else {
                read_sample(line).ok_or_else(|| format!("what is `{line}`?"))?
            };
            if !seen.insert((read.name.clone(), read.labels.clone())) {
                return Err(format!("`{line}` is there twice").into());
            }
            let family = family_of(&read.name, &families);
            let family = family.ok_or_else(|| format!("`{line}` has no type"))?;
            families.entry(family).or_default().samples.push(read);
        }
        Ok(Self(families))
    }

    /// Asks an operator for its page until that is so, and returns it.
    ///
    /// # Errors
    ///
    /// After 30 s.
    pub async fn until(operator: &Operator, holds: impl Fn(&Self) -> bool) -> Result<Self> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let text = operator.metrics();
            let page = Self::read(&text)?;
            if holds(&page) {
                return Ok(page);
            }
            if Instant::now() > deadline {
                return Err(format!("it is not so after 30 s:\n{text}").into());
            }
            // Metrics are only ever asked for.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The sum of the samples of this name with these labels; none where there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let has = |sample: &&Sample| {
            let is = |(label, value): &(&str, &str)| {
                sample
                    .labels
                    .get(*label)
                    .is_some_and(|found| found == value)
            };
            sample.name == name && labels.iter().all(is)
        };
        let samples = self.0.values().flat_map(|family| &family.samples);
        let found: Vec<_> = samples.filter(has).map(|sample| sample.value).collect();
        (!found.is_empty()).then(|| found.iter().sum())
    }

    /// The labels that the samples of this name have.
    pub fn labels(&self, name: &str) -> BTreeSet<&str> {
        let samples = self.0.values().flat_map(|family| &family.samples);
        let of_name = samples.filter(|sample| sample.name == name);
        of_name
            .flat_map(|sample| sample.labels.keys().map(String::as_str))
            .collect()
    }

    /// What a metric is, without its numbers: its type, its labels, and the bounds of its buckets.
    pub fn shape(&self, name: &str) -> Option<String> {
        let family = self.0.get(name)?;
        let labels = family
            .samples
            .first()?
            .labels
            .keys()
            .filter(|label| *label != "le");
        let labels = labels.map(String::as_str).collect::<Vec<_>>().join(",");
        let labels = if labels.is_empty() {
            "-".into()
        } else {
            labels
        };
        let mut bounds: Vec<&str> = Vec::new();
        for bound in family
            .samples
            .iter()
            .filter_map(|sample| sample.labels.get("le"))
        {
            if !bounds.contains(&bound.as_str()) {
                bounds.push(bound);
            }
        }
        let shape = format!("{name} {} {labels} {}", family.type_, bounds.join(" "));
        Some(shape.trim_end().to_owned())
    }
}

fn family_of(sample: &str, families: &BTreeMap<String, Family>) -> Option<String> {
    if families.contains_key(sample) {
        return Some(sample.into());
    }
    ["_bucket", "_sum", "_count"]
        .iter()
        .filter_map(|suffix| sample.strip_suffix(suffix))
        .find(|name| {
            families
                .get(*name)
                .is_some_and(|family| family.type_ == "histogram")
        })
        .map(ToOwned::to_owned)
}

fn read_sample(line: &str) -> Option<Sample> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, mut rest) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}')?),
        None => (series, ""),
    };
    let mut labels = BTreeMap::new();
    while !rest.is_empty() {
        let (label, value) = rest.split_once("=\"")?;
        let (value, after) = value.split_once('"')?;
        labels.insert(label.to_owned(), value.to_owned());
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    Some(Sample {
        name: name.into(),
        labels,
        value: value.parse().ok()?,
    })
}
