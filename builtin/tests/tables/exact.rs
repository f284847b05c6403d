//! The table of built-in types against k8s-openapi and kube themselves.

use std::{fs, path::Path};

use myop_builtin::{Builtin, Scope};

use crate::{linked, list, table};

const STALE: &str = "stale: run `cargo run -p myop-builtin --example tables`, twice";

fn file(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_list_has_every_type_of_the_linked_version() {
    let list = list::written(&list::sources().unwrap()).unwrap();
    assert!(
        list.as_bytes() == file(list::FILE),
        "{} is {STALE}",
        list::FILE
    );
}

#[test]
fn the_table_is_what_the_linked_version_says() {
    let table = table::written(&linked::types()).unwrap();
    assert!(
        table.types.as_bytes() == file("src/types.txt"),
        "types.txt is {STALE}"
    );
    assert!(table.docs == file("src/docs.bin"), "docs.bin is {STALE}");
}

#[test]
fn every_schema_is_what_kube_has_in_a_definition() {
    let types = linked::types();
    assert!(types.len() > 600, "only {} types", types.len());
    for linked in types {
        let compiled = (linked.in_crd)();
        match myop_builtin::schema(linked.path).expect(linked.path) {
            Builtin::Schema(schema) => assert_eq!(schema, compiled, "{}", linked.path),
            Builtin::Recursive => {
                assert!(compiled.to_string().contains("\"$ref\""), "{}", linked.path);
            }
        }
    }
}

#[test]
fn every_kind_is_what_its_type_says() {
    for linked in linked::types() {
        let found = myop_builtin::resource(linked.path);
        assert_eq!(
            found.is_some(),
            linked.resource.is_some(),
            "{}",
            linked.path
        );
        let (Some(found), Some(kind)) = (found, linked.resource) else {
            continue;
        };
        let scope = match found.scope {
            Scope::Cluster => "cluster",
            Scope::Namespace => "namespace",
            Scope::Subresource => "subresource",
        };
        assert_eq!(
            (found.group, found.version, found.kind, found.plural, scope),
            (kind.group, kind.version, kind.kind, kind.plural, kind.scope)
        );
    }
}

#[test]
fn a_path_that_names_no_type_finds_none() {
    for path in [
        "",
        "api",
        "api::core::v1",
        "api::core::v1::Po",
        "api::core::v1::Pod ",
        "zzz",
        " ",
    ] {
        assert_eq!(myop_builtin::schema(path), None, "{path}");
        assert_eq!(myop_builtin::resource(path), None, "{path}");
    }
}
