//! What a kind is called, in the group in which no other may be called the same.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::crds::Error;

/// What a kind is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    /// Its singular and its short names.
    pub(crate) others: Vec<String>,
}

impl Names {
    /// The name of the file of its definition, as controller-gen gives it.
    pub(crate) fn file(&self) -> String {
        format!("{}_{}.yaml", self.group, self.plural)
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.group)
    }
}

/// That no two kinds of a group want the same name.
///
/// Source: apiextensions-apiserver `pkg/controller/status/naming_controller.go`.
pub(crate) fn check<'n>(names: impl IntoIterator<Item = &'n Names>) -> Result<(), Error> {
    let mut all: Vec<_> = names.into_iter().collect();
    all.sort_by_key(|names| (&names.group, &names.kind));
    check_plurals(&all)?;
    all.sort_by_key(|names| (&names.group, &names.plural));
    let mut taken: BTreeMap<(&str, bool, String), &str> = BTreeMap::new();
    for Names {
        group,
        kind,
        plural,
        others,
    } in all
    {
        let of_resources = [plural].into_iter().chain(others);
        let of_resources = of_resources.map(|name| (false, name.clone()));
        let of_kinds = [kind.clone(), format!("{kind}List")].map(|name| (true, name));
        for (is_kind, name) in of_resources.chain(of_kinds) {
            let other = taken.insert((group, is_kind, name.clone()), kind);
            if let Some(other) = other.filter(|other| other != kind) {
                return Err(Error::SameName {
                    one: other.to_owned(),
                    other: kind.clone(),
                    group: group.clone(),
                    name,
                });
            }
        }
    }
    Ok(())
}

fn check_plurals(all: &[&Names]) -> Result<(), Error> {
    let mut of_plural: BTreeMap<(&str, &str), &Names> = BTreeMap::new();
    for names in all {
        if let Some(other) = of_plural.insert((&names.group, &names.plural), names) {
            return Err(Error::SamePlural {
                one: other.kind.clone(),
                other: names.kind.clone(),
                group: names.group.clone(),
                plural: names.plural.clone(),
            });
        }
    }
    Ok(())
}
