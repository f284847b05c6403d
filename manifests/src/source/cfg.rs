//! Which `#[cfg]`s hold in a build of the library for this machine, with these of the crate's features.

use std::borrow::Cow;
use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use crate::meta;

/// What is known of the build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cfg {
    /// The features that are on.
    pub(crate) features: BTreeSet<String>,
}

impl Cfg {
    /// Whether what these attributes are on is there. `None` where it can't be known.
    pub(crate) fn holds(&self, attributes: &[Attribute]) -> Option<bool> {
        let conditions = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"));
        all(conditions.map(|attribute| {
            let condition: Meta = attribute.parse_args().ok()?;
            self.condition(&condition)
        }))
    }

    /// The attributes, with those of each `cfg_attr` that holds in its place. `None` where that can't be known.
    pub(crate) fn attributes<'a>(
        &self,
        attributes: &'a [Attribute],
    ) -> Option<Cow<'a, [Attribute]>> {
        let is_conditional = |attribute: &Attribute| attribute.path().is_ident("cfg_attr");
        if !attributes.iter().any(is_conditional) {
            return Some(Cow::Borrowed(attributes));
        }
        let mut out = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            if !is_conditional(attribute) {
                out.push(attribute.clone());
                continue;
            }
            let list = Punctuated::<Meta, Token![,]>::parse_terminated;
            let mut parts = attribute.parse_args_with(list).ok()?.into_iter();
            if self.condition(&parts.next()?)? {
                let inner: Vec<_> = parts
                    .map(|meta| Attribute {
                        meta,
                        ..attribute.clone()
                    })
                    .collect();
                out.extend(self.attributes(&inner)?.into_owned());
            }
        }
        Some(Cow::Owned(out))
    }

    fn condition(&self, condition: &Meta) -> Option<bool> {
        match condition {
            Meta::Path(path) => match path.get_ident()?.to_string().as_str() {
                "test" | "doc" | "doctest" | "miri" => Some(false),
                // `cargo run` builds for debugging.
                "debug_assertions" => Some(true),
                "unix" => Some(cfg!(unix)),
                "windows" => Some(cfg!(windows)),
                _ => None,
            },
            Meta::NameValue(pair) => {
                let value = meta::literal_text(&pair.value)?;
                match pair.path.get_ident()?.to_string().as_str() {
                    "feature" => Some(self.features.contains(&value)),
                    "target_os" => Some(value == std::env::consts::OS),
                    "target_family" => Some(value == std::env::consts::FAMILY),
                    "target_arch" => Some(value == std::env::consts::ARCH),
                    _ => None,
                }
            }
            Meta::List(list) => {
                let inner = Punctuated::<Meta, Token![,]>::parse_terminated;
                let inner = list.parse_args_with(inner).ok()?;
                let mut inner = inner.iter().map(|condition| self.condition(condition));
                match list.path.get_ident()?.to_string().as_str() {
                    "all" => all(inner),
                    "any" => all(inner.map(|one| one.map(|holds| !holds))).map(|none| !none),
                    "not" => inner.next()?.map(|holds| !holds),
                    _ => None,
                }
            }
        }
    }
}

/// Whether all hold: one that doesn't settles it, whatever is not known of the others.
fn all(conditions: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for condition in conditions {
        match condition {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = None,
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn holds(attribute: Attribute) -> Option<bool> {
        let features = BTreeSet::from(["on".to_owned()]);
        Cfg { features }.holds(&[attribute])
    }

    #[test]
    fn a_condition_holds_does_not_or_can_not_be_known() {
        assert_eq!(holds(parse_quote!(#[cfg(feature = "on")])), Some(true));
        assert_eq!(holds(parse_quote!(#[cfg(feature = "off")])), Some(false));
        assert_eq!(holds(parse_quote!(#[cfg(not(test))])), Some(true));
        assert_eq!(
            holds(parse_quote!(#[cfg(all(feature = "on", test))])),
            Some(false)
        );
        assert_eq!(
            holds(parse_quote!(#[cfg(any(feature = "on", mine))])),
            Some(true)
        );
        assert_eq!(
            holds(parse_quote!(#[cfg(any(feature = "off", mine))])),
            None
        );
        assert_eq!(holds(parse_quote!(#[cfg(mine)])), None);
    }

    #[test]
    fn attributes_under_a_condition_are_there_where_it_holds() {
        let cfg = Cfg {
            features: BTreeSet::from(["on".to_owned()]),
        };
        let written: [Attribute; 2] = [
            parse_quote!(#[cfg_attr(feature = "on", serde(default), doc = "a")]),
            parse_quote!(#[cfg_attr(feature = "off", serde(skip))]),
        ];
        let there: [Attribute; 2] = [parse_quote!(#[serde(default)]), parse_quote!(#[doc = "a"])];
        assert_eq!(cfg.attributes(&written), Some(there.to_vec().into()));
    }
}
