//! The fields of PROJECT, with the doc comments of the types that it is read into: docs/reference/project.md.

use std::fmt::Write as _;

use quote::ToTokens as _;
use syn::{Attribute, Expr, ExprLit, Field, Item, ItemStruct, Lit, Meta};

use super::{MADE, assert_page, cell};

const SOURCE: &str = include_str!("../project.rs");

/// The types, each with the heading of its fields and what they are of.
const TYPES: [(&str, &str); 3] = [
    ("Project", "The file"),
    ("Resource", "An entry of `resources`"),
    ("Api", "`api` of an entry"),
];

const INTRODUCTION: &str = "\
`PROJECT` says what was scaffolded, in YAML and in the words of Kubebuilder's. `myop init` makes it, the other commands
change it, and `myop manifests` follows it. It may be edited by hand: a field that is not listed here is an error, and
nothing is done then.
";

#[test]
fn the_reference_of_project_is_up_to_date() {
    let mut page = format!(
        "# PROJECT\n\n<!-- Made from the doc comments of cli/src/project.rs by {MADE} -->\n\n{INTRODUCTION}"
    );
    let source = syn::parse_file(SOURCE).unwrap();
    for (name, heading) in TYPES {
        write!(
            page,
            "\n## {heading}\n\n| field | what it is | value |\n|---|---|---|\n"
        )
        .unwrap();
        let mut fields: Vec<_> = item(&source, name).fields.iter().map(row).collect();
        fields.sort();
        page.extend(fields);
    }
    assert_page("docs/reference/project.md", &page);
}

fn item<'s>(source: &'s syn::File, name: &str) -> &'s ItemStruct {
    let mut structs = source.items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    structs.find(|item| item.ident == name).unwrap()
}

fn row(field: &Field) -> String {
    let name = name(field);
    let words = words(&field.attrs);
    assert!(!words.is_empty(), "{name} has no words");
    format!("| `{name}` | {} | {} |\n", cell(&words), value(field))
}

/// Its name in YAML.
fn name(field: &Field) -> String {
    if let Some(renamed) = serde(field).split("rename = \"").nth(1) {
        return renamed.split('"').next().unwrap().to_owned();
    }
    let mut words = field.ident.as_ref().unwrap().to_string();
    while let Some(at) = words.find('_') {
        words.remove(at);
        let letter = words.remove(at).to_ascii_uppercase();
        words.insert(at, letter);
    }
    words
}

/// What is said to serde, in one line.
fn serde(field: &Field) -> String {
    let attributes = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    attributes
        .map(|attribute| attribute.to_token_stream().to_string())
        .collect()
}

fn value(field: &Field) -> String {
    let type_ = field.ty.to_token_stream().to_string().replace(' ', "");
    let value = match type_.as_str() {
        "String" | "Option<String>" => "text",
        "bool" => "`true` or `false`",
        "Vec<String>" => "a list of texts",
        "Vec<Resource>" => "a list of entries",
        "Api" => "fields",
        "Option<License>" => "`Apache-2.0` or `MIT`",
        _ => panic!("what is a {type_} in YAML?"),
    };
    let may_be_missing = type_.starts_with("Option") || serde(field).contains("default");
    let suffix = if may_be_missing {
        ", may be missing"
    } else {
        ""
    };
    format!("{value}{suffix}")
}

fn words(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join(" ")
}
