//! `#[schema(...)]`: what a struct and its fields say of their schema in one word, where serde, schemars and kube take many
//! or have none.
//!
//! It is said below `#[resource]` and `#[status]`, which read it with the rest, and on any other struct of a schema, where it
//! is a macro of its own. Either way it becomes attributes of serde, schemars and kube, and nothing else is left of it.

mod field;
mod members;

use proc_macro2::TokenStream;
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
        let is_shared = is_shared(&item);
        let further = take(&mut item.attrs, is_shared);
        let all = std::iter::once(arguments).chain(further);
        let given = Arguments::gather("#[schema]", all, &errors);
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
    let is_shared = is_shared(item);
    let given = take(&mut item.attrs, is_shared);
    let given = Arguments::gather("#[schema]", given, errors);
    expand_by(item, given, true);
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

/// Whether another derive has an attribute `#[schema]`, as utoipa's has: then ours is `#[myop::schema]`.
fn is_shared(item: &ItemStruct) -> bool {
    derives_schema(item, "ToSchema")
}

/// Takes `#[schema]`s away, and returns what is in them.
fn take(attributes: &mut Vec<Attribute>, is_shared: bool) -> Vec<TokenStream> {
    let mut taken = Vec::new();
    attributes.retain(|attribute| {
        let path = attribute.path();
        let is_schema = is_ours(path, "schema") && !(is_shared && path.is_ident("schema"));
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
    let is_shared = is_shared(item);
    if let Fields::Named(fields) = &mut item.fields {
        for (field, member) in fields.named.iter_mut().zip(&members.all) {
            let given = take(&mut field.attrs, is_shared);
            let is_grouped = groups.iter().any(|group| group.holds(member));
            rules.extend(field::expand(
                field, given, member, is_grouped, by_kube, errors,
            ));
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

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};
    use syn::parse_quote;

    use super::Schema;

    #[test]
    fn beside_utoipa_ours_has_a_path() {
        let item = parse_quote! {
            #[derive(Clone, JsonSchema, ToSchema)]
            #[schema(title = "A listener")]
            struct Listener {
                #[schema(example = "web")]
                #[myop::schema(not_null)]
                name: Option<String>,
            }
        };
        let reading = Schema::read(quote!(), &item);
        assert!(reading.errors.is_empty(), "{:?}", reading.errors);
        let plain = reading.meaning.unwrap().plain();
        let text = plain.to_token_stream().to_string();
        assert!(text.contains("# [schema (example = \"web\")]"), "{text}");
        assert!(
            text.contains("# [schema (title = \"A listener\")]"),
            "{text}"
        );
        assert!(!text.contains("not_null"), "{text}");
        assert!(text.contains("with = \"String\""), "{text}");
    }
}
