//! Where the files and modules of a kind lie, and which kinds can't lie together.
//!
//! An empty group lies in `src/api/<version>/` and `src/controllers/`, any other in `src/api/<group>/<version>/` and
//! `src/controllers/<group>/`.

use std::collections::BTreeMap;
use std::iter;

use myop_model::names::module_name;

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

/// The file of a kind's controller below `src/controllers`, without its ending.
pub(crate) fn controller(resource: &Resource) -> String {
    with_kind(controller_modules(resource), resource).join("/")
}

/// The file of a controller's test below `tests`, without its ending.
pub(crate) fn test(resource: &Resource) -> String {
    with_kind(controller_modules(resource), resource).join("_")
}

/// What a kind is called among those of all groups: `cart`, or `store-cart`. Its controller has this name.
pub(crate) fn name(resource: &Resource) -> String {
    let kind = resource.kind.to_lowercase();
    if resource.group.is_empty() {
        kind
    } else {
        format!("{}-{kind}", resource.group.replace('.', "-"))
    }
}

/// Whether a module has the name of the one around it, below `root` and these others.
pub(crate) fn repeats(root: &str, modules: Vec<String>, resource: &Resource) -> bool {
    let path: Vec<_> = iter::once(root.to_owned())
        .chain(with_kind(modules, resource))
        .collect();
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
    #[error(
        "kinds {one} and {other} of group {group} would have the same plural, {plural}: choose another by --plural"
    )]
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
    #[error("{one} and {other} would both be the Rust module {module}")]
    Module {
        one: String,
        other: String,
        module: String,
    },
}

/// Whether a new version of a kind can lie in the project.
///
/// # Errors
/// The first collision with what is there.
pub(crate) fn check(project: &Project, new: &Resource) -> Result<(), Collision> {
    for old in project.of_group(&new.group) {
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
    for old in project.of_kind(&new.group, &new.kind) {
        let (kind, version) = (old.kind.clone(), old.version.clone());
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
    check_modules(project.resources.iter().chain([new]))
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
        let kind = format!("kind {}", resource.kind);
        let mut api = "api".to_owned();
        let mut controllers = "controllers".to_owned();
        if !resource.group.is_empty() {
            for module in [&mut api, &mut controllers] {
                *module = format!("{module}::{}", module_name(&resource.group));
                claim(module.clone(), format!("group {}", resource.group))?;
            }
        }
        api = format!("{api}::{}", module_name(&resource.version));
        claim(api.clone(), format!("version {}", resource.version))?;
        for module in [api, controllers] {
            claim(
                format!("{module}::{}", module_name(&resource.kind)),
                kind.clone(),
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
