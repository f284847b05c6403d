//! Which namespaces an operator watches.

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::object::{Object, is_namespaced};

/// What stands for all namespaces where one could be named, as in Kubernetes' own libraries.
pub(crate) const ALL: &str = "";

/// All namespaces, or these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Namespaces {
    #[default]
    All,
    Only(BTreeSet<String>),
}

impl Namespaces {
    /// None are all.
    pub(crate) fn of<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let names: BTreeSet<String> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            Self::All
        } else {
            Self::Only(names)
        }
    }

    /// The namespaces in each of which `K` has a watch of its own; [`ALL`] for one watch of the kind as a whole.
    pub(crate) fn of_watches<K: Object>(&self) -> BTreeSet<String> {
        match self {
            Self::Only(names) if is_namespaced::<K>() => names.clone(),
            Self::Only(_) | Self::All => [ALL.to_owned()].into(),
        }
    }

    /// Those that are named.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::All => None,
            Self::Only(names) => Some(names),
        };
        names.into_iter().flatten().map(String::as_str)
    }

    /// Whether each could be the name of a namespace.
    pub(crate) fn check(&self) -> Result<(), WrongNamespace> {
        let wrong = self.names().find(|name| !is_name(name));
        wrong.map_or(Ok(()), |name| Err(WrongNamespace(name.into())))
    }
}

/// `shop,bank`; nothing for all.
impl FromStr for Namespaces {
    type Err = WrongNamespace;

    fn from_str(text: &str) -> Result<Self, WrongNamespace> {
        let names = text.split(',').map(str::trim);
        let namespaces = Self::of(names.filter(|_| !text.trim().is_empty()));
        namespaces.check()?;
        Ok(namespaces)
    }
}

/// A text that cannot be the name of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongNamespace(String);

impl fmt::Display for WrongNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the name of a namespace", self.0)
    }
}

impl std::error::Error for WrongNamespace {}

/// A label of DNS (RFC 1123).
fn is_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{Node, Secret};

    use super::*;

    #[test]
    fn they_are_read_from_a_list() {
        for text in ["shop,bank", " bank , shop "] {
            assert_eq!(text.parse(), Ok(Namespaces::of(["bank", "shop"])), "{text}");
        }
        for text in ["", " "] {
            assert_eq!(text.parse(), Ok(Namespaces::All), "{text}");
        }
        for (text, wrong) in [("shop,", ""), ("Shop", "Shop"), ("a b", "a b"), ("-", "-")] {
            let read: Result<Namespaces, _> = text.parse();
            assert_eq!(read, Err(WrongNamespace(wrong.into())), "{text}");
        }
    }

    #[test]
    fn what_is_in_no_namespace_is_watched_as_a_whole() {
        let both = Namespaces::of(["bank", "shop"]);
        assert!(both.of_watches::<Secret>().iter().eq(["bank", "shop"]));
        assert!(both.of_watches::<Node>().iter().eq([ALL]));
        assert!(Namespaces::All.of_watches::<Secret>().iter().eq([ALL]));
    }
}
