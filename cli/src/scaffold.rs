//! From PROJECT to the text of files, by the templates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use myop_manifests::Facts;
use myop_model::names::{crate_name, module_name};
use myop_templates::{
    Error, Group, GroupedControllers, Kind, Lists, Member, Patch, Standalone, Version, render,
};

use crate::layout;
use crate::project::{Project, Resource};

type Files = BTreeMap<String, String>;

/// The files that are the author's in a new project. In a cargo workspace, `workspace` is its folder in there.
pub(crate) fn project(project: &Project, workspace: Option<&str>) -> Result<Files, Error> {
    let mut files = render(&myop_templates::Project {
        name: project.name.clone(),
        library: crate_name(&project.name),
        domain: project.domain.clone(),
        domain_is_group: project.domain_is_group(),
        namespaced: project.namespaced,
        workspace: workspace.map(str::to_owned),
    })?;
    files.extend(match workspace {
        Some(_) => render(&Member {})?,
        None => render(&Standalone {})?,
    });
    Ok(files)
}

/// What tells cargo where myop's sources are.
pub(crate) fn patch(runtime: &Path) -> Result<Files, Error> {
    render(&Patch {
        runtime: toml_edit::value(runtime.display().to_string()).to_string(),
    })
}

/// The manifests of a project that declares nothing yet.
pub(crate) fn manifests(project: &Project) -> Files {
    myop_manifests::files(&Facts::none(&project.name), &project.for_manifests())
        .expect("without kinds there is no contradiction between them")
}

/// The type and the sample of a version of a kind.
pub(crate) fn api(resource: &Resource, stored: bool) -> Result<Files, Error> {
    render(&myop_templates::Api {
        api_group: resource.api_group(),
        version: resource.version.clone(),
        kind: resource.kind.clone(),
        plural: resource.plural.clone(),
        namespaced: resource.api.namespaced,
        stored,
        folder: layout::api_modules(resource).join("/"),
        module: module_name(&resource.kind),
        sample: layout::sample(resource),
        name: layout::name(resource),
    })
}

/// The controller of a kind and its test.
pub(crate) fn controller(project: &Project, resource: &Resource) -> Result<Files, Error> {
    render(&myop_templates::Controller {
        api_group: resource.api_group(),
        kind: resource.kind.clone(),
        namespaced: resource.api.namespaced,
        in_one_namespace: project.namespaced,
        module: module_name(&resource.kind),
        api_module: layout::api_modules(resource).join("::"),
        controller: layout::controller(resource),
        test: layout::test(resource),
        library: crate_name(&project.name),
        name: (!resource.group.is_empty()).then(|| layout::name(resource)),
    })
}

/// The lists of kinds, controllers and samples.
pub(crate) fn lists(project: &Project) -> Result<Files, Error> {
    let resources = || project.resources.iter();
    let controllers = || resources().filter(|resource| resource.controller);
    let groups = || {
        distinct(
            resources()
                .map(|r| &r.group)
                .filter(|group| !group.is_empty()),
        )
    };
    let groups_with_controllers = || {
        distinct(
            controllers()
                .map(|r| &r.group)
                .filter(|group| !group.is_empty()),
        )
    };
    render(&Lists {
        versions: versions(project, ""),
        groups: groups()
            .map(|group| Group {
                name: group.clone(),
                module: module_name(group),
                versions: versions(project, group),
            })
            .collect(),
        kinds: resources().map(type_path).collect(),
        controller_modules: controller_modules(project, ""),
        controller_groups: groups_with_controllers()
            .map(|group| GroupedControllers {
                name: group.clone(),
                module: module_name(group),
                modules: controller_modules(project, group),
            })
            .collect(),
        controllers: controllers().map(controller_path).collect(),
        samples: resources()
            .map(|r| format!("{}.yaml", layout::sample(r)))
            .collect(),
        api_repeats: resources().any(|r| layout::repeats("api", layout::api_modules(r), r)),
        controllers_repeat: controllers()
            .any(|r| layout::repeats("controllers", layout::controller_modules(r), r)),
    })
}

/// The versions of a group with their kinds.
fn versions(project: &Project, group: &str) -> Vec<Version> {
    let kind = |resource: &Resource| Kind {
        name: resource.kind.clone(),
        module: module_name(&resource.kind),
    };
    distinct(project.of_group(group).map(|resource| &resource.version))
        .map(|version| Version {
            name: version.clone(),
            module: module_name(version),
            kinds: project
                .of_group(group)
                .filter(|r| r.version == *version)
                .map(kind)
                .collect(),
        })
        .collect()
}

fn controller_modules(project: &Project, group: &str) -> Vec<String> {
    let controllers = project
        .of_group(group)
        .filter(|resource| resource.controller);
    controllers
        .map(|resource| module_name(&resource.kind))
        .collect()
}

/// A kind's type below `api`: `store::v1::Cart`.
fn type_path(resource: &Resource) -> String {
    let mut path = layout::api_modules(resource);
    path.push(resource.kind.clone());
    path.join("::")
}

/// A kind's controller below `controllers`: `store::cart::CartController`.
fn controller_path(resource: &Resource) -> String {
    let mut path = layout::controller_modules(resource);
    path.extend([
        module_name(&resource.kind),
        format!("{}Controller", resource.kind),
    ]);
    path.join("::")
}

/// Each name once, in the order of their first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a String> {
    let mut seen = BTreeSet::new();
    names.filter(move |name| seen.insert(*name))
}
