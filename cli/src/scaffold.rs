//! From PROJECT to the text of files, by the templates.

use std::collections::BTreeMap;
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
        name: project.project_name.clone(),
        library: crate_name(&project.project_name),
        domain: project.domain.clone(),
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
    myop_manifests::files(&Facts::none(&project.project_name), &project.domain)
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
    })
}

/// The controller of a kind and its test.
pub(crate) fn controller(project: &Project, resource: &Resource) -> Result<Files, Error> {
    render(&myop_templates::Controller {
        api_group: resource.api_group(),
        kind: resource.kind.clone(),
        namespaced: resource.api.namespaced,
        module: module_name(&resource.kind),
        api_module: layout::api_modules(resource).join("::"),
        controller: layout::controller(resource),
        test: layout::test(resource),
        library: crate_name(&project.project_name),
    })
}

/// The lists of kinds, controllers and samples.
pub(crate) fn lists(project: &Project) -> Result<Files, Error> {
    let path = |mut modules: Vec<String>, last: &[&str]| {
        modules.extend(last.iter().map(|&module| module.to_owned()));
        modules.join("::")
    };
    let controllers_of = |group: &str| {
        let of_group = project
            .of_group(group)
            .filter(|resource| resource.controller);
        of_group
            .map(|resource| module_name(&resource.kind))
            .collect::<Vec<_>>()
    };
    let groups = || {
        distinct(
            project
                .resources
                .iter()
                .map(|resource| &resource.group)
                .filter(|group| !group.is_empty()),
        )
    };
    render(&Lists {
        versions: versions(project.of_group("")),
        groups: groups()
            .map(|group| Group {
                name: group.clone(),
                module: module_name(group),
                versions: versions(project.of_group(group)),
            })
            .collect(),
        kinds: project
            .resources
            .iter()
            .map(|r| path(layout::api_modules(r), &[&r.kind]))
            .collect(),
        controller_modules: controllers_of(""),
        controller_groups: groups()
            .map(|group| GroupedControllers {
                name: group.clone(),
                module: module_name(group),
                modules: controllers_of(group),
            })
            .filter(|group| !group.modules.is_empty())
            .collect(),
        controllers: project
            .resources
            .iter()
            .filter(|resource| resource.controller)
            .map(|r| {
                path(
                    layout::controller_modules(r),
                    &[&module_name(&r.kind), &format!("{}Controller", r.kind)],
                )
            })
            .collect(),
        samples: project
            .resources
            .iter()
            .map(|r| format!("{}.yaml", layout::sample(r)))
            .collect(),
    })
}

/// The versions of a group with their kinds.
fn versions<'a>(of_group: impl Iterator<Item = &'a Resource> + Clone) -> Vec<Version> {
    distinct(of_group.clone().map(|resource| &resource.version))
        .map(|version| Version {
            name: version.clone(),
            module: module_name(version),
            kinds: of_group
                .clone()
                .filter(|resource| resource.version == *version)
                .map(|resource| Kind {
                    name: resource.kind.clone(),
                    module: module_name(&resource.kind),
                })
                .collect(),
        })
        .collect()
}

/// Each name once, in the order of their first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a String> {
    let mut seen = std::collections::BTreeSet::new();
    names.filter(move |name| seen.insert(*name))
}
