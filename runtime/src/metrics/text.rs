//! Metrics as text: Prometheus' format 0.0.4, which controller-runtime answers with, too.

use std::fmt::Write;

/// The content type of [`page`].
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What kind of metric it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Counter,
    Gauge,
    Histogram,
}

impl Type {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// One number of a metric.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// What follows the metric's name.
    suffix: &'static str,
    labels: Vec<(&'static str, String)>,
    value: f64,
}

impl Sample {
    /// Labels stand by their names, the bound of a bucket last, as Go writes them.
    pub(super) fn new(
        suffix: &'static str,
        mut labels: Vec<(&'static str, String)>,
        value: f64,
    ) -> Self {
        labels.sort_by_key(|(name, _)| (*name == "le", *name));
        Self {
            suffix,
            labels,
            value,
        }
    }
}

/// A metric with all that is known of it.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) type_: Type,
    pub(super) samples: Vec<Sample>,
}

/// The page of these metrics. One without a sample is left out, as in Go.
pub(super) fn page(families: &[Family]) -> String {
    let mut page = String::new();
    for family in families.iter().filter(|family| !family.samples.is_empty()) {
        write_family(&mut page, family).expect("a text takes all");
    }
    page
}

fn write_family(page: &mut String, family: &Family) -> std::fmt::Result {
    let Family { name, help, .. } = family;
    writeln!(page, "# HELP {name} {}", escaped(help))?;
    writeln!(page, "# TYPE {name} {}", family.type_.as_str())?;
    for sample in &family.samples {
        write!(page, "{name}{}", sample.suffix)?;
        for (at, (label, value)) in sample.labels.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            let value = escaped(value).replace('"', "\\\"");
            write!(page, "{before}{label}=\"{value}\"")?;
        }
        let end = if sample.labels.is_empty() { "" } else { "}" };
        writeln!(page, "{end} {}", number(sample.value))?;
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

/// A count as the one type of number that Prometheus knows.
#[expect(
    clippy::cast_precision_loss,
    reason = "beyond 2^53 a count misses by less than it matters"
)]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// A number as Go writes it: dashboards may ask for a bucket by the text of its bound.
pub(super) fn number(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let scientific = format!("{value:e}");
    let parts = scientific.split_once('e');
    let parts = parts.and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?)));
    match parts {
        Some((digits, exponent)) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `strconv.FormatFloat(value, 'g', -1, 64)` returns.
    #[test]
    fn numbers_are_those_of_go() {
        let written = [
            (0.0, "0"),
            (1.0, "1"),
            (0.005, "0.005"),
            (1e-8, "1e-08"),
            (1e-8 * 10.0 * 10.0 * 10.0, "9.999999999999999e-06"),
            (0.0001, "0.0001"),
            (123_456.0, "123456"),
            (1_000_000.0, "1e+06"),
            (43_216_896.0, "4.3216896e+07"),
            (f64::INFINITY, "+Inf"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in written {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn what_would_end_a_value_or_a_line_is_escaped() {
        let family = Family {
            name: "shop_carts",
            help: "Carts\nby \"owner\" \\ size.",
            type_: Type::Gauge,
            samples: vec![Sample::new("", vec![("owner", "a\"b\\c\nd".into())], 2.0)],
        };
        let page = page(&[family]);
        let expected = "# HELP shop_carts Carts\\nby \"owner\" \\\\ size.\n# TYPE shop_carts gauge\n\
            shop_carts{owner=\"a\\\"b\\\\c\\nd\"} 2\n";
        assert_eq!(page, expected);
    }
}
