//! The sets of templates, and what each may speak of.

use include_dir::{Dir, include_dir};
use serde::Serialize;

/// A folder of templates and what they may speak of: the fields of the implementing struct.
pub trait Set: Serialize {
    /// The folder's name.
    const FOLDER: &'static str;
    /// The folder, embedded.
    const TEMPLATES: Dir<'static>;
}

macro_rules! set {
    ($set:ty, $folder:tt, $path:tt) => {
        impl Set for $set {
            const FOLDER: &'static str = $folder;
            const TEMPLATES: Dir<'static> = include_dir!($path);
        }
    };
}

set!(Project, "project", "$CARGO_MANIFEST_DIR/project");
set!(License, "license", "$CARGO_MANIFEST_DIR/license");
set!(Standalone, "standalone", "$CARGO_MANIFEST_DIR/standalone");
set!(Member, "member", "$CARGO_MANIFEST_DIR/member");
set!(Patch, "patch", "$CARGO_MANIFEST_DIR/patch");
set!(Api, "api", "$CARGO_MANIFEST_DIR/api");
set!(Controller, "controller", "$CARGO_MANIFEST_DIR/controller");
set!(Observer, "observer", "$CARGO_MANIFEST_DIR/observer");
set!(Lists, "lists", "$CARGO_MANIFEST_DIR/lists");
set!(Exercise, "exercise", "$CARGO_MANIFEST_DIR/exercise");

/// What every project has.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Project {
    /// The project's name, which is its package's.
    pub name: String,
    /// Its library's name in Rust.
    pub library: String,
    /// The domain of its groups.
    pub domain: String,
    /// Whether the domain by itself is a group.
    pub domain_is_group: bool,
    /// Whether the operator works in its own namespace only.
    pub namespaced: bool,
    /// For a member of a cargo workspace: its folder in there.
    pub workspace: Option<String>,
    /// The licence's name in SPDX.
    pub license: Option<String>,
}

/// The text of a project's licence.
#[derive(Debug, Clone, Default, Serialize)]
pub struct License {
    /// Its name in SPDX.
    pub license: String,
    /// Whose work it is.
    pub holder: String,
}

/// What a project has besides as a repository of its own.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Standalone {}

/// What a project has besides as a member of a cargo workspace.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Member {}

/// Where cargo finds myop while no registry has it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Patch {
    /// The folder of the crate `myop`, as a TOML string.
    pub runtime: String,
}

/// A version of a kind: its type and a sample.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Api {
    /// The whole API group: `shop.example.com`.
    pub api_group: String,
    /// The version.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// The plural, where it does not follow from the kind.
    pub plural: Option<String>,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// Whether the API server stores this version.
    pub stored: bool,
    /// The folder of the version below `src/api`: `v1` or `shop/v1`.
    pub folder: String,
    /// The kind's module.
    pub module: String,
    /// The sample's file name without its ending.
    pub sample: String,
    /// What the kind is called among those of all groups: `cart` or `shop-cart`.
    pub name: String,
}

/// A controller and its test.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Controller {
    /// The whole API group of the kind.
    pub api_group: String,
    /// The kind.
    pub kind: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Whether the operator works in its own namespace only.
    pub in_one_namespace: bool,
    /// The kind's module.
    pub module: String,
    /// The module of the kind's version below `api`: `v1` or `shop::v1`.
    pub api_module: String,
    /// The controller's file below `src/controllers` without its ending: `cart` or `shop/cart`.
    pub controller: String,
    /// The test's file below `tests` without its ending.
    pub test: String,
    /// The project's library in Rust.
    pub library: String,
    /// The controller's name, where it does not follow from the kind.
    pub name: Option<String>,
}

/// A controller for a kind that somebody else defines or that has another one, and its test.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question that the templates ask"
)]
pub struct Observer {
    /// The kind.
    pub kind: String,
    /// What the controller imports besides `Arc`, in groups.
    pub imports: Vec<Vec<String>>,
    /// What the test imports.
    pub test_imports: Vec<String>,
    /// Whether another crate defines the kind, so that the test has to install its CRD.
    pub is_external: bool,
    /// The controller's struct.
    pub type_name: String,
    /// Whether its objects have a generation.
    pub has_generation: bool,
    /// Whether they may have a status that somebody else keeps.
    pub has_status: bool,
    /// Whether the operator works in its own namespace only.
    pub in_one_namespace: bool,
    /// The controller's file below `src/controllers` without its ending.
    pub controller: String,
    /// The test's file below `tests` without its ending.
    pub test: String,
    /// The project's library in Rust.
    pub library: String,
    /// The controller's name.
    pub name: String,
}

/// What is written anew whenever a kind is added.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Lists {
    /// The versions of the empty group.
    pub versions: Vec<Version>,
    /// All other groups.
    pub groups: Vec<Group>,
    /// The path of each version of each kind below `api`.
    pub kinds: Vec<String>,
    /// The modules of the controllers of the empty group.
    pub controller_modules: Vec<String>,
    /// The controllers of all other groups.
    pub controller_groups: Vec<GroupedControllers>,
    /// The path of each controller below `controllers`.
    pub controllers: Vec<String>,
    /// The file of each sample.
    pub samples: Vec<String>,
    /// Whether a module below `api` has the name of the module around it, which clippy finds odd.
    pub api_repeats: bool,
    /// Whether a module below `controllers` has the name of the module around it.
    pub controllers_repeat: bool,
}

/// The kinds of a group.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Group {
    /// The group, as its creator gave it.
    pub name: String,
    /// Its module.
    pub module: String,
    /// Its versions.
    pub versions: Vec<Version>,
}

/// The kinds of a version of a group.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Version {
    /// The version.
    pub name: String,
    /// Its module.
    pub module: String,
    /// Its kinds.
    pub kinds: Vec<Kind>,
}

/// A kind in such a list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Kind {
    /// The kind, which is its type's name.
    pub name: String,
    /// Its module.
    pub module: String,
}

/// The controllers of a group.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GroupedControllers {
    /// The group, as its creator gave it.
    pub name: String,
    /// Its module.
    pub module: String,
    /// The modules of its controllers.
    pub modules: Vec<String>,
}

/// What the author of the MyApp operator wrote: links to generated-example, of which a package holds the texts.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Exercise {}
