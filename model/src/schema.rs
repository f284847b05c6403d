//! `#[schema(...)]`: what a struct and its fields say of their schema in one word, where serde, schemars and kube take many
//! or have none.
//!
//! It is said below `#[resource]` and `#[status]`, which read it with the rest, and on any other struct of a schema, where it
//! is a macro of its own. Either way it becomes attributes of serde, schemars and kube, and nothing else is left of it.

mod field;
mod members;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Fields, Item, ItemStruct, Meta, parse_quote};

use crate::arguments::{Argument, Arguments};
use crate::error::{Error, Errors, Reading};
use crate::field::{check_fields, check_struct};
use crate::item::is_ours;
use crate::plain::derived;

use self::members::Members;

/// The rules of CEL of which a word consists: each with its message.
type Rules = Vec<(String, String)>;

/// What `#[schema(...)]` on a struct says.
#[derive(Clone, Debug)]
pub struct Schema {
    item: ItemStruct,
}

impl Schema {
    /// Reads `#[schema(arguments)] item`, where the item has neither `#[resource]` nor `#[status]`.
    pub fn read(arguments: TokenStream, item: &Item) -> Reading<Self> {
        let Item::Struct(item) = item else {
            let error = Error::new(item, "`#[schema]` goes on a struct");
            return Reading::impossible(error.help("say it of the fields that have this type"));
        };
        let errors = Errors::default();
        let mut item = item.clone();
        check_place(&item, &errors);
        check_struct(&mut item.attrs, &errors);
        check_fields(&mut item.fields, &errors);
        if !matches!(item.fields, Fields::Named(_)) {
            let error = Error::new(
                &item.ident,
                "`#[schema]` goes on a struct with named fields",
            );
            errors.push(error.help("say it of the fields that have this type"));
        }
        let mut given = Arguments::parse("#[schema]", Span::call_site(), arguments, &errors);
        for tokens in take(&mut item.attrs) {
            given.add(tokens);
        }
        expand_by(&mut item, given, false);
        errors.reading(Self { item })
    }

    /// The struct in the words of serde, schemars and kube.
    pub fn plain(self) -> ItemStruct {
        self.item
    }
}

/// Puts what `#[schema]` says below one of our other attributes into other words.
pub(crate) fn expand(item: &mut ItemStruct, errors: &Errors) {
    let given = take(&mut item.attrs);
    let mut arguments =
        Arguments::parse("#[schema]", Span::call_site(), TokenStream::new(), errors);
    for tokens in given {
        arguments.add(tokens);
    }
    expand_by(item, arguments, true);
}

/// A derive above has written its schema already, without a word of what is said here.
fn check_place(item: &ItemStruct, errors: &Errors) {
    let other = |name| {
        item.attrs
            .iter()
            .find(|attribute| is_ours(attribute.path(), name))
    };
    for name in ["resource", "status"] {
        if let Some(other) = other(name) {
            let error = Error::new(other, format!("`#[schema]` stands above `#[{name}]`"));
            errors.push(error.help("put it below"));
            return;
        }
    }
    if !derives_schema(item, "JsonSchema") && !derives_schema(item, "KubeSchema") {
        let error = Error::new(&item.ident, "no `JsonSchema` is derived below `#[schema]`");
        errors.push(error.help("put `#[schema]` above the `#[derive(...)]`"));
    }
}

fn derives_schema(item: &ItemStruct, name: &str) -> bool {
    item.attrs
        .iter()
        .flat_map(derived)
        .any(|derived| derived == name)
}

/// Takes `#[schema]`s away, and returns what is in them.
fn take(attributes: &mut Vec<Attribute>) -> Vec<TokenStream> {
    let mut taken = Vec::new();
    attributes.retain(|attribute| {
        let is_schema = is_ours(attribute.path(), "schema");
        if is_schema {
            taken.push(match &attribute.meta {
                Meta::List(list) => list.tokens.clone(),
                _ => TokenStream::new(),
            });
        }
        !is_schema
    });
    taken
}

/// `is_camel` says whether names are in camelCase where nothing is said of it.
fn expand_by(item: &mut ItemStruct, mut given: Arguments<'_>, is_camel: bool) {
    let errors = given.errors;
    let members = Members::of(item, is_camel);
    let mut rules = Rules::new();
    let mut groups = Vec::new();
    for (name, relation, message) in [
        (
            "exactly_one_of",
            " == 1",
            "exactly one of the fields in [{}] must be set",
        ),
        (
            "at_most_one_of",
            " <= 1",
            "at most one of the fields in [{}] may be set",
        ),
        (
            "at_least_one_of",
            " >= 1",
            "at least one of the fields in [{}] must be set",
        ),
    ] {
        for group in given.all(name, |argument, errors| members.group(argument, errors)) {
            rules.push(group.rule(relation, message));
            groups.push(group);
        }
    }
    let mut keys = Vec::new();
    if given.one("preserve_unknown_fields", Argument::switch) == Some(true) {
        keys.push("x-kubernetes-preserve-unknown-fields");
    }
    given.finish();
    let by_kube =
        is_camel && !derives_schema(item, "JsonSchema") || derives_schema(item, "KubeSchema");
    if let Fields::Named(fields) = &mut item.fields {
        for (field, member) in fields.named.iter_mut().zip(&members.all) {
            let is_grouped = groups.iter().any(|group| group.holds(member));
            rules.extend(field::expand(field, member, is_grouped, by_kube, errors));
        }
    }
    say(&mut item.attrs, &keys, rules, by_kube);
}

/// Adds keywords that are true, and rules.
fn say(attributes: &mut Vec<Attribute>, keys: &[&str], rules: Rules, by_kube: bool) {
    if !keys.is_empty() {
        attributes.push(parse_quote!(#[schemars(extend(#(#keys = true),*))]));
    }
    if rules.is_empty() {
        return;
    }
    let (rules, messages): (Vec<_>, Vec<_>) = rules.into_iter().unzip();
    attributes.push(if by_kube {
        parse_quote!(#[x_kube(#(validation = (#rules, #messages)),*)])
    } else {
        let rules = rules.iter().zip(&messages);
        let rules = rules.map(|(rule, message)| quote!({ "rule": #rule, "message": #message }));
        parse_quote!(#[schemars(extend("x-kubernetes-validations" = [#(#rules),*]))])
    });
}
