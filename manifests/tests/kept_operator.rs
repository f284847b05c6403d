//! What is kept of an operator's declarations never changes what the next reading says.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod folder;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use myop_manifests::{
    CrdFile, Declared, Definitions, Descriptions, Kept, Operator, Project, read_operator,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use folder::{Files, fill, put};

const CARTS: &str = concat!(
    "use crate::shared::Port;\n",
    "#[myop::resource(group = \"example.com\", version = \"v1\", kind = \"Cart\")]\n",
    "pub struct CartSpec { port: Port }\n",
);
const CONTROLLER: &str = concat!(
    "use crate::api::v1::Cart;\n",
    "use k8s_openapi::api::core::v1::ConfigMap;\n",
    "#[derive(myop::Controller)]\n",
    "#[controller(reconciles = Cart, owns(ConfigMap))]\n",
    "pub struct CartController;\n",
);

/// The files of an operator: what they can have in them, the first at the beginning, or that they are not there.
const FILES: &Files = &[
    (
        "Cargo.toml",
        &[
            Some(concat!(
                "[package]\nname = \"shop\"\n",
                "[dependencies]\nk8s-openapi = \"0.29\"\nkube = \"5\"\nmyop = \"0.1\"\nschemars = \"1\"\nserde = \"1\"\n",
            )),
            Some(concat!(
                "[package]\nname = \"shop\"\n[features]\nextra = []\ndefault = [\"extra\"]\n",
                "[dependencies]\nk8s-openapi = \"0.29\"\nkube = \"5\"\nmyop = \"0.1\"\nschemars = \"1\"\nserde = \"1\"\n",
            )),
        ],
    ),
    (
        "src/lib.rs",
        &[
            Some(concat!(
                "pub mod api; pub mod controllers; mod shared;\n",
                "pub fn manager() -> myop::Manager { controllers::register(myop::Manager::new(\"shop\", api::kinds())) }\n",
            )),
            Some(concat!(
                "pub mod api; pub mod controllers; mod shared; mod more;\n",
                "pub fn manager() -> myop::Manager { controllers::register(myop::Manager::new(\"shop\", api::kinds())) }\n",
            )),
            Some(
                "pub mod api; pub mod controllers; mod shared; pub fn manager() -> myop::Manager { other() }\n",
            ),
        ],
    ),
    (
        "src/more.rs",
        &[Some("pub struct More;"), Some("pub struct {"), None],
    ),
    (
        "src/api/mod.rs",
        &[
            Some(concat!(
                "pub mod v1 { pub mod cart; pub use self::cart::Cart; pub mod order; pub use self::order::Order; }\n",
                "pub fn kinds() -> Vec<Crd> { vec![v1::Cart::crd(), v1::Order::crd()] }\n",
            )),
            Some(concat!(
                "pub mod v1 { pub mod cart; pub use self::cart::Cart; pub mod order; pub use self::order::Order; }\n",
                "pub fn kinds() -> Vec<Crd> { vec![v1::Cart::crd()] }\n",
            )),
            Some(concat!(
                "pub mod v1 { pub mod cart; pub use self::cart::Cart; pub mod order; pub use self::order::Order; }\n",
                "pub mod v2 { pub mod cart; pub use self::cart::Cart; }\n",
                "pub fn kinds() -> Vec<Crd> { vec![v2::Cart::crd(), v1::Order::crd(), v1::Cart::crd()] }\n",
            )),
            Some(concat!(
                "pub mod v1 { pub mod cart; pub mod order; pub use self::cart::*; pub use self::order::*; }\n",
                "pub fn kinds() -> Vec<Crd> { vec![v1::Cart::crd(), v1::Order::crd()] }\n",
            )),
        ],
    ),
    (
        "src/api/v1/cart.rs",
        &[
            Some(CARTS),
            Some(concat!(
                "use crate::shared::*;\n",
                "#[myop::resource(group = \"example.com\", version = \"v1\", kind = \"Cart\", namespaced, storage = false)]\n",
                "pub struct CartSpec { ports: Vec<Port> }\n",
                "#[derive(schemars::JsonSchema)] pub struct Line { count: u8 }\n",
            )),
            Some(concat!(
                "#[myop::resource(group = \"example.com\", version = \"v1\", kind = \"Cart\", plural = \"orders\")]\n",
                "pub struct CartSpec { count: u8 }\n",
            )),
            Some(concat!(
                "pub use super::order::Order;\n",
                "#[myop::resource(group = \"example.com\", version = \"v1\", kind = \"Cart\")]\n",
                "pub struct CartSpec { #[serde(default = \"computed\")] at: String }\n",
                "fn computed() -> String { std::env::var(\"AT\").unwrap() }\n",
            )),
            Some("#[myop::resource(grop = \"example.com\")] pub struct CartSpec { at: String }\n"),
        ],
    ),
    (
        "src/api/v1/order.rs",
        &[
            Some(concat!(
                "#[doc = include_str!(\"order.md\")]\n",
                "#[myop::resource(group = \"example.com\", version = \"v1\", kind = \"Order\")]\n",
                "pub struct OrderSpec { count: u8 }\n",
            )),
            Some(concat!(
                "use super::cart::Line;\n",
                "#[myop::resource(group = \"example.com\", version = \"v1\", kind = \"Order\", status = OrderStatus)]\n",
                "pub struct OrderSpec { lines: Vec<Line> }\n",
                "#[myop::status] pub struct OrderStatus { ready: bool }\n",
            )),
            // Another version of a kind that lies elsewhere.
            Some(concat!(
                "#[myop::resource(group = \"example.com\", version = \"v3\", kind = \"Cart\", storage = false)]\n",
                "pub struct OrderSpec { count: u8 }\n",
                "pub use self::Cart as Order;\n",
            )),
            Some(concat!(
                "#[myop::resource(group = \"shop.example.com\", version = \"v1\", kind = \"Order\")]\n",
                "pub struct OrderSpec { count: u8 }\n",
            )),
        ],
    ),
    (
        "src/api/v1/order.md",
        &[Some("What somebody has ordered."), Some("An order."), None],
    ),
    (
        "src/api/v2/cart.rs",
        &[
            Some(concat!(
                "#[myop::resource(group = \"example.com\", version = \"v2\", kind = \"Cart\", storage = false)]\n",
                "pub struct CartSpec { port: crate::shared::Port }\n",
            )),
            Some(concat!(
                "#[myop::resource(group = \"example.com\", version = \"v2\", kind = \"Cart\")]\n",
                "pub struct CartSpec { count: u8 }\n",
            )),
        ],
    ),
    (
        "src/controllers/mod.rs",
        &[
            Some(concat!(
                "pub mod cart; pub mod order;\n",
                "pub fn register(manager: Manager) -> Manager {\n",
                "    manager.controller::<cart::CartController>().controller::<order::OrderController>()\n}\n",
            )),
            Some(concat!(
                "pub mod cart; pub mod order;\n",
                "pub fn register(manager: Manager) -> Manager {\n",
                "    manager.controller::<order::OrderController>().controller::<cart::CartController>()\n}\n",
            )),
            Some(concat!(
                "pub mod cart; pub mod order;\n",
                "pub fn register(manager: Manager) -> Manager { manager.controller::<cart::CartController>() }\n",
            )),
        ],
    ),
    (
        "src/controllers/cart.rs",
        &[
            Some(CONTROLLER),
            Some(concat!(
                "use crate::api::v1::*;\n",
                "use crate::shared::Owned;\n",
                "#[derive(myop::Controller)]\n",
                "#[controller(reconciles = Cart, owns(Owned), reads(Order))]\n",
                "pub struct CartController;\n",
            )),
            Some(
                "#[derive(myop::Controller)] #[controller(reconcile = Cart)] pub struct CartController;\n",
            ),
            Some("pub struct CartController;\n"),
        ],
    ),
    (
        "src/controllers/order.rs",
        &[
            Some(concat!(
                "#[derive(myop::Controller)]\n",
                "#[controller(reconciles = crate::api::v1::Order, finalizer = \"example.com/order\")]\n",
                "pub struct OrderController;\n",
            )),
            Some(concat!(
                "mod helper;\n",
                "#[derive(myop::Controller)]\n",
                "#[controller(name = \"cart\", reconciles = crate::api::v1::Order)]\n",
                "pub struct OrderController;\n",
            )),
        ],
    ),
    (
        "src/controllers/order/helper.rs",
        &[Some("pub fn help() {}"), None],
    ),
    (
        "src/shared.rs",
        &[
            Some(concat!(
                "#[derive(schemars::JsonSchema)] pub struct Port { number: u16 }\n",
                "pub use k8s_openapi::api::apps::v1::Deployment as Owned;\n",
            )),
            Some(concat!(
                "#[derive(schemars::JsonSchema)] pub struct Port { number: u32, name: Option<String> }\n",
                "pub use k8s_openapi::api::core::v1::Secret as Owned;\n",
            )),
            Some("pub use crate::more::Port;\n"),
        ],
    ),
];

/// What a reading comes to: its files, or all that is wrong.
type Outcome = Result<BTreeMap<String, String>, String>;

fn operator_in(folder: &Path) {
    fill(folder, FILES);
}

/// What a reading comes to, and what is kept of it.
fn outcome(declared: Declared) -> Result<(BTreeMap<String, String>, Kept), String> {
    let mistakes = declared.mistakes.iter();
    let wrong: Vec<_> = mistakes
        .map(|(place, error)| format!("{place}: {error}"))
        .collect();
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    let facts = declared.facts.map_err(|unread| unread.to_string())?;
    let definitions = Definitions::merge(facts.crds, Descriptions::Full);
    let new = definitions.map_err(|error| error.to_string())?.crd_files();
    CrdFile::check_names(new.iter().chain(declared.basis.unchanged()))
        .map_err(|error| error.to_string())?;
    let kept = declared.basis.keep(new);
    let operator = Operator {
        name: &facts.name,
        controllers: &facts.controllers,
        crds: kept.crd_files().collect(),
    };
    let project = Project {
        domain: "example.com",
        namespaced: true,
        descriptions: Descriptions::Full,
    };
    let mut files = operator.files(&project);
    let order = facts.controllers.iter().map(|one| one.name.as_str());
    let order: Vec<_> = order.collect();
    files.insert("controllers".to_owned(), order.join(" "));
    let versions = kept.crd_files().map(|file| file.versions.join(" "));
    let versions: Vec<_> = versions.collect();
    files.insert("versions".to_owned(), versions.join("\n"));
    Ok((files, kept))
}

/// Reads with what is kept and without it: what both come to, and what is kept then. What could not be read leaves what was
/// kept as it was.
fn both(folder: &Path, kept: Kept) -> (Outcome, Outcome, Kept) {
    let read = |kept| {
        let declared = read_operator(folder, kept);
        declared
            .map_err(|error| error.to_string())
            .and_then(outcome)
    };
    let whole = read(Kept::default()).map(|(files, _)| files);
    match read(kept.clone()) {
        Ok((files, kept)) => (whole, Ok(files), kept),
        Err(error) => (whole, Err(error), kept),
    }
}

/// How many kinds a reading reads, and whether there is something to keep then.
fn read(folder: &Path, kept: &Kept) -> (usize, bool) {
    let declared = read_operator(folder, kept.clone()).unwrap();
    (declared.facts.unwrap().crds.len(), declared.basis.is_new())
}

#[test]
fn what_has_changed_is_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    operator_in(folder);
    let (.., kept) = both(folder, Kept::default());
    assert_eq!(read(folder, &Kept::default()), (2, true));
    assert_eq!(read(folder, &kept), (0, false));
    for (path, more, kinds) in [
        ("src/controllers/cart.rs", "// more", 0),
        ("src/api/v1/order.md", "more", 1),
        ("src/api/v1/order.rs", "// more", 1),
        ("src/shared.rs", "// more", 1),
        ("src/api/mod.rs", "// more", 2),
        ("src/lib.rs", "// more", 2),
        ("Cargo.toml", "[package.metadata.docs]", 0),
    ] {
        let before = fs::read_to_string(folder.join(path)).unwrap();
        put(folder, (path, Some(&format!("{before}\n{more}\n"))));
        assert_eq!(read(folder, &kept).0, kinds, "{path} with {more}");
        put(folder, (path, Some(&before)));
    }
}

#[test]
fn the_access_of_a_controller_follows_its_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    operator_in(folder);
    let (before, _, kept) = both(folder, Kept::default());
    let in_namespaces = CARTS.replace("kind = ", "namespaced, kind = ");
    put(folder, ("src/api/v1/cart.rs", Some(&in_namespaces)));
    let (whole, again, _) = both(folder, kept);
    assert_eq!(whole, again);
    let role = |files: Outcome| files.unwrap()["config/rbac/role.yaml"].clone();
    assert_ne!(role(before), role(again));
}

#[test]
fn a_version_joins_what_stands() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    operator_in(folder);
    let (.., kept) = both(folder, Kept::default());
    let mut orders = FILES.iter().filter(|(path, _)| path.ends_with("order.rs"));
    let texts = orders.next().unwrap().1;
    let another = texts.iter().flatten().find(|text| text.contains("v3"));
    put(folder, ("src/api/v1/order.rs", another.copied()));
    let (whole, again, _) = both(folder, kept);
    assert_eq!(whole, again);
    assert_eq!(whole.unwrap()["versions"], "v3 v1");
}

#[test]
fn what_is_kept_is_itself_as_text() {
    let folder = tempfile::tempdir().unwrap();
    operator_in(folder.path());
    let (.., kept) = both(folder.path(), Kept::default());
    assert_eq!(Kept::read(&kept.text()), Some(kept));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    /// An author who made a mistake mends it most of the time.
    #[test]
    fn every_edit_comes_to_what_a_whole_reading_comes_to(
        edits in prop::collection::vec((select(FILES), any::<Index>(), prop::bool::weighted(0.8)), 1..30),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        operator_in(folder);
        let (.., mut kept) = both(folder, Kept::default());
        for ((path, texts), index, mends) in edits {
            let before = fs::read_to_string(folder.join(path)).ok();
            for text in [*index.get(texts), before.as_deref()] {
                put(folder, (path, text));
                let (whole, again, now) = both(folder, kept);
                let is_settled = whole.is_ok() || !mends;
                prop_assert_eq!(whole, again, "after {}", path);
                kept = now;
                if is_settled {
                    break;
                }
            }
        }
    }
}
