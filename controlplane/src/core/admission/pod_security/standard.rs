//! What the labels of a namespace ask of its pods.

use std::fmt;

use crate::{FieldError, core::object::Object};

const PREFIX: &str = "pod-security.kubernetes.io/";

/// From the one that asks nothing to the one that asks most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Privileged,
    Baseline,
    Restricted,
}

/// Of which minor release of Kubernetes the rules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Minor(i64),
    Latest,
}

/// `restricted:v1.30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standard {
    pub(super) level: Level,
    pub(super) version: Version,
}

/// What a namespace asks, and what is wrong with how it does. What it asks to be noted in an audit log is checked alone:
/// there is no such log.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) enforce: Standard,
    pub(super) warn: Standard,
    pub(super) errors: Vec<FieldError>,
}

impl Policy {
    pub(super) fn of(namespace: &Object) -> Self {
        let mut labels = Labels {
            namespace,
            errors: Vec::new(),
        };
        let enforced = labels.level("enforce");
        let enforce = Standard {
            level: match enforced {
                Said::Nothing => Level::Privileged,
                // What is not understood is taken for the strictest where it is enforced, for nothing elsewhere.
                Said::Nonsense => Level::Restricted,
                Said::This(level) => level,
            },
            version: labels.version("enforce").unwrap_or(Version::Latest),
        };
        labels.level("audit");
        labels.version("audit");
        let (warned, version) = (labels.level("warn"), labels.version("warn"));
        let (level, otherwise) = match (warned, enforced) {
            (Said::This(level), _) => (level, Version::Latest),
            // Who is told nothing else is told of what is enforced.
            (Said::Nothing, Said::This(level)) if level != Level::Privileged => {
                (level, enforce.version)
            }
            _ => (Level::Privileged, Version::Latest),
        };
        let warn = Standard {
            level,
            version: version.unwrap_or(otherwise),
        };
        Self {
            enforce,
            warn,
            errors: labels.errors,
        }
    }
}

/// What a label says.
#[derive(Clone, Copy, Debug)]
enum Said<T> {
    Nothing,
    Nonsense,
    This(T),
}

struct Labels<'a> {
    namespace: &'a Object,
    errors: Vec<FieldError>,
}

impl Labels<'_> {
    fn level(&mut self, mode: &str) -> Said<Level> {
        const WHY: &str = "must be one of privileged, baseline, restricted";
        let label = format!("{PREFIX}{mode}");
        let Some(text) = self.namespace.label(&label) else {
            return Said::Nothing;
        };
        if let Some(level) = Level::parse(text) {
            return Said::This(level);
        }
        self.refuse(&label, text, WHY);
        Said::Nonsense
    }

    /// None where there is no such label; the latest where it is not understood.
    fn version(&mut self, mode: &str) -> Option<Version> {
        let label = format!("{PREFIX}{mode}-version");
        let text = self.namespace.label(&label)?;
        let version = Version::parse(text);
        if version.is_none() {
            self.refuse(&label, text, "must be \"latest\" or \"v1.x\"");
        }
        Some(version.unwrap_or(Version::Latest))
    }

    fn refuse(&mut self, label: &str, text: &str, why: &str) {
        let field = format!("metadata.labels[{label}]");
        self.errors.push(FieldError::invalid(field, text, why));
    }
}

impl Level {
    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Privileged, Self::Baseline, Self::Restricted];
        all.into_iter().find(|level| level.name() == text)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        if text == "latest" {
            return Some(Self::Latest);
        }
        let minor = text.strip_prefix("v1.")?;
        let is_number = minor.bytes().all(|it| it.is_ascii_digit());
        let is_plain = is_number && (minor.len() == 1 || !minor.starts_with('0'));
        let minor = minor.parse().ok().filter(|_| is_plain)?;
        Some(Self::Minor(minor))
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.level.name();
        match self.version {
            Version::Latest => write!(f, "{level}:latest"),
            Version::Minor(minor) => write!(f, "{level}:v1.{minor}"),
        }
    }
}
