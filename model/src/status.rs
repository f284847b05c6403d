//! `#[status]`: the status of a kind, as the operator last saw it.

use proc_macro2::{Span, TokenStream};
use syn::{Fields, Item, ItemStruct};

use crate::arguments::Arguments;
use crate::error::{Error, Errors, Reading};
use crate::item::{Refused, plain_struct};

/// The fields that `#[status]` adds, and what an author does instead of writing them.
const ADDED: &[(&str, &str)] = &[
    (
        "conditions",
        "remove it, and set conditions with `ctx.condition(...)`",
    ),
    (
        "observed_generation",
        "remove it, as it is kept up to date for you",
    ),
];

/// The attributes that can't be on the same struct.
const REFUSED: &[Refused] = &[
    ("status", "`#[status]` is there twice", "remove one"),
    (
        "resource",
        "`#[resource]` goes on the struct of a spec",
        "write `pub struct MyAppSpec { ... }` for it",
    ),
];

/// What `#[status]` on a struct says.
#[derive(Clone, Debug)]
pub struct Status {
    /// The struct as the author wrote it, without fields that are added. It has generics only beside
    /// an error.
    pub item: ItemStruct,
}

impl Status {
    /// Reads `#[status(arguments)] item`.
    pub fn read(arguments: TokenStream, item: &Item) -> Reading<Self> {
        let Item::Struct(item) = item else {
            let error = Error::new(item, "`#[status]` goes on the struct of a status");
            return Reading::impossible(error.help("write `pub struct MyAppStatus { ... }`"));
        };
        let errors = Errors::default();
        Arguments::parse("#[status]", Span::call_site(), arguments, &errors).finish();
        let mut item = plain_struct(item, "#[status]", REFUSED, &errors);
        if let Fields::Named(fields) = &mut item.fields {
            let written = std::mem::take(&mut fields.named);
            fields.named = written
                .into_iter()
                .filter(|field| !is_added(field, &errors))
                .collect();
        }
        errors.reading(Self { item })
    }
}

fn is_added(field: &syn::Field, errors: &Errors) -> bool {
    let Some(name) = &field.ident else {
        return false;
    };
    let Some((_, instead)) = ADDED.iter().find(|(added, _)| name == added) else {
        return false;
    };
    errors.push(Error::new(name, format!("`{name}` is added by `#[status]`")).help(instead));
    true
}
