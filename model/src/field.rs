//! The attributes of fields, which are those of serde, schemars and kube: theirs to read, but for slips of the pen.
//!
//! Their derives fail whole where a key is unknown, and each use of the type is an error then. So what is most likely
//! misspelt is reported here, at its span, and left out of what the derives see. A key that is new to this list and like
//! none of it is left to them.

use proc_macro2::TokenStream;
use syn::{Attribute, Fields, Meta};

use crate::arguments::Arguments;
use crate::error::{Error, Errors};
use crate::nearest::slip_of;

/// The attributes, with the keys that each has on a field.
const KEYS: &[(&str, &[&str])] = &[
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

/// Reports the misspelt keys, and takes the attributes that have them away.
pub(crate) fn check_fields(fields: &mut Fields, errors: &Errors) {
    for field in fields {
        field.attrs.retain(|attribute| is_sound(attribute, errors));
    }
}

fn is_sound(attribute: &Attribute, errors: &Errors) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return true;
    };
    let mut known = KEYS.iter();
    let Some((name, keys)) = known.find(|(name, _)| list.path.is_ident(name)) else {
        return true;
    };
    let before = errors.count();
    for key in written(&list.tokens) {
        let text = key.to_string();
        if keys.contains(&text.as_str()) {
            continue;
        }
        if let Some(meant) = slip_of(&text, keys.iter().copied()) {
            let error = Error::new(&key, format!("unknown key `{text}` of `#[{name}]`"));
            errors.push(error.help(format!("did you mean `{meant}`?")));
        }
    }
    errors.count() == before
}

/// The names of the keys; what else is wrong with them is not said here.
fn written(tokens: &TokenStream) -> Vec<syn::Ident> {
    let unheard = Errors::default();
    let mut arguments =
        Arguments::parse("", proc_macro2::Span::call_site(), tokens.clone(), &unheard);
    let all = arguments.take(|_| true);
    all.into_iter().map(|argument| argument.name).collect()
}
