//! `#[schemars(extend("key" = value))]`: the keys that the schema of a CRD has, and what each takes.
//!
//! schemars takes any key, and kube leaves out what Kubernetes doesn't know; for a value of the wrong sort it panics where the
//! definition is made. So both are said here, at their place. Keys that schemars or kube say in other words are known, too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Token};

use crate::arguments::{Value, listed};
use crate::error::{Error, Errors};
use crate::field::said;
use crate::nearest::{nearest, slip_of};

/// What a key takes.
#[derive(Clone, Copy)]
enum Shape {
    Flag,
    Count,
    Number,
    Text,
    OneOf(&'static [&'static str]),
    Texts,
    Values,
    Object(&'static [&'static str]),
    Rules,
    /// A schema, schemas, or any value at all.
    Any,
}

const KEYS: &[(&str, Shape)] = &[
    ("additionalItems", Shape::Any),
    ("additionalProperties", Shape::Any),
    ("allOf", Shape::Values),
    ("anyOf", Shape::Values),
    ("const", Shape::Any),
    ("default", Shape::Any),
    ("description", Shape::Text),
    ("enum", Shape::Values),
    ("example", Shape::Any),
    ("examples", Shape::Values),
    ("exclusiveMaximum", Shape::Flag),
    ("exclusiveMinimum", Shape::Flag),
    ("externalDocs", Shape::Object(&["description", "url"])),
    ("format", Shape::Text),
    ("items", Shape::Any),
    ("maxItems", Shape::Count),
    ("maxLength", Shape::Count),
    ("maxProperties", Shape::Count),
    ("maximum", Shape::Number),
    ("minItems", Shape::Count),
    ("minLength", Shape::Count),
    ("minProperties", Shape::Count),
    ("minimum", Shape::Number),
    ("multipleOf", Shape::Number),
    ("not", Shape::Any),
    ("nullable", Shape::Flag),
    ("oneOf", Shape::Values),
    ("pattern", Shape::Text),
    ("prefixItems", Shape::Values),
    ("properties", Shape::Any),
    ("required", Shape::Texts),
    ("title", Shape::Text),
    (
        "type",
        Shape::OneOf(&["array", "boolean", "integer", "number", "object", "string"]),
    ),
    ("unevaluatedProperties", Shape::Any),
    ("x-kubernetes-embedded-resource", Shape::Flag),
    ("x-kubernetes-int-or-string", Shape::Flag),
    ("x-kubernetes-list-map-keys", Shape::Texts),
    (
        "x-kubernetes-list-type",
        Shape::OneOf(&["atomic", "map", "set"]),
    ),
    (
        "x-kubernetes-map-type",
        Shape::OneOf(&["atomic", "granular"]),
    ),
    ("x-kubernetes-preserve-unknown-fields", Shape::Flag),
    ("x-kubernetes-validations", Shape::Rules),
];

/// Keys that schemas have elsewhere, and what to do in a CRD.
const NOT_IN_CRDS: &[(&str, &str)] = &[
    ("readOnly", "say it in the description"),
    (
        "uniqueItems",
        "write `#[x_kube(merge_strategy = ListMerge::Set)]`",
    ),
    ("writeOnly", "say it in the description"),
    ("x-kubernetes-struct-type", "write `x-kubernetes-map-type`"),
];

/// What a rule of CEL can say, as `x-kubernetes-validations` has it.
pub const RULE_KEYS: &[&str] = &[
    "fieldPath",
    "message",
    "messageExpression",
    "optionalOldSelf",
    "reason",
    "rule",
];

const REASONS: &[&str] = &[
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];

/// `"key" = value`
struct Extension {
    key: LitStr,
    value: TokenStream,
}

impl Parse for Extension {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        let value = until_comma(input)?;
        Ok(Self { key, value })
    }
}

/// `"key": value`
struct Entry {
    key: LitStr,
    value: TokenStream,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![:]>()?;
        let value = until_comma(input)?;
        Ok(Self { key, value })
    }
}

fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// Reports keys that no CRD has, and values that they don't take, in `#[schemars(extend(...))]`.
///
/// ```
/// let attributes: Vec<syn::Attribute> = vec![syn::parse_quote!(#[schemars(extend("minProperty" = 1))])];
/// let errors = myop_model::extension_errors(&attributes);
/// assert_eq!(errors[0].to_string(), "the schema of a CRD has no `minProperty`; did you mean `minProperties`?");
/// ```
pub fn extension_errors(attributes: &[Attribute]) -> Vec<Error> {
    let errors = Errors::default();
    check_extensions(attributes, &errors);
    errors.reading(()).errors
}

pub(crate) fn check_extensions(attributes: &[Attribute], errors: &Errors) {
    for argument in said(attributes, "schemars", "extend") {
        let Value::List(inside) = argument.value else {
            continue;
        };
        // What is no list of keys schemars refuses itself.
        let parser = Punctuated::<Extension, Token![,]>::parse_terminated;
        let extensions = syn::parse::Parser::parse2(parser, inside);
        for Extension { key, value } in extensions.into_iter().flatten() {
            check(&key, &value, errors);
        }
    }
}

fn check(key: &LitStr, value: &TokenStream, errors: &Errors) {
    let name = key.value();
    if let Some((_, shape)) = KEYS.iter().find(|(known, _)| *known == name) {
        check_value(&name, *shape, value, errors);
        return;
    }
    let known = || KEYS.iter().map(|(known, _)| *known);
    let error = Error::new(key, format!("the schema of a CRD has no `{name}`"));
    if let Some((_, instead)) = NOT_IN_CRDS.iter().find(|(other, _)| *other == name) {
        errors.push(error.help(instead));
    } else if let Some(meant) = slip_of(&name, known()) {
        errors.push(error.help(format!("did you mean `{meant}`?")));
    } else if name.starts_with("x-kubernetes-") {
        let ours: Vec<_> = known()
            .filter(|key| key.starts_with("x-kubernetes-"))
            .collect();
        errors.push(match nearest(&name, ours.iter().copied()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help(format!("it has {}", listed(&ours))),
        });
    } else if !name.starts_with("x-") {
        errors.push(error.help("Kubernetes drops it, or refuses the definition"));
    }
    // Another tool's key is lost in a CRD, but its author knows that tool.
}

/// A value that is written out; what a program computes is not known here.
fn check_value(key: &str, shape: Shape, value: &TokenStream, errors: &Errors) {
    let Some(literal) = Literal::of(value) else {
        return;
    };
    let takes = |what: &str| {
        errors.push(Error::new(value, format!("`{key}` takes {what}")));
    };
    match (shape, literal) {
        (Shape::Any, _)
        | (Shape::Flag, Literal::Flag)
        | (Shape::Count, Literal::Count)
        | (Shape::Number, Literal::Count | Literal::Number)
        | (Shape::Text, Literal::Text(_))
        | (Shape::Values, Literal::List(_)) => {}
        // With "null" it is a type that may be null.
        (Shape::OneOf(_), Literal::List(_)) if key == "type" => {}
        (Shape::OneOf(words), Literal::Text(text)) => check_word(key, words, &text, errors),
        (Shape::Texts, Literal::List(list)) => {
            let items = items(list.stream());
            if !items
                .iter()
                .all(|item| matches!(Literal::of(item), None | Some(Literal::Text(_))))
            {
                takes("a list of strings");
            }
        }
        (Shape::Object(keys), Literal::Object(object)) => {
            check_entries(key, keys, &object, errors);
        }
        (Shape::Rules, Literal::List(list)) => {
            for item in items(list.stream()) {
                match Literal::of(&item) {
                    Some(Literal::Object(rule)) => check_rule(key, &rule, errors),
                    Some(_) => takes("a list of rules"),
                    None => {}
                }
            }
        }
        (Shape::Flag, _) => takes("`true` or `false`"),
        (Shape::Count, _) => takes("a whole number from 0"),
        (Shape::Number, _) => takes("a number"),
        (Shape::Text, _) => takes("a string"),
        (Shape::OneOf(words), _) => takes(&format!("one of {}", listed(words))),
        (Shape::Texts, _) => takes("a list of strings"),
        (Shape::Values, _) => takes("a list"),
        (Shape::Object(_), _) => takes("an object"),
        (Shape::Rules, _) => takes("a list of rules"),
    }
}

fn check_word(key: &str, words: &[&'static str], text: &LitStr, errors: &Errors) {
    let word = text.value();
    if words.contains(&word.as_str()) {
        return;
    }
    let error = Error::new(text, format!("`{key}` takes one of {}", listed(words)));
    errors.push(match nearest(&word, words.iter().copied()) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error,
    });
}

/// The entries of an object, whose keys are to be among `keys`.
fn check_entries(of: &str, keys: &[&'static str], object: &Group, errors: &Errors) -> Vec<Entry> {
    let parser = Punctuated::<Entry, Token![,]>::parse_terminated;
    let entries = syn::parse::Parser::parse2(parser, object.stream());
    let entries: Vec<_> = entries.into_iter().flatten().collect();
    for Entry { key, .. } in &entries {
        let name = key.value();
        if keys.contains(&name.as_str()) {
            continue;
        }
        let error = Error::new(key, format!("unknown key `{name}` in `{of}`"));
        errors.push(match nearest(&name, keys.iter().copied()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help(format!("known are {}", listed(keys))),
        });
    }
    entries
}

fn check_rule(key: &str, rule: &Group, errors: &Errors) {
    let before = errors.count();
    let entries = check_entries(key, RULE_KEYS, rule, errors);
    for Entry { key, value } in &entries {
        let shape = match key.value().as_str() {
            "optionalOldSelf" => Shape::Flag,
            "reason" => Shape::OneOf(REASONS),
            _ => Shape::Text,
        };
        check_value(&key.value(), shape, value, errors);
    }
    if errors.count() == before && !entries.iter().any(|entry| entry.key.value() == "rule") {
        let error = Error::new(rule.to_token_stream(), "a rule has no `rule`");
        errors.push(error.help("add `\"rule\": \"self != ''\"`"));
    }
}

/// The items of a list.
fn items(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = vec![TokenStream::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => items.push(TokenStream::new()),
            _ => items
                .last_mut()
                .into_iter()
                .for_each(|item| item.extend([token.clone()])),
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

/// A value of JSON, as far as it matters here.
enum Literal {
    Null,
    Flag,
    Count,
    Number,
    Text(LitStr),
    List(Group),
    Object(Group),
}

impl Literal {
    fn of(value: &TokenStream) -> Option<Self> {
        let mut tokens = value.clone().into_iter();
        let (first, second, third) = (tokens.next()?, tokens.next(), tokens.next());
        match (first, second, third) {
            (TokenTree::Ident(word), None, None) if word == "true" || word == "false" => {
                Some(Self::Flag)
            }
            (TokenTree::Ident(word), None, None) if word == "null" => Some(Self::Null),
            (TokenTree::Literal(literal), None, None) => {
                match syn::parse2(literal.to_token_stream()).ok()? {
                    syn::Lit::Str(text) => Some(Self::Text(text)),
                    syn::Lit::Int(_) => Some(Self::Count),
                    syn::Lit::Float(_) => Some(Self::Number),
                    _ => None,
                }
            }
            (TokenTree::Punct(minus), Some(TokenTree::Literal(_)), None)
                if minus.as_char() == '-' =>
            {
                Some(Self::Number)
            }
            (TokenTree::Group(group), None, None) => match group.delimiter() {
                Delimiter::Bracket => Some(Self::List(group)),
                Delimiter::Brace => Some(Self::Object(group)),
                _ => None,
            },
            _ => None,
        }
    }
}
