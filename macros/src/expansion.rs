//! Snapshots of what the macros write, for each file in `tests/inputs`.
//!
//! `CASE=own_serde cargo test -p myop-macros` runs a single one; insta shows what changed.

use std::env;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Item, Meta};

#[test]
fn what_is_written_for_right_inputs() {
    assert_expansions("pass");
}

#[test]
fn what_is_written_beside_errors() {
    assert_expansions("fail");
}

fn assert_expansions(folder: &str) {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/inputs")
        .join(folder);
    let wanted = env::var("CASE").ok();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(inputs.join("expansions"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = 0;
    for entry in inputs.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let case = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "rs")
            || wanted.as_ref().is_some_and(|one| *one != case)
        {
            continue;
        }
        seen += 1;
        let written = expand(&std::fs::read_to_string(&path).unwrap());
        settings.bind(|| insta::assert_snapshot!(case, written));
    }
    assert!(
        seen > 0 || wanted.is_some(),
        "no inputs in {}",
        inputs.display()
    );
}

/// What our macros write for the items of a file; items without them are left out.
fn expand(source: &str) -> String {
    let file = syn::parse_file(source).unwrap();
    let written: TokenStream = file.items.into_iter().filter_map(expand_item).collect();
    let text = prettyplease::unparse(&syn::parse2(written).unwrap());
    assert!(!text.is_empty(), "no item with a macro");
    text
}

fn expand_item(mut item: Item) -> Option<TokenStream> {
    let attributes = attributes(&mut item)?;
    let position = attributes.iter().position(is_ours)?;
    let attribute = attributes.remove(position);
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let item = item.into_token_stream();
    Some(
        match attribute.path().segments.last()?.ident.to_string().as_str() {
            "resource" => crate::resource::expand(arguments, item),
            "status" => crate::status::expand(arguments, item),
            "schema" => crate::schema::expand(arguments, item),
            "derive" => crate::controller::expand(item),
            _ => crate::test::expand(arguments, &item),
        },
    )
}

fn attributes(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    match item {
        Item::Enum(item) => Some(&mut item.attrs),
        Item::Fn(item) => Some(&mut item.attrs),
        Item::Struct(item) => Some(&mut item.attrs),
        _ => None,
    }
}

fn is_ours(attribute: &Attribute) -> bool {
    let path = attribute.path().to_token_stream().to_string();
    match path.as_str() {
        "resource" | "status" | "schema" | "myop :: test" => true,
        "derive" => attribute
            .meta
            .to_token_stream()
            .to_string()
            .contains("Controller"),
        _ => false,
    }
}
