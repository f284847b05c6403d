//! The arguments of the attributes: docs/reference/attributes.md, and what the macros' own documentation includes.

use std::fmt::Write as _;

use myop_model::{Described, Place};

use super::{MADE, assert_page, cell};

const INTRODUCTION: &str = "\
What can be said in `#[resource]`, `#[status]`, `#[schema]`, `#[controller]` and `#[myop::test]`. A name that is misspelt, in
the wrong place or there twice is a compile error at that very name.

[every_argument_of_resource.rs](../../macros/tests/inputs/pass/every_argument_of_resource.rs) and
[every_argument_of_controller.rs](../../macros/tests/inputs/pass/every_argument_of_controller.rs) have all of them, and
compile. The fields of a spec and of a status are ordinary Rust with the attributes of serde, schemars and kube;
[markers.md](../markers.md) lists those that markers of Kubebuilder become.
";

#[test]
fn the_reference_of_attributes_is_up_to_date() {
    let mut page = format!(
        "# Attributes\n\n<!-- Made from model/src/places/table.rs by {MADE} -->\n\n{INTRODUCTION}"
    );
    for place in Place::all() {
        let level = if is_attribute(place) { "##" } else { "###" };
        write!(
            page,
            "\n{level} `{}`\n\n{}\n{}",
            place.name,
            place.meaning,
            table(place)
        )
        .unwrap();
    }
    assert_page("docs/reference/attributes.md", &page);
}

#[test]
fn the_reference_that_the_macros_include_is_up_to_date() {
    let attributes = Place::all().chunk_by(|_, next| !is_attribute(next));
    for places in attributes {
        let (attribute, nested) = places.split_first().unwrap();
        let mut page = table(attribute);
        for place in nested {
            write!(
                page,
                "\n`{}`: {}\n{}",
                place.name,
                place.meaning,
                table(place)
            )
            .unwrap();
        }
        if page.is_empty() {
            continue;
        }
        let name = attribute
            .name
            .trim_matches(['#', '[', ']'])
            .replace("::", "_");
        assert_page(&format!("macros/src/arguments/{name}.md"), &page);
    }
}

/// Others are arguments themselves.
fn is_attribute(place: &Place) -> bool {
    place.name.ends_with(']')
}

fn table(place: &Place) -> String {
    if place.arguments.is_empty() {
        return String::new();
    }
    let rows: String = place.arguments.iter().map(row).collect();
    format!("\n| argument | what it says |\n|---|---|\n{rows}")
}

fn row(argument: &Described) -> String {
    let required = if argument.is_required {
        " Required."
    } else {
        ""
    };
    format!(
        "| `{}` | {}{required} |\n",
        cell(argument.example),
        cell(argument.meaning)
    )
}
