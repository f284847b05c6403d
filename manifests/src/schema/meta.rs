//! The arguments of an attribute: `a`, `b = value`, `c(d)`, and `!e`, by which schemars takes back what serde says.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Meta, Path, Token};

pub(super) use crate::meta::{
    derives, instead, literal_text, name_of, nested, parsed, text, type_at, unknown, value,
};

/// One argument.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    Said(Box<Meta>),
    TakenBack(Path),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![!]) {
            input.parse::<Token![!]>()?;
            return input.parse().map(Self::TakenBack);
        }
        Ok(Self::Said(Box::new(input.parse()?)))
    }
}

/// What the attributes of an item say, read once for all who ask.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) schemars: Vec<Argument>,
    pub(super) serde: Vec<Meta>,
    pub(super) validate: Vec<Meta>,
    pub(super) garde: Vec<Meta>,
    pub(super) x_kube: Vec<Meta>,
    /// The lines of the doc comment.
    pub(super) doc: Vec<Expr>,
    pub(super) deprecated: bool,
}

impl Said {
    pub(super) fn read(attributes: &[Attribute]) -> Result<Self, syn::Error> {
        let mut said = Self::default();
        for attribute in attributes {
            let Some(name) = attribute.path().get_ident() else {
                continue;
            };
            match name.to_string().as_str() {
                "schemars" => said.schemars.extend(arguments(attribute)?),
                "serde" => said.serde.extend(metas(attribute)?),
                // `cel_validate` and `rule` are what older versions of kube call them.
                "x_kube" | "cel_validate" => said.x_kube.extend(metas(attribute)?),
                // What others do not understand of their own attributes is for them to say.
                "validate" => said.validate.extend(metas(attribute).unwrap_or_default()),
                "garde" => said.garde.extend(metas(attribute).unwrap_or_default()),
                "deprecated" => said.deprecated = true,
                "doc" => {
                    if let Meta::NameValue(pair) = &attribute.meta {
                        said.doc.push(pair.value.clone());
                    }
                }
                _ => {}
            }
        }
        Ok(said)
    }

    /// Without what kube's derive of rules takes away before schemars sees it.
    pub(super) fn under_rules(mut self) -> Self {
        self.garde.clear();
        self.deprecated = false;
        self
    }

    /// What schemars' attribute says.
    pub(super) fn of_schemars(&self) -> impl Iterator<Item = &Meta> {
        self.schemars.iter().filter_map(|argument| match argument {
            Argument::Said(meta) => Some(&**meta),
            Argument::TakenBack(_) => None,
        })
    }
}

fn arguments(attribute: &Attribute) -> Result<Punctuated<Argument, Token![,]>, syn::Error> {
    attribute.parse_args_with(Punctuated::parse_terminated)
}

fn metas(attribute: &Attribute) -> Result<Vec<Meta>, syn::Error> {
    Ok(arguments(attribute)?
        .into_iter()
        .filter_map(|argument| match argument {
            Argument::Said(meta) => Some(*meta),
            Argument::TakenBack(_) => None,
        })
        .collect())
}
