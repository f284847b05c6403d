//! Where the files and modules of a kind lie, and which kinds can't lie together.
//!
//! An empty group lies in `src/api/<version>/` and `src/controllers/`, any other in `src/api/<group>/<version>/` and
//! `src/controllers/<group>/`.

use std::collections::BTreeMap;
use std::iter;

use myop_model::names::{module_name, type_name};

use crate::project::{Project, Resource};

/// The modules around a kind's below `api`: its group's, unless that is empty, and its version's.
pub(crate) fn api_modules(resource: &Resource) -> Vec<String> {
    let mut modules = controller_modules(resource);
    modules.push(module_name(&resource.version));
    modules
}

/// The modules around a kind's controller below `controllers`: its group's, unless that is empty.
pub(crate) fn controller_modules(resource: &Resource) -> Vec<String> {
    let group = Some(&resource.group).filter(|group| !group.is_empty());
    group.map(|group| module_name(group)).into_iter().collect()
}

/// The file of a version of a kind below `src/api`, without its ending.
pub(crate) fn api(resource: &Resource) -> String {
    with_kind(api_modules(resource), resource).join("/")
}

/// A controller in a project: what it is called, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Controller {
    /// Its name in logs and metrics.
    pub(crate) name: String,
    /// Whether that is what a controller of this kind is called unless it is told otherwise.
    pub(crate) has_default_name: bool,
    /// Its struct.
    pub(crate) type_name: String,
    /// The modules around its own below `controllers`: its kind's group, unless that is empty.
    pub(crate) modules: Vec<String>,
    /// Its own module.
    pub(crate) module: String,
}

/// The controllers of a version of a kind.
pub(crate) fn controllers(resource: &Resource) -> impl Iterator<Item = Controller> {
    let first = resource.controller.then(|| kind_controller(resource));
    let named = resource.controllers.iter();
    first
        .into_iter()
        .chain(named.map(|name| named_controller(resource, name)))
}

/// The controller that is called by its kind.
pub(crate) fn kind_controller(resource: &Resource) -> Controller {
    Controller {
        name: name(resource),
        has_default_name: resource.group.is_empty(),
        type_name: format!("{}Controller", resource.kind),
        modules: controller_modules(resource),
        module: module_name(&resource.kind),
    }
}

/// A further controller of a kind.
pub(crate) fn named_controller(resource: &Resource, name: &str) -> Controller {
    Controller {
        name: name.to_owned(),
        has_default_name: false,
        type_name: format!("{}Controller", type_name(name)),
        modules: controller_modules(resource),
        module: module_name(name),
    }
}

impl Controller {
    /// Its file below `src/controllers`, without its ending.
    pub(crate) fn file(&self) -> String {
        self.path_parts().join("/")
    }

    /// Its test's file below `tests`, without its ending.
    pub(crate) fn test(&self) -> String {
        self.path_parts().join("_")
    }

    /// Its struct below `controllers`: `store::cart::CartController`.
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.path_parts().join("::"), self.type_name)
    }

    /// Whether its module has the name of the one around it.
    pub(crate) fn repeats(&self) -> bool {
        repeats("controllers", self.path_parts())
    }

    fn path_parts(&self) -> Vec<String> {
        let own = iter::once(self.module.clone());
        self.modules.iter().cloned().chain(own).collect()
    }
}

/// How a version of a kind is asked for.
pub(crate) fn flags(group: &str, version: &str, kind: &str) -> String {
    let group = if group.is_empty() { "\"\"" } else { group };
    format!("--group {group} --version {version} --kind {kind}")
}

/// What a kind is called among those of all groups: `cart`, or `store-cart`.
pub(crate) fn name(resource: &Resource) -> String {
    let kind = resource.kind.to_lowercase();
    if resource.group.is_empty() {
        kind
    } else {
        format!("{}-{kind}", resource.group.replace('.', "-"))
    }
}

/// Whether a module of the version of a kind below `api` has the name of the one around it.
pub(crate) fn api_repeats(resource: &Resource) -> bool {
    repeats("api", with_kind(api_modules(resource), resource))
}

/// Whether a module has the name of the one around it.
fn repeats(root: &str, modules: Vec<String>) -> bool {
    let path: Vec<_> = iter::once(root.to_owned()).chain(modules).collect();
    path.windows(2).any(|pair| pair[0] == pair[1])
}

/// The file of a sample below `config/samples`, without its ending.
pub(crate) fn sample(resource: &Resource) -> String {
    let Resource {
        group,
        version,
        kind,
        ..
    } = resource;
    let kind = kind.to_lowercase();
    if group.is_empty() {
        format!("{version}_{kind}")
    } else {
        format!("{group}_{version}_{kind}")
    }
}

fn with_kind(mut modules: Vec<String>, resource: &Resource) -> Vec<String> {
    modules.push(module_name(&resource.kind));
    modules
}

/// A version of a kind can't lie beside those that are there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Collision {
    #[error(
        "kinds {one} and {other} of group {group} differ only in case, which tells neither their resources nor their modules apart"
    )]
    Case {
        one: String,
        other: String,
        group: String,
    },
    #[error("kinds {one} and {other} of group {group} would have the same plural, {plural}")]
    Plural {
        one: String,
        other: String,
        group: String,
        plural: String,
    },
    #[error("all versions of a kind have one scope: {kind} {version} is {}", scope(*.namespaced))]
    Scope {
        kind: String,
        version: String,
        namespaced: bool,
    },
    #[error("all versions of a kind have one plural: that of {kind} {version} is {plural}")]
    Plurals {
        kind: String,
        version: String,
        plural: String,
    },
    #[error("{kind} {version} is there, and {} defines it", if *.is_own { "the project" } else { "another crate" })]
    Origin {
        kind: String,
        version: String,
        is_own: bool,
    },
    #[error("{one} and {other} would both be the Rust module {module}")]
    Module {
        one: String,
        other: String,
        module: String,
    },
}

impl Collision {
    /// The way out.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Case { .. } => "choose another kind",
            Self::Plural { .. } => "choose another plural by --plural",
            Self::Scope { .. } => "leave --namespaced away",
            Self::Plurals { .. } => "leave --plural away",
            Self::Origin { .. } => "a kind is defined in one place: choose another kind or group",
            Self::Module { .. } => "choose another name",
        }
    }
}

/// Whether a version of a kind can lie beside the others of the project.
///
/// # Errors
/// The first collision with what is there.
pub(crate) fn check(project: &Project, new: &Resource) -> Result<(), Collision> {
    for old in project.of_group(&new.api_group()) {
        let (one, other, group) = (old.kind.clone(), new.kind.clone(), new.api_group());
        if old.kind != new.kind && old.kind.eq_ignore_ascii_case(&new.kind) {
            return Err(Collision::Case { one, other, group });
        }
        if old.kind != new.kind && old.plural() == new.plural() {
            return Err(Collision::Plural {
                one,
                other,
                group,
                plural: new.plural(),
            });
        }
    }
    for old in project.of_kind(&new.api_group(), &new.kind) {
        let (kind, version) = (old.kind.clone(), old.version.clone());
        if old.is_own() != new.is_own() {
            return Err(Collision::Origin {
                kind,
                version,
                is_own: old.is_own(),
            });
        }
        if old.api.namespaced != new.api.namespaced {
            return Err(Collision::Scope {
                kind,
                version,
                namespaced: old.api.namespaced,
            });
        }
        if old.plural() != new.plural() {
            return Err(Collision::Plurals {
                kind,
                version,
                plural: old.plural(),
            });
        }
    }
    let others = project.resources.iter().filter(|old| !old.is_same(new));
    check_modules(others.chain([new]))
}

/// Each module has one meaning.
fn check_modules<'a>(resources: impl Iterator<Item = &'a Resource>) -> Result<(), Collision> {
    let mut meanings: BTreeMap<String, String> = BTreeMap::new();
    let mut claim = |module: String, meaning: String| match meanings.get(&module) {
        Some(one) if *one != meaning => Err(Collision::Module {
            one: one.clone(),
            other: meaning,
            module,
        }),
        _ => {
            meanings.insert(module, meaning);
            Ok(())
        }
    };
    for resource in resources {
        let kind = format!("kind {} of group {}", resource.kind, resource.api_group());
        let group = controller_modules(resource).pop();
        let inside = |root: &str| match &group {
            Some(group) => format!("{root}::{group}"),
            None => root.to_owned(),
        };
        let group_claim = format!("group {}", resource.group);
        if resource.is_own() {
            let mut api = inside("api");
            if group.is_some() {
                claim(api.clone(), group_claim.clone())?;
            }
            api = format!("{api}::{}", module_name(&resource.version));
            claim(api.clone(), format!("version {}", resource.version))?;
            claim(
                format!("{api}::{}", module_name(&resource.kind)),
                kind.clone(),
            )?;
        }
        let controllers = inside("controllers");
        if group.is_some() {
            claim(controllers.clone(), group_claim)?;
        }
        // Also where there is no controller yet: one may come.
        let of_kind = format!("{controllers}::{}", module_name(&resource.kind));
        claim(of_kind, format!("the controller of {kind}"))?;
        let first = iter::once(kind_controller(resource));
        let named = resource.controllers.iter();
        for one in first.chain(named.map(|name| named_controller(resource, name))) {
            let meaning = format!("the test of {} of {kind}", one.name);
            claim(format!("tests::{}", one.test()), meaning)?;
        }
        for name in &resource.controllers {
            claim(
                format!("{controllers}::{}", module_name(name)),
                format!("the controller {name}"),
            )?;
        }
    }
    Ok(())
}

/// The word for a scope.
pub(crate) fn scope(namespaced: bool) -> &'static str {
    if namespaced {
        "namespaced"
    } else {
        "cluster-scoped"
    }
}
