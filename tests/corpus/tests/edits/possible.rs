//! What an author can choose from.

use crate::source::{Kept, Shape, Type};

pub const NAMES: &[&str] = &[
    "name",
    "size",
    "r#type",
    "image_pull_policy",
    "a",
    "url2",
    "http_port",
    "_private",
    "max_3d",
    "x_y_z",
    "status",
];
pub const VARIANTS: &[&str] = &["Active", "VeryLate", "HTTPRoute", "A1", "Rest"];
pub const WORDS: &[&str] = &[
    "",
    " One line.",
    " A heading\n\n And a paragraph\n over two lines.",
    " # Title\n\n With a title.",
    "  Two spaces, `code` and \"quotes\".\n   - a list\n   - of two",
    "No space in front",
];
pub const PLAIN: &[&str] = &[
    "String",
    "bool",
    "i32",
    "u8",
    "i64",
    "u16",
    "u32",
    "u64",
    "usize",
    "i8",
    "f32",
    "f64",
    "char",
    "serde_json::Value",
    "IntOrString",
    "Quantity",
    "LabelSelector",
    "Vec<Condition>",
    "std::time::Duration",
    "std::path::PathBuf",
    "BTreeSet<String>",
    "HashMap<String, bool>",
    "(String, u8)",
    "[u8; 3]",
    "()",
];
/// The types for which a module has a function that gives a default, and what it gives: `given_u8`.
pub const GIVEN: &[(&str, &str)] = &[
    ("String", "\"word\".to_owned()"),
    ("u8", "7"),
    ("u16", "7"),
    ("u32", "7"),
    ("u64", "7"),
    ("i32", "7"),
    ("i64", "7"),
    ("f32", "7.0"),
    ("f64", "7.0"),
];
pub const CASES: &[&str] = &[
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// What can be said of a field that keeps this.
pub fn attributes_of(kept: &Kept, types: &[Type], has_rules: bool) -> Vec<(&'static str, String)> {
    let mut possible = vec![
        ("rename", "serde(rename = \"other-name\")"),
        (
            "rename",
            "serde(rename(serialize = \"out\", deserialize = \"in\"))",
        ),
        ("schemars_rename", "schemars(rename = \"ofSchema\")"),
        ("alias", "serde(alias = \"older\")"),
        ("skip", "serde(skip)"),
        // serde takes it for said twice beside `skip`.
        ("skip", "serde(skip_serializing)"),
        ("default", "serde(default)"),
        ("title", "schemars(title = \"A title\")"),
        ("description", "schemars(description = \"Other words\")"),
        (
            "extend",
            "schemars(extend(\"x-kubernetes-preserve-unknown-fields\" = true))",
        ),
        ("with", "schemars(with = \"String\")"),
        ("with", "schemars(with = \"Option<u8>\")"),
        ("required", "schemars(required)"),
        ("deprecated", "deprecated"),
    ];
    if has_rules {
        possible.extend([
            ("x_kube", "x_kube(validation = \"self == oldSelf\")"),
            (
                "x_kube",
                "x_kube(validation = Rule::new(\"true\").message(\"words\"))",
            ),
            ("x_kube", "x_kube(merge_strategy = ListMerge::Atomic)"),
            ("x_kube", "x_kube(merge_strategy = ListMerge::Set)"),
        ]);
    }
    let inner = match kept {
        Kept::Option(inner) => {
            possible.push((
                "skip_if",
                "serde(skip_serializing_if = \"Option::is_none\")",
            ));
            inner
        }
        kept => kept,
    };
    match inner {
        Kept::Plain("String" | "char") => possible.extend([
            ("length", "schemars(length(min = 1, max = 63))"),
            ("pattern", "schemars(regex(pattern = \"^[a-z]+$\"))"),
            ("format", "schemars(url)"),
            ("format", "schemars(email)"),
        ]),
        Kept::Plain("i32" | "u8" | "i64" | "u16" | "u32" | "u64" | "usize" | "i8") => possible
            .extend([
                ("range", "schemars(range(min = 1, max = 100))"),
                ("range", "validate(range(min = 0))"),
            ]),
        Kept::Plain("f32" | "f64") => {
            possible.push(("range", "schemars(range(min = 0.5, max = 99.5))"))
        }
        Kept::Vec(items) => {
            possible.push(("length", "schemars(length(max = 16))"));
            match **items {
                Kept::Plain("String") => {
                    possible.push(("inner", "schemars(inner(length(min = 1)))"))
                }
                Kept::Plain("i32" | "u8") => {
                    possible.push(("inner", "schemars(inner(range(max = 9)))"))
                }
                _ => {}
            }
        }
        Kept::Own(number) if matches!(types[*number].shape, Shape::Struct(_)) => {
            possible.push(("flatten", "serde(flatten)"));
        }
        Kept::Map(values) if **values == Kept::Plain("serde_json::Value") => {
            possible.push(("flatten", "serde(flatten)"));
        }
        _ => {}
    }
    if matches!(kept, Kept::Vec(_)) {
        possible.push(("skip_if", "serde(skip_serializing_if = \"Vec::is_empty\")"));
    }
    let possible = possible.into_iter();
    let mut possible: Vec<_> = possible
        .map(|(about, attribute)| (about, attribute.to_owned()))
        .collect();
    if let Kept::Plain(name) = kept
        && GIVEN.iter().any(|(given, _)| given == name)
    {
        possible.push(("default", format!("serde(default = \"given_{name}\")")));
    }
    possible
}
