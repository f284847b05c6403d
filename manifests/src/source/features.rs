//! Which features of a crate are on: those that are asked for, and all that follow.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Item, TableLike};

/// What is asked for of a crate's features, as cargo takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Features {
    /// Those that are named: `name`, or `dependency/name`.
    pub named: BTreeSet<String>,
    /// Whether all are on.
    pub all: bool,
    /// Whether those that are on by default are not.
    pub no_default: bool,
}

impl Features {
    /// Asks for what somebody else asks for, too. Returns whether that is more than before.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        let before = self.clone();
        self.named.extend(other.named.iter().cloned());
        self.all |= other.all;
        self.no_default &= other.no_default;
        *self != before
    }
}

/// The features that a Cargo.toml has, each with what it turns on.
#[derive(Debug, Clone, Default, Hash)]
pub(crate) struct Table(BTreeMap<String, Vec<String>>);

/// The features that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct On {
    pub(crate) own: BTreeSet<String>,
    /// Those of dependencies, by the dependency.
    of_dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl On {
    /// Those that a dependency has because of this crate's own.
    pub(super) fn of(&self, dependency: &str) -> BTreeSet<String> {
        let of = self.of_dependencies.get(dependency);
        of.cloned().unwrap_or_default()
    }
}

/// What a word in a list of features turns on.
enum Word<'w> {
    Own(&'w str),
    /// `dep:name`
    Dependency(&'w str),
    /// `dependency/name`, or `dependency?/name`, which does not turn the dependency on.
    OfDependency(&'w str, &'w str, bool),
}

impl<'w> Word<'w> {
    fn read(word: &'w str) -> Self {
        if let Some(dependency) = word.strip_prefix("dep:") {
            return Self::Dependency(dependency);
        }
        match word.split_once('/') {
            Some((dependency, feature)) => match dependency.strip_suffix('?') {
                Some(dependency) => Self::OfDependency(dependency, feature, false),
                None => Self::OfDependency(dependency, feature, true),
            },
            None => Self::Own(word),
        }
    }
}

impl Table {
    /// The table `[features]`, and the dependencies that are optional: one that no feature speaks of as `dep:name` is a
    /// feature, too.
    pub(super) fn read(table: Option<&Item>, optional: impl IntoIterator<Item = String>) -> Self {
        let mut features = BTreeMap::new();
        let table = table.and_then(Item::as_table_like);
        for (name, words) in table.into_iter().flat_map(TableLike::iter) {
            let words = words.as_array().into_iter().flatten();
            let words = words.filter_map(|word| word.as_str().map(str::to_owned));
            features.insert(name.to_owned(), words.collect::<Vec<_>>());
        }
        let spoken_of: BTreeSet<_> = features
            .values()
            .flatten()
            .filter_map(|word| match Word::read(word) {
                Word::Dependency(name) => Some(name.to_owned()),
                _ => None,
            })
            .collect();
        for name in optional {
            if !spoken_of.contains(&name) {
                features.entry(name).or_default();
            }
        }
        Self(features)
    }

    /// The names of all of them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The first of the features that are asked for by name and are not there.
    pub(super) fn missing<'f>(&self, asked: &'f Features) -> Option<&'f str> {
        let is_missing = |word: &&str| match Word::read(word) {
            Word::Own(name) => !self.0.contains_key(name),
            Word::Dependency(_) => true,
            // Whether a dependency has a feature cargo knows.
            Word::OfDependency(..) => false,
        };
        asked.named.iter().map(String::as_str).find(is_missing)
    }

    /// The features that are on where these are asked for.
    pub(super) fn on(&self, asked: &Features) -> On {
        let mut on = On::default();
        let mut next: Vec<&str> = asked.named.iter().map(String::as_str).collect();
        if !asked.no_default {
            next.push("default");
        }
        if asked.all {
            next.extend(self.names());
        }
        while let Some(word) = next.pop() {
            match Word::read(word) {
                Word::Dependency(_) => {}
                Word::Own(name) => {
                    if let Some(words) = self.0.get(name)
                        && on.own.insert(name.to_owned())
                    {
                        next.extend(words.iter().map(String::as_str));
                    }
                }
                Word::OfDependency(dependency, feature, turns_on) => {
                    let of = on.of_dependencies.entry(dependency.to_owned());
                    of.or_default().insert(feature.to_owned());
                    if turns_on {
                        next.push(dependency);
                    }
                }
            }
        }
        on
    }
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    fn table() -> Table {
        let text = r#"
            [features]
            default = ["small"]
            small = []
            large = ["small", "dep:uuid", "api/large", "chrono?/serde", "url/serde"]
        "#;
        let document: DocumentMut = text.parse().unwrap();
        let optional = ["uuid", "chrono", "url"].map(str::to_owned);
        Table::read(document.get("features"), optional)
    }

    fn on(named: &[&str], all: bool, no_default: bool) -> Vec<String> {
        let named = named.iter().map(|name| (*name).to_owned()).collect();
        let features = Features {
            named,
            all,
            no_default,
        };
        assert_eq!(table().missing(&features), None);
        table().on(&features).own.into_iter().collect()
    }

    #[test]
    fn features_turn_on_others() {
        assert_eq!(on(&[], false, false), ["default", "small"]);
        assert!(on(&[], false, true).is_empty());
        assert_eq!(on(&["large"], false, true), ["large", "small", "url"]);
        assert_eq!(on(&["chrono", "api/large"], false, true), ["chrono"]);
        let all = ["chrono", "default", "large", "small", "url"];
        assert_eq!(on(&[], true, false), all);
        let of_dependencies = table().on(&Features {
            all: true,
            ..Features::default()
        });
        assert!(of_dependencies.of("api").contains("large"));
        assert!(of_dependencies.of("chrono").contains("serde"));
    }

    #[test]
    fn a_feature_that_is_not_there_is_missed() {
        for name in ["uuid", "larg", "dep:uuid"] {
            let features = Features {
                named: BTreeSet::from([name.to_owned()]),
                ..Features::default()
            };
            assert_eq!(table().missing(&features), Some(name));
        }
    }
}
