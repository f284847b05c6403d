//! What differs from run to run, replaced by symbols: equal values by equal symbols, numbered as they appear.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::{SignedDuration, Timestamp};
use regex::{Captures, Regex};

/// The symbols of one scenario.
#[derive(Debug)]
pub(crate) struct Symbols {
    /// When the scenario was begun: only times near to it are replaced.
    now: Timestamp,
    /// What the scenario itself sends: it stays as it is.
    literals: BTreeSet<String>,
    /// By class and value.
    known: BTreeMap<(Class, String), usize>,
    counts: BTreeMap<Class, usize>,
    /// The names of the columns of the last table that told them.
    pub(crate) columns: Vec<String>,
    /// What was given as `generateName`: the server makes names of them.
    prefixes: BTreeMap<String, Regex>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The version of an object.
    Version,
    /// The version of a list or a bookmark: whether it equals that of an object is up to what else goes on.
    ListVersion,
    /// It holds the version of its list.
    Continue,
    Uid,
    Generated,
    ClusterIp,
    NodePort,
}

impl Class {
    fn word(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::ListVersion => "list version",
            Self::Continue => "continue",
            Self::Uid => "uid",
            Self::Generated => "generated",
            Self::ClusterIp => "cluster IP",
            Self::NodePort => "node port",
        }
    }
}

/// Patterns whose matches carry no information but that they are there.
static ANONYMOUS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "<token>"),
        (
            r"(?s)-----BEGIN CERTIFICATE-----.*-----END CERTIFICATE-----\n?",
            "<certificate>",
        ),
        (r"(127\.0\.0\.1|localhost):\d+", "<server>"),
        (r"X509SHA256=[0-9a-f]{64}", "X509SHA256=<hash>"),
        (r"[0-9A-F]{128}", "<hash>"),
        (
            r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d UTC",
            "<date>",
        ),
        (r"kube-api-access-[a-z0-9]{5}", "kube-api-access-<suffix>"),
    ]
    .map(|(pattern, symbol)| (regex(pattern), symbol))
    .into()
});
static UID: LazyLock<Regex> =
    LazyLock::new(|| regex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));
static CLUSTER_IP: LazyLock<Regex> = LazyLock::new(|| regex(r"\b10\.0\.0\.\d+\b"));
static TIME: LazyLock<Regex> = LazyLock::new(|| regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"));
/// What a sentence tells of an object, and how far it says that the server is.
static TOLD_VERSION: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)(resource ?version[^0-9]{0,30}?)(\d+)"));
static CURRENT_VERSION: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(current: |too old resource version: \d+ \()\d+"));
static SENT_PREFIX: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"generateName["\\]*\s*:\s*["\\]*([^"\s,}]+)"#));
static SENT_VERSION: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?i)resourceVersion["\\]*\s*[:=]\s*["\\]*-?(\d+)"#));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("it is valid")
}

impl Symbols {
    /// `sources`: all that the scenario sends.
    pub(crate) fn new<'a>(now: Timestamp, sources: impl Iterator<Item = &'a str>) -> Self {
        let mut symbols = Self {
            now,
            literals: BTreeSet::new(),
            known: BTreeMap::new(),
            counts: BTreeMap::new(),
            columns: Vec::new(),
            prefixes: BTreeMap::new(),
        };
        for source in sources {
            symbols.read(source);
        }
        symbols
    }

    fn read(&mut self, source: &str) {
        for pattern in [&*UID, &*CLUSTER_IP] {
            let found = pattern.find_iter(source);
            self.literals
                .extend(found.map(|found| found.as_str().into()));
        }
        let versions = SENT_VERSION.captures_iter(source);
        self.literals.extend(versions.map(|found| found[1].into()));
        for prefix in SENT_PREFIX.captures_iter(source) {
            self.prefix(&prefix[1]);
        }
    }

    /// The symbol of a value; a new one where the value was not seen yet.
    pub(crate) fn of(&mut self, class: Class, value: &str) -> String {
        if self.literals.contains(value) {
            return value.into();
        }
        let key = (class, value.to_owned());
        let number = match self.known.get(&key) {
            Some(number) => *number,
            None => self.number(key),
        };
        format!("<{} {number}>", class.word())
    }

    /// A symbol of its own, whether or not the value was seen already.
    pub(crate) fn fresh(&mut self, class: Class, value: &str) -> String {
        let number = self.number((class, value.to_owned()));
        format!("<{} {number}>", class.word())
    }

    /// Names are made of `prefix`, which is cut where they would be too long, and of five characters of an alphabet
    /// in which no words can be written.
    pub(crate) fn prefix(&mut self, prefix: &str) {
        let cut: String = prefix.chars().take(58).collect();
        let pattern = format!(
            r"\b({})[bcdfghjklmnpqrstvwxz2456789]{{5}}\b",
            regex::escape(&cut)
        );
        self.prefixes.entry(cut).or_insert_with(|| regex(&pattern));
    }

    pub(crate) fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (prefix, pattern) in self.prefixes.clone() {
            let symbol =
                |found: &Captures<'_>| format!("{prefix}{}", self.of(Class::Generated, &found[0]));
            text = pattern.replace_all(&text, symbol).into_owned();
        }
        for (pattern, symbol) in &*ANONYMOUS {
            text = pattern.replace_all(&text, *symbol).into_owned();
        }
        for (pattern, class) in [(&*UID, Class::Uid), (&*CLUSTER_IP, Class::ClusterIp)] {
            text = pattern
                .replace_all(&text, |found: &Captures<'_>| self.of(class, &found[0]))
                .into_owned();
        }
        let text = TIME.replace_all(&text, |found: &Captures<'_>| self.time(&found[0]));
        let text = CURRENT_VERSION.replace_all(&text, "$1<some version>");
        let told = |found: &Captures<'_>| format!("{}{}", &found[1], self.told_version(&found[2]));
        TOLD_VERSION.replace_all(&text, told).into_owned()
    }

    /// A version within a sentence.
    fn told_version(&self, number: &str) -> String {
        let of_object = (Class::Version, number.to_owned());
        match self.known.get(&of_object) {
            _ if number == "0" || self.literals.contains(number) => number.into(),
            Some(known) => format!("<{} {known}>", Class::Version.word()),
            None => "<some version>".into(),
        }
    }

    /// A time of this run; others were sent by the scenario.
    fn time(&self, text: &str) -> String {
        let is_of_now =
            |time: Timestamp| time.duration_since(self.now).abs() < SignedDuration::from_hours(24);
        match text.parse() {
            Ok(time) if is_of_now(time) && text.contains('.') => "<time with microseconds>".into(),
            Ok(time) if is_of_now(time) => "<time>".into(),
            _ => text.into(),
        }
    }

    fn number(&mut self, key: (Class, String)) -> usize {
        let count = self.counts.entry(key.0).or_default();
        *count += 1;
        self.known.insert(key, *count);
        *count
    }
}
