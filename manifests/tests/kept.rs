//! What is kept of a reading never changes what the next one says.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod folder;

use std::fs;
use std::path::Path;

use myop_manifests::{
    CrdFile, Definitions, Descriptions, Features, Kept, Reading, read_again, read_sources,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use folder::{Files, fill, put};

/// The files of a crate, and of one that it depends on: what they can have in them, the first at the beginning, or that they
/// are not there.
const FILES: &Files = &[
    (
        "Cargo.toml",
        &[
            Some(concat!(
                "[package]\nname = \"shop\"\n[features]\nextra = []\n",
                "[dependencies]\nkube = \"5\"\nschemars = \"1\"\nserde = \"1\"\ntypes = { path = \"types\" }\n",
            )),
            Some(concat!(
                "[package]\nname = \"shop\"\n[features]\ndefault = [\"extra\"]\nextra = []\n",
                "[dependencies]\nkube = \"5\"\nschemars = \"1\"\nserde = \"1\"\ntypes = { path = \"types\" }\n",
            )),
            Some(concat!(
                "[package]\nname = \"shop\"\n[lib]\npath = \"src/other.rs\"\n",
                "[dependencies]\nkube = \"5\"\nschemars = \"1\"\nserde = \"1\"\ntypes = { path = \"types\" }\n",
            )),
        ],
    ),
    (
        "src/lib.rs",
        &[
            Some("mod cart; mod order; pub mod shared; mod unused;"),
            Some("mod cart; mod order; pub mod shared;"),
            Some("mod cart; pub mod shared; mod unused;"),
            Some("mod cart; #[cfg(feature = \"extra\")] mod order; pub mod shared; mod unused;"),
            Some("mod cart; mod order; #[path = \"other.rs\"] pub mod shared; mod unused;"),
            Some("mod order; mod cart; pub mod shared; mod unused; pub struct Port(u8);"),
        ],
    ),
    (
        "src/main.rs",
        &[
            None,
            Some("mod cart; mod shared; fn main() {}"),
            Some("fn main() {}"),
        ],
    ),
    (
        "src/cart.rs",
        &[
            Some(concat!(
                "use crate::shared::Port;\n",
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Cart\")]\n",
                "pub struct CartSpec { port: Port, to: types::Address }\n",
            )),
            Some(concat!(
                "use crate::shared::*;\n",
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Cart\", shortname = \"c\")]\n",
                "pub struct CartSpec { ports: Vec<Port>, more: String }\n",
                "#[derive(schemars::JsonSchema)] pub struct Line { count: u8 }\n",
            )),
            // Two kinds in one file, of which one is made of another.
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Cart\")]\n",
                "pub struct CartSpec { port: crate::shared::Port }\n",
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Basket\")]\n",
                "pub struct BasketSpec { count: u8 }\n",
            )),
            Some("pub struct CartSpec;"),
            Some("pub struct CartSpec {"),
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Cart\")]\n",
                "pub struct CartSpec { #[serde(default = \"computed\")] at: String }\n",
                "fn computed() -> String { std::env::var(\"AT\").unwrap() }\n",
            )),
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Cart\")]\n",
                "pub struct CartSpec { #[schemars(extend(\"x-kubernetes-list-typ\" = \"set\"))] all: Vec<String> }\n",
            )),
        ],
    ),
    (
        "src/order.rs",
        &[
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Order\")]\n",
                "#[doc = include_str!(\"order.md\")]\n",
                "pub struct OrderSpec { count: u8 }\n",
            )),
            // Another version of a kind that lies elsewhere.
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v2\", kind = \"Cart\", storage = false)]\n",
                "pub struct CartSpec { count: u8, port: super::shared::Port }\n",
            )),
            // A name that is taken.
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Order\", plural = \"carts\")]\n",
                "pub struct OrderSpec { count: u8 }\n",
            )),
            Some(concat!(
                "mod line;\n",
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Order\")]\n",
                "pub struct OrderSpec { lines: Vec<line::Line> }\n",
            )),
            None,
        ],
    ),
    (
        "src/order/mod.rs",
        &[
            None,
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Order\")]\n",
                "pub struct OrderSpec { from_a_folder: bool }\n",
            )),
        ],
    ),
    (
        "src/order/line.rs",
        &[
            Some("#[derive(schemars::JsonSchema)] pub struct Line { count: u8 }"),
            Some("pub use crate::cart::Line;"),
        ],
    ),
    (
        "src/order.md",
        &[Some("What somebody has ordered."), Some("An order."), None],
    ),
    (
        "src/shared.rs",
        &[
            Some("#[derive(schemars::JsonSchema)] pub struct Port { number: u16 }"),
            Some(
                "#[derive(schemars::JsonSchema)] pub struct Port { number: u32, name: Option<String> }",
            ),
            Some("pub use types::Port;"),
            Some("pub use crate::Port;"),
            Some("pub use crate::unused::*;"),
        ],
    ),
    (
        "src/other.rs",
        &[Some(concat!(
            "#[derive(schemars::JsonSchema)] pub struct Port { other: bool }\n",
            "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
            "#[kube(group = \"example.com\", version = \"v1\", kind = \"Other\")]\n",
            "pub struct OtherSpec { port: Port }\n",
        ))],
    ),
    (
        "src/unused.rs",
        &[
            Some("pub const UNUSED: u8 = 1;"),
            Some("#[derive(schemars::JsonSchema)] pub struct Port { unused: u16 }"),
            Some(concat!(
                "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Unused\")]\n",
                "pub struct UnusedSpec { port: crate::shared::Port }\n",
            )),
        ],
    ),
    (
        "types/Cargo.toml",
        &[
            Some("[package]\nname = \"types\"\n[dependencies]\nschemars = \"1\"\n"),
            Some(
                "[package]\nname = \"types\"\n[features]\ndefault = [\"long\"]\nlong = []\n[dependencies]\nschemars = \"1\"\n",
            ),
            None,
        ],
    ),
    (
        "types/src/lib.rs",
        &[
            Some(
                "mod address; pub use address::Address; #[derive(schemars::JsonSchema)] pub struct Port(u16);",
            ),
            Some("mod address; pub use address::Address;"),
        ],
    ),
    (
        "types/src/address.rs",
        &[
            Some("#[derive(schemars::JsonSchema)] pub struct Address { street: String }"),
            Some(concat!(
                "#[derive(schemars::JsonSchema)]\n",
                "pub struct Address { street: String, #[cfg(feature = \"long\")] country: String }\n",
            )),
        ],
    ),
];

/// What a reading comes to: its files, or all that is wrong.
type Outcome = Result<Vec<(String, String)>, String>;

fn crate_in(folder: &Path) {
    fill(folder, FILES);
}

/// What a reading comes to, and what is kept of it.
fn outcome(mut reading: Reading) -> (Outcome, Kept) {
    let mut wrong: Vec<_> = reading
        .mistakes
        .iter()
        .map(|(place, error)| format!("{place}: {error}"))
        .collect();
    let mut read = Vec::new();
    for kind in std::mem::take(&mut reading.kinds) {
        match kind.definition {
            Ok(definition) => read.push(definition),
            Err(unread) => wrong.push(unread.to_string()),
        }
    }
    if !wrong.is_empty() {
        return (Err(wrong.join("\n")), Kept::default());
    }
    let merged = Definitions::merge(read, Descriptions::Full).and_then(|definitions| {
        let new = definitions.crd_files();
        CrdFile::check_names(new.iter().chain(reading.basis.unchanged()))?;
        Ok(new)
    });
    match merged {
        Err(error) => (Err(error.to_string()), Kept::default()),
        Ok(new) => {
            let kept = reading.basis.keep(new);
            let files = kept.crd_files();
            let files = files.map(|file| (file.name(), file.text("shop")));
            (Ok(files.collect()), kept)
        }
    }
}

/// Reads with what is kept and without it: what both come to, and what is kept then. What could not be read leaves what was
/// kept as it was.
fn both(folder: &Path, kept: Kept) -> (Outcome, Outcome, Kept) {
    let features = Features::default();
    let whole = match read_sources(folder, &features) {
        Ok(reading) => outcome(reading).0,
        Err(error) => Err(error.to_string()),
    };
    let (again, now_kept) = match read_again(folder, &features, kept.clone()) {
        Ok(reading) => outcome(reading),
        Err(error) => (Err(error.to_string()), Kept::default()),
    };
    let kept = if again.is_ok() { now_kept } else { kept };
    (whole, again, kept)
}

/// How many kinds a reading reads.
fn read(folder: &Path, kept: &Kept) -> usize {
    let reading = read_again(folder, &Features::default(), kept.clone());
    reading.unwrap().kinds.len()
}

#[test]
fn what_has_changed_is_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    crate_in(folder);
    let (.., kept) = both(folder, Kept::default());
    assert_eq!(read(folder, &Kept::default()), 2);
    assert_eq!(read(folder, &kept), 0);
    for (path, more, kinds) in [
        ("src/unused.rs", "// more", 0),
        ("src/order.md", "more", 1),
        ("src/order.rs", "// more", 1),
        ("src/shared.rs", "// more", 1),
        ("types/src/address.rs", "// more", 1),
        ("src/lib.rs", "// more", 1),
        ("src/lib.rs", "mod more {}", 1),
        ("Cargo.toml", "[package.metadata.docs]", 0),
        ("Cargo.toml", "[features]\nmore = []", 2),
    ] {
        let before = fs::read_to_string(folder.join(path)).unwrap();
        let after = match more.strip_prefix("[features]") {
            Some(more) => before.replace("[features]", &format!("[features]{more}")),
            None => format!("{before}\n{more}\n"),
        };
        put(folder, (path, Some(&after)));
        assert_eq!(read(folder, &kept), kinds, "{path} with {more}");
        put(folder, (path, Some(&before)));
    }
}

#[test]
fn a_kind_is_read_again_with_those_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    crate_in(folder);
    let (path, texts) = FILES
        .iter()
        .find(|(path, _)| *path == "src/cart.rs")
        .unwrap();
    let of_two_kinds = texts.iter().flatten().find(|text| text.contains("Basket"));
    put(folder, (path, of_two_kinds.copied()));
    let (.., kept) = both(folder, Kept::default());
    assert_eq!(read(folder, &Kept::default()), 3);
    put(folder, ("src/shared.rs", Some("pub use types::Port;")));
    assert_eq!(read(folder, &kept), 2);
}

/// A file that is a module of the library, further down, and of a program.
#[test]
fn what_a_file_has_counts_for_the_library_in_every_reading() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let of = |path: &str| FILES.iter().find(|(known, _)| *known == path).unwrap().1[0];
    put(folder, ("Cargo.toml", of("Cargo.toml")));
    put(folder, ("types/Cargo.toml", of("types/Cargo.toml")));
    put(folder, ("types/src/lib.rs", of("types/src/lib.rs")));
    put(folder, ("types/src/address.rs", of("types/src/address.rs")));
    put(folder, ("src/shared.rs", of("src/shared.rs")));
    put(folder, ("src/other.rs", of("src/other.rs")));
    put(folder, ("src/cart.rs", of("src/cart.rs")));
    let api =
        "#[path = \"cart.rs\"] pub mod cart; #[derive(schemars::JsonSchema)] pub struct T(u8);";
    put(folder, ("src/api.rs", Some(api)));
    let lib = concat!(
        "pub mod api; pub mod shared;\n",
        "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
        "#[kube(group = \"example.com\", version = \"v1\", kind = \"First\")]\n",
        "pub struct FirstSpec { t: crate::api::T }\n",
    );
    put(folder, ("src/lib.rs", Some(lib)));
    let main = "mod cart; #[path = \"other.rs\"] mod shared; fn main() {}";
    put(folder, ("src/main.rs", Some(main)));
    let (before, .., kept) = both(folder, Kept::default());
    let cart = of("src/cart.rs").unwrap();
    put(folder, ("src/cart.rs", Some(&format!("{cart}// more\n"))));
    assert_eq!(read(folder, &kept), 1);
    let (whole, again, _) = both(folder, kept);
    assert_eq!(whole, again);
    assert_eq!(whole, before);
    assert!(whole.is_ok());
}

#[test]
fn of_two_files_that_cannot_be_read_the_same_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    crate_in(folder);
    let order = concat!(
        "#[derive(kube::CustomResource, schemars::JsonSchema)]\n",
        "#[kube(group = \"example.com\", version = \"v1\", kind = \"Order\")]\n",
        "pub struct OrderSpec { count: u8 }\n",
    );
    put(folder, ("src/order.rs", None));
    put(folder, ("src/order/mod.rs", Some(order)));
    let lib = "mod order; mod cart; pub mod shared; mod unused;";
    put(folder, ("src/lib.rs", Some(lib)));
    let (.., kept) = both(folder, Kept::default());
    put(folder, ("src/cart.rs", Some("pub struct CartSpec {")));
    put(folder, ("src/order/mod.rs", None));
    let (whole, again, _) = both(folder, kept);
    assert!(whole.is_err());
    assert_eq!(whole, again);
}

#[test]
fn what_is_not_whole_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    crate_in(folder);
    let kept = read_sources(folder, &Features::default())
        .unwrap()
        .basis
        .keep(Vec::new());
    assert_eq!(read(folder, &kept), 2);
    let reading = read_again(folder, &Features::default(), kept).unwrap();
    assert_eq!(reading.basis.unchanged().count(), 0);
}

#[test]
fn what_is_kept_is_itself_as_text() {
    let folder = tempfile::tempdir().unwrap();
    crate_in(folder.path());
    let (.., kept) = both(folder.path(), Kept::default());
    let text = kept.text();
    assert_eq!(Kept::read(&text), Some(kept));
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert_eq!(Kept::read(&text[..end]), None);
    }
    assert_eq!(Kept::read(&(text + "more")), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_edit_comes_to_what_a_whole_reading_comes_to(
        edits in prop::collection::vec((select(FILES), any::<Index>()), 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        crate_in(folder);
        let (.., mut kept) = both(folder, Kept::default());
        for ((path, texts), index) in edits {
            put(folder, (path, *index.get(texts)));
            let (whole, again, now) = both(folder, kept);
            prop_assert_eq!(whole, again, "after {}", path);
            kept = now;
        }
    }
}
