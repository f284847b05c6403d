//! `#[schema(...)]` on a field.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Field, GenericArgument, PathArguments, Type, parse_quote};

use super::members::Member;
use super::{Rules, say};
use crate::arguments::{Argument, Arguments};
use crate::error::{Error, Errors};
use crate::field::said;
use crate::plain::is_left_out;

/// Puts what is said of a field into other words. Returns the rules that the struct has to keep for it, as a rule of its own
/// is not asked where the field is not there.
pub(super) fn expand(
    field: &mut Field,
    given: Vec<TokenStream>,
    member: &Member,
    is_grouped: bool,
    by_kube: bool,
    errors: &Errors,
) -> Rules {
    let mut arguments = Arguments::gather("#[schema] on a field", given, errors);
    let mut is_said = |name| arguments.one(name, Argument::switch) == Some(true);
    let is_immutable = is_said("immutable");
    let not_null = is_said("not_null");
    let keys: Vec<_> = [
        ("embedded_resource", "x-kubernetes-embedded-resource"),
        (
            "preserve_unknown_fields",
            "x-kubernetes-preserve-unknown-fields",
        ),
    ]
    .into_iter()
    .filter_map(|(name, key)| is_said(name).then_some(key))
    .collect();
    arguments.finish();
    if (is_immutable || not_null || !keys.is_empty()) && member.is_flat {
        let error = Error::new(
            &field.ident,
            "a field that is flattened is not there, but the fields of its type",
        );
        errors.push(error.help("say it of these"));
        return Rules::new();
    }
    if not_null && !member.is_option {
        let error = Error::new(&field.ident, "`not_null` goes on an `Option`");
        errors.push(error.help("remove it, as only an `Option` can be null"));
    }
    if member.is_option && (is_immutable || not_null || is_grouped) {
        take_null_away(field);
    }
    let mut rules = Rules::new();
    let mut of_struct = Rules::new();
    if is_immutable {
        rules.push(("self == oldSelf".into(), "field is immutable".into()));
        if member.may_be_left_out() {
            let name = member.in_rules();
            of_struct.push((
                format!("!has(oldSelf.{name}) || has(self.{name})"),
                format!("field {} is immutable once set", member.name),
            ));
        }
    }
    say(&mut field.attrs, &keys, rules, by_kube);
    of_struct
}

/// A field that is null is there for `has(...)`, and no rule of its own is asked of it. Where the schema has no null, an API
/// server takes it for a field that is left out.
fn take_null_away(field: &mut Field) {
    let is_said = |of, key: &str| !said(&field.attrs, of, key).is_empty();
    let mut attributes = Vec::new();
    if !["with", "schema_with"]
        .into_iter()
        .any(|key| is_said("schemars", key))
        && let Some(inner) = inner(&field.ty)
    {
        let inner = inner.to_token_stream().to_string();
        attributes.push(parse_quote!(#[schemars(with = #inner)]));
    }
    if !is_said("serde", "default") {
        attributes.push(parse_quote!(#[serde(default)]));
    }
    if !is_left_out(field) {
        attributes.push(parse_quote!(#[serde(skip_serializing_if = "Option::is_none")]));
    }
    field.attrs.extend(attributes);
}

/// What an `Option` is of.
fn inner(option: &Type) -> Option<&Type> {
    let Type::Path(path) = option else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}
