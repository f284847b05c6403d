//! Attributes in Rust, as they are written.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, Field, Item, Lit, Meta, Token};

use crate::go::Said;

/// A file.
pub struct Api {
    file: syn::File,
}

impl Api {
    pub fn read(source: &str) -> Self {
        Self {
            file: syn::parse_file(source).unwrap(),
        }
    }

    /// What the file says of itself.
    pub fn words(&self) -> String {
        let lines = self
            .file
            .attrs
            .iter()
            .filter_map(|attribute| match &attribute.meta {
                Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                    Expr::Lit(literal) => match &literal.lit {
                        Lit::Str(text) => Some(text.value()),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            });
        let lines: Vec<_> = lines.map(|line| line.trim().to_owned()).collect();
        lines.join("\n")
    }

    /// What is said in the same place here, and the type of a field that says it by its type.
    pub fn said(&self, there: &Said) -> Vec<String> {
        let of = if there.is_kind || there.of.ends_with("Spec") {
            format!("{}Spec", there.of.trim_end_matches("Spec"))
        } else {
            there.of.clone()
        };
        let item = self.item(&there.version, &of);
        let Some(name) = &there.field else {
            let mut said = attributes(attributes_of(item));
            if there.is_kind {
                said.extend(arguments(attributes_of(item)));
            } else if said.is_empty()
                || !matches!(item, Item::Struct(item) if item.fields.iter().all(|field| field.ident.is_some()))
            {
                said = vec![definition(item)];
            }
            return said;
        };
        let Item::Struct(item) = item else {
            panic!("{of} is no struct");
        };
        let is_it = |field: &&Field| {
            field
                .ident
                .as_ref()
                .is_some_and(|ident| camel(&ident.to_string()) == *name)
        };
        let field = item
            .fields
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("{of} has no {name}"));
        let mut said = attributes(&field.attrs);
        said.push(format!(
            "{name}: {}",
            text(field.ty.span()),
            name = field.ident.as_ref().unwrap()
        ));
        let own = text(field.ty.span());
        let used = self
            .file
            .items
            .iter()
            .filter(|item| names(item).is_some_and(|named| is_in(&named, &own)));
        said.extend(used.filter(|item| !is_plain(item)).map(definition));
        said
    }

    fn item(&self, version: &str, name: &str) -> &Item {
        let module = self.file.items.iter().find_map(|item| match item {
            Item::Mod(module) if module.ident == version => {
                module.content.as_ref().map(|(_, items)| items)
            }
            _ => None,
        });
        let mut items = module.unwrap_or(&self.file.items).iter();
        let found = items.find(|item| names(item).is_some_and(|named| named == name));
        found.unwrap_or_else(|| panic!("there is no {name} in {version}"))
    }
}

fn names(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn is_in(name: &str, kind: &str) -> bool {
    kind.split(|letter: char| !letter.is_alphanumeric())
        .any(|word| word == name)
}

/// A struct that is as it is in Go.
fn is_plain(item: &Item) -> bool {
    matches!(item, Item::Struct(item) if item.fields.iter().all(|field| field.ident.is_some()))
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => &[],
    }
}

/// Those that say something of a schema.
fn attributes(all: &[Attribute]) -> Vec<String> {
    let says = |attribute: &&Attribute| {
        let path = attribute.path();
        let is = |name| path.is_ident(name);
        is("schemars")
            || is("x_kube")
            || is("schema")
            || is("serde") && !text(attribute.span()).contains("rename_all")
    };
    all.iter()
        .filter(says)
        .map(|attribute| text(attribute.span()))
        .collect()
}

/// The arguments of `#[resource]`, but for what every kind has.
fn arguments(all: &[Attribute]) -> Vec<String> {
    let resource = all
        .iter()
        .find(|attribute| attribute.path().is_ident("resource"));
    let Some(Meta::List(list)) = resource.map(|resource| &resource.meta) else {
        return Vec::new();
    };
    let parser = |input: syn::parse::ParseStream<'_>| {
        let mut all = Vec::new();
        while !input.is_empty() {
            let mut span: Option<Span> = None;
            while !input.is_empty() && !input.peek(Token![,]) {
                let token: proc_macro2::TokenTree = input.parse()?;
                span = Some(span.map_or(token.span(), |span| span.join(token.span()).unwrap()));
            }
            all.push(text(span.unwrap()));
            let _: Option<Token![,]> = input.parse()?;
        }
        Ok(all)
    };
    let mut said = list.parse_args_with(parser).unwrap();
    let of_every_kind = ["group = ", "version = ", "kind = "];
    said.retain(|one| {
        one != "namespaced" && !of_every_kind.iter().any(|start| one.starts_with(start))
    });
    if said.is_empty() {
        said
    } else {
        vec![said.join(", ")]
    }
}

/// A type, without what is derived and who sees it.
fn definition(item: &Item) -> String {
    let mut item = item.clone();
    let (attributes, head) = match &mut item {
        Item::Struct(item) => (&mut item.attrs, format!("struct {}", item.ident)),
        Item::Enum(item) => (&mut item.attrs, format!("enum {}", item.ident)),
        _ => panic!("this is no type"),
    };
    let attributes = self::attributes(attributes);
    let body = match &item {
        Item::Enum(item) => {
            let variants: Vec<_> = item
                .variants
                .iter()
                .map(|variant| variant.ident.to_string())
                .collect();
            format!(" {{ {} }}", variants.join(", "))
        }
        Item::Struct(item) => {
            let fields: Vec<_> = item
                .fields
                .iter()
                .map(|field| {
                    let mut parts = self::attributes(&field.attrs);
                    parts.push(text(field.ty.span()));
                    parts.join(" ")
                })
                .collect();
            if fields.is_empty() {
                " {}".to_owned()
            } else {
                format!("({})", fields.join(", "))
            }
        }
        _ => String::new(),
    };
    let mut whole = attributes;
    whole.push(head + &body);
    whole.join(" ")
}

/// What is written there, on one line.
fn text(span: Span) -> String {
    let text = span.source_text().unwrap();
    let words: Vec<_> = text.split_whitespace().collect();
    let text = words.join(" ");
    text.replace("( ", "(")
        .replace(" )", ")")
        .replace("[ ", "[")
        .replace(" ]", "]")
        .replace(",)", ")")
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |whole, word| {
        let (first, rest) = word.split_at(1);
        whole + &first.to_uppercase() + rest
    })
}
