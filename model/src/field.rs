//! The attributes of structs and of their fields, which are those of serde, schemars and kube: theirs to read, but for slips of
//! the pen.
//!
//! Their derives fail whole where a key is unknown, and each use of the type is an error then. So what is most likely
//! misspelt is reported here, at its span, and left out of what the derives see. A key that is new to this list and like
//! none of it is left to them.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{Attribute, Expr, Fields, Meta};

use crate::arguments::{Argument, Arguments, Value};
use crate::error::{Error, Errors};
use crate::extend::check_extensions;
use crate::nearest::slip_of;

/// Attributes, with the keys that each has.
type Keys = &'static [(&'static str, &'static [&'static str])];

/// Those on a field.
const KEYS: Keys = &[
    (
        "schemars",
        &[
            "contains",
            "default",
            "deprecated",
            "description",
            "email",
            "example",
            "extend",
            "flatten",
            "inner",
            "ip",
            "ipv4",
            "ipv6",
            "length",
            "pattern",
            "range",
            "regex",
            "rename",
            "required",
            "schema_with",
            "skip",
            "skip_deserializing",
            "skip_serializing",
            "skip_serializing_if",
            "title",
            "transform",
            "url",
            "with",
        ],
    ),
    (
        "serde",
        &[
            "alias",
            "borrow",
            "bound",
            "default",
            "deserialize_with",
            "flatten",
            "getter",
            "rename",
            "serialize_with",
            "skip",
            "skip_deserializing",
            "skip_serializing",
            "skip_serializing_if",
            "with",
        ],
    ),
    ("x_kube", &["merge_strategy", "validation"]),
];

/// Those on a struct.
const KEYS_OF_STRUCTS: Keys = &[
    (
        "schemars",
        &[
            "bound",
            "crate",
            "deny_unknown_fields",
            "deprecated",
            "description",
            "example",
            "extend",
            "inline",
            "rename",
            "rename_all",
            "schema_with",
            "title",
            "transform",
            "transparent",
            "with",
        ],
    ),
    (
        "serde",
        &[
            "bound",
            "crate",
            "default",
            "deny_unknown_fields",
            "expecting",
            "from",
            "into",
            "remote",
            "rename",
            "rename_all",
            "transparent",
            "try_from",
        ],
    ),
    ("x_kube", &["cel", "crates", "validation"]),
];

/// Reports the misspelt keys of a struct's attributes, and takes the attributes that have them away.
pub(crate) fn check_struct(attributes: &mut Vec<Attribute>, errors: &Errors) {
    attributes.retain(|attribute| is_sound(attribute, KEYS_OF_STRUCTS, errors));
}

/// Reports the misspelt keys of the fields' attributes, and takes the attributes that have them away.
pub(crate) fn check_fields(fields: &mut Fields, errors: &Errors) {
    for field in fields {
        field
            .attrs
            .retain(|attribute| is_sound(attribute, KEYS, errors));
    }
}

fn is_sound(attribute: &Attribute, keys: Keys, errors: &Errors) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return true;
    };
    let mut known = keys.iter();
    let Some((name, keys)) = known.find(|(name, _)| list.path.is_ident(name)) else {
        return true;
    };
    let before = errors.count();
    for Argument { name: key, .. } in arguments(&list.tokens) {
        let text = key.to_string();
        if keys.contains(&text.as_str()) {
            continue;
        }
        if let Some(meant) = slip_of(&text, keys.iter().copied()) {
            let error = Error::new(&key, format!("unknown key `{text}` of `#[{name}]`"));
            errors.push(error.help(format!("did you mean `{meant}`?")));
        }
    }
    check_extensions(std::slice::from_ref(attribute), errors);
    check_strategy(attribute, errors);
    errors.count() == before
}

/// kube writes a struct's strategy under a key that no CRD has.
fn check_strategy(attribute: &Attribute, errors: &Errors) {
    for argument in said(std::slice::from_ref(attribute), "x_kube", "merge_strategy") {
        let Value::Assigned(Expr::Path(path)) = &argument.value else {
            continue;
        };
        let segments = &path.path.segments;
        if segments
            .iter()
            .any(|segment| segment.ident == "StructMerge")
        {
            let way = segments.last().filter(|way| way.ident == "Granular");
            let way = way.map_or("atomic", |_| "granular");
            let error = Error::new(
                &path.path,
                "Kubernetes drops what kube makes of `StructMerge`",
            );
            errors.push(error.help(format!(
                "write `#[schemars(extend(\"x-kubernetes-map-type\" = \"{way}\"))]`"
            )));
        }
    }
}

/// What attributes of this name say by this key.
pub(crate) fn said(attributes: &[Attribute], name: &str, key: &str) -> Vec<Argument> {
    let lists = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list) if list.path.is_ident(name) => Some(&list.tokens),
            _ => None,
        });
    let all = lists
        .filter(|tokens| has_word(tokens, key))
        .flat_map(arguments);
    all.filter(|argument| argument.name == key).collect()
}

/// Whether one of the arguments could have this name: most don't, and need not be parsed.
fn has_word(tokens: &TokenStream, word: &str) -> bool {
    let mut tokens = tokens.clone().into_iter();
    tokens.any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        // What a macro's author handed over to it.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            has_word(&group.stream(), word)
        }
        _ => false,
    })
}

/// The arguments; what else is wrong with them is not said here.
fn arguments(tokens: &TokenStream) -> Vec<Argument> {
    let unheard = Errors::default();
    let mut arguments = Arguments::parse("", Span::call_site(), tokens.clone(), &unheard);
    arguments.take(|_| true)
}
