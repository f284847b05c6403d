//! The fields of a struct as its objects have them: under which names, and whether they may be left out.

use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Field, Ident, ItemStruct, Token};

use crate::arguments::{Argument, Value, listed};
use crate::case::Case;
use crate::error::{Error, Errors};
use crate::field::said;
use crate::nearest::nearest;
use crate::plain::is_option;
use crate::value::literal_text;

/// The fields of a struct.
pub(super) struct Members {
    pub(super) all: Vec<Member>,
}

/// A field.
pub(super) struct Member {
    ident: String,
    /// Its name in an object.
    pub(super) name: String,
    pub(super) is_option: bool,
    pub(super) has_default: bool,
    /// Its fields are those of the struct that holds it.
    pub(super) is_flat: bool,
}

/// Fields of which so many may be set.
pub(super) struct Group {
    names: Vec<String>,
}

impl Members {
    pub(super) fn of(item: &ItemStruct, is_camel: bool) -> Self {
        let case = text_of(&item.attrs, "rename_all")
            .map_or(is_camel.then_some(Case::Camel), |case| Case::parse(&case));
        let all_default = !said(&item.attrs, "serde", "default").is_empty();
        let all = item
            .fields
            .iter()
            .filter_map(|field| Member::of(field, case, all_default));
        Self { all: all.collect() }
    }

    /// `exactly_one_of(tls, plain_text)`
    pub(super) fn group(&self, argument: &Argument, errors: &Errors) -> Option<Group> {
        let takes = || errors.push(argument.takes("fields, at least two", "(first, second)"));
        let Value::List(inside) = &argument.value else {
            takes();
            return None;
        };
        let Ok(idents) = idents(inside.clone()) else {
            takes();
            return None;
        };
        if idents.len() < 2 {
            takes();
            return None;
        }
        let mut names = Vec::new();
        for ident in &idents {
            match self.optional(ident) {
                Ok(member) if names.contains(&member.name) => {
                    errors.push(
                        Error::new(ident, format!("`{ident}` is there twice")).help("remove one"),
                    );
                }
                Ok(member) => names.push(member.name.clone()),
                Err(error) => errors.push(error),
            }
        }
        (names.len() == idents.len()).then_some(Group { names })
    }

    /// A field that may be left out.
    fn optional(&self, ident: &Ident) -> Result<&Member, Error> {
        let name = ident.unraw().to_string();
        let Some(member) = self.all.iter().find(|member| member.ident == name) else {
            let fields = || self.all.iter().map(|member| member.ident.as_str());
            let error = Error::new(ident, format!("there is no field `{name}`"));
            return Err(match nearest(&name, fields()) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error.help(format!(
                    "the fields are {}",
                    listed(&fields().collect::<Vec<_>>())
                )),
            });
        };
        if !member.is_option {
            let error = Error::new(
                ident,
                format!("`{name}` is always there, as it is no `Option`"),
            );
            return Err(error.help("make it an `Option`"));
        }
        Ok(member)
    }
}

impl Member {
    fn of(field: &Field, case: Option<Case>, all_default: bool) -> Option<Self> {
        let ident = field.ident.as_ref()?.unraw().to_string();
        let name = text_of(&field.attrs, "rename");
        let name =
            name.unwrap_or_else(|| case.map_or_else(|| ident.clone(), |case| case.field(&ident)));
        let says = |key| !said(&field.attrs, "serde", key).is_empty();
        Some(Self {
            ident,
            name,
            is_option: is_option(field),
            has_default: all_default || says("default"),
            is_flat: says("flatten"),
        })
    }

    pub(super) fn may_be_left_out(&self) -> bool {
        self.is_option || self.has_default
    }

    /// How a rule of CEL gets at it.
    pub(super) fn in_rules(&self) -> String {
        in_rules(&self.name)
    }
}

impl Group {
    pub(super) fn holds(&self, member: &Member) -> bool {
        self.names.contains(&member.name)
    }

    /// How many of them are set, in comparison.
    pub(super) fn rule(&self, relation: &str, message: &str) -> (String, String) {
        let set = self
            .names
            .iter()
            .map(|name| format!("has(self.{})", in_rules(name)));
        let rule = if relation == " >= 1" {
            set.collect::<Vec<_>>().join(" || ")
        } else {
            let ones: Vec<_> = set.map(|is_set| format!("({is_set} ? 1 : 0)")).collect();
            ones.join(" + ") + relation
        };
        (rule, message.replace("{}", &self.names.join(" ")))
    }
}

fn idents(tokens: TokenStream) -> syn::Result<Vec<Ident>> {
    let idents = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(tokens)?;
    Ok(idents.into_iter().collect())
}

/// The text of `rename = "..."`, or `rename(deserialize = "...")`: schemars' word before serde's.
fn text_of(attributes: &[Attribute], key: &str) -> Option<String> {
    ["schemars", "serde"].into_iter().find_map(|of| {
        let argument = said(attributes, of, key).into_iter().next()?;
        match &argument.value {
            Value::Assigned(value) => text(value),
            Value::List(_) => {
                let inside = argument
                    .nested(&Errors::default())?
                    .take(|one| one.name == "deserialize");
                inside.iter().find_map(|one| match &one.value {
                    Value::Assigned(value) => text(value),
                    _ => None,
                })
            }
            _ => None,
        }
    })
}

fn text(value: &Expr) -> Option<String> {
    literal_text(value).map(|text| text.value())
}

/// A property as CEL in Kubernetes calls it: what is no word there is escaped.
fn in_rules(name: &str) -> String {
    const RESERVED: &[&str] = &[
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ];
    if RESERVED.contains(&name) {
        return format!("__{name}__");
    }
    let escaped = name.replace("__", "__underscores__");
    let escaped = escaped.replace('.', "__dot__").replace('-', "__dash__");
    escaped.replace('/', "__slash__")
}

#[cfg(test)]
mod tests {
    use super::in_rules;

    #[test]
    fn properties_are_escaped_in_rules() {
        assert_eq!(in_rules("tls"), "tls");
        assert_eq!(in_rules("namespace"), "__namespace__");
        assert_eq!(in_rules("plain-text"), "plain__dash__text");
        assert_eq!(in_rules("a__b.c/d"), "a__underscores__b__dot__c__slash__d");
    }
}
