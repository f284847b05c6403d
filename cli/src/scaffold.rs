//! From PROJECT to the text of files, by the templates.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::path::Path;

use myop_manifests::{Descriptions, Facts};
use myop_model::names::{crate_name, module_name};
use myop_templates::{
    Error, Exercise, Group, GroupedControllers, Kind, Lists, Member, Patch, Standalone, Version,
    render,
};

use crate::layout::{self, Controller};
use crate::project::{Project, Resource};

pub(crate) type Files = BTreeMap<String, String>;

/// The files that are the author's in a new project. In a cargo workspace, `workspace` is its folder in there.
pub(crate) fn project(project: &Project, workspace: Option<&str>) -> Result<Files, Error> {
    let mut files = render(&myop_templates::Project {
        name: project.name.clone(),
        library: crate_name(&project.name),
        domain: project.domain.clone(),
        domain_is_group: project.domain_is_group(),
        namespaced: project.namespaced,
        workspace: workspace.map(str::to_owned),
        license: project.license.map(|license| license.to_string()),
    })?;
    if let Some(license) = project.license {
        let authors = || format!("the {} authors", project.name);
        files.extend(render(&myop_templates::License {
            license: license.to_string(),
            holder: project.owner.clone().unwrap_or_else(authors),
        })?);
    }
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

/// What the author of the MyApp operator wrote.
pub(crate) fn exercise() -> Result<Files, Error> {
    render(&Exercise {})
}

/// The manifests of a project that declares nothing yet.
pub(crate) fn manifests(project: &Project) -> Files {
    myop_manifests::files(
        &Facts::none(&project.name),
        &project.for_manifests(Descriptions::Full),
    )
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

/// A controller of a kind, and its test.
pub(crate) fn controller(
    project: &Project,
    resource: &Resource,
    controller: &Controller,
) -> Result<Files, Error> {
    let is_first = resource.is_own() && *controller == layout::kind_controller(resource);
    let library = crate_name(&project.name);
    if is_first {
        return render(&myop_templates::Controller {
            api_group: resource.api_group(),
            kind: resource.kind.clone(),
            namespaced: resource.api.namespaced,
            in_one_namespace: project.namespaced,
            module: module_name(&resource.kind),
            api_module: layout::api_modules(resource).join("::"),
            controller: controller.file(),
            test: controller.test(),
            library,
            name: (!controller.has_default_name).then(|| controller.name.clone()),
        });
    }
    render(&myop_templates::Observer {
        kind: resource.kind.clone(),
        imports: imports(resource),
        test_imports: test_imports(resource, &library),
        is_external: is_external(resource),
        type_name: controller.type_name.clone(),
        has_generation: resource.has_generation(),
        has_status: !resource.is_builtin(),
        in_one_namespace: project.namespaced,
        controller: controller.file(),
        test: controller.test(),
        library,
        name: controller.name.clone(),
    })
}

/// Whether another crate defines it, and none of Kubernetes' own.
fn is_external(resource: &Resource) -> bool {
    !resource.is_own() && !resource.is_builtin()
}

/// What the test of such a controller imports.
fn test_imports(resource: &Resource, library: &str) -> Vec<String> {
    let own = || format!("{library}::api::{}", type_path(resource));
    let mut imports = vec![
        "myop::testing".to_owned(),
        resource.path.clone().unwrap_or_else(own),
    ];
    if is_external(resource) {
        let definition = "k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition";
        let installed = [
            definition,
            "kube::api::PostParams",
            "kube::{Api, CustomResourceExt}",
        ];
        imports.extend(installed.map(str::to_owned));
    }
    imports.sort();
    imports
}

/// What the controller of a kind that it does not define imports, as rustfmt sorts it: other crates', and its own.
fn imports(resource: &Resource) -> Vec<Vec<String>> {
    let mut others = vec!["myop::{Context, Controller, EventType, Outcome, Reconcile}".to_owned()];
    if resource.has_generation() {
        others.push("myop::predicate::generation_changed".to_owned());
    }
    let own = match &resource.path {
        Some(path) => {
            others.push(path.clone());
            None
        }
        None => Some(vec![format!("crate::api::{}", type_path(resource))]),
    };
    others.sort();
    iter::once(others).chain(own).collect()
}

/// All files of a version of a kind that are the author's.
pub(crate) fn resource(project: &Project, resource: &Resource) -> Result<Files, Error> {
    let mut files = if resource.is_own() {
        api(resource, project.stores(resource))?
    } else {
        Files::new()
    };
    for one in layout::controllers(resource) {
        files.extend(controller(project, resource, &one)?);
    }
    Ok(files)
}

/// The lists of kinds, controllers and samples.
pub(crate) fn lists(project: &Project) -> Result<Files, Error> {
    let controllers: Vec<_> = project
        .resources
        .iter()
        .flat_map(|resource| layout::controllers(resource).map(move |one| (resource, one)))
        .collect();
    let modules_in = |group: &str| -> Vec<String> {
        let inside = controllers
            .iter()
            .filter(|(resource, _)| resource.group == group);
        inside.map(|(_, one)| one.module.clone()).collect()
    };
    let groups = distinct(project.own().map(|own| &own.group));
    let groups_with_controllers = distinct(controllers.iter().map(|(resource, _)| &resource.group));
    render(&Lists {
        versions: versions(project, ""),
        groups: groups
            .filter(|group| !group.is_empty())
            .map(|group| Group {
                name: group.clone(),
                module: module_name(group),
                versions: versions(project, group),
            })
            .collect(),
        kinds: project.own().map(type_path).collect(),
        controller_modules: modules_in(""),
        controller_groups: groups_with_controllers
            .filter(|group| !group.is_empty())
            .map(|group| GroupedControllers {
                name: group.clone(),
                module: module_name(group),
                modules: modules_in(group),
            })
            .collect(),
        controllers: controllers.iter().map(|(_, one)| one.path()).collect(),
        samples: project
            .own()
            .map(|own| format!("{}.yaml", layout::sample(own)))
            .collect(),
        api_repeats: project.own().any(layout::api_repeats),
        controllers_repeat: controllers.iter().any(|(_, one)| one.repeats()),
    })
}

/// The versions of a group of the project's own with their kinds.
fn versions(project: &Project, group: &str) -> Vec<Version> {
    let kind = |resource: &Resource| Kind {
        name: resource.kind.clone(),
        module: module_name(&resource.kind),
    };
    let of_group = || project.own().filter(|own| own.group == group);
    distinct(of_group().map(|own| &own.version))
        .map(|version| Version {
            name: version.clone(),
            module: module_name(version),
            kinds: of_group()
                .filter(|own| own.version == *version)
                .map(kind)
                .collect(),
        })
        .collect()
}

/// A kind's type below `api`: `store::v1::Cart`.
fn type_path(resource: &Resource) -> String {
    let mut path = layout::api_modules(resource);
    path.push(resource.kind.clone());
    path.join("::")
}

/// Each name once, in the order of their first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a String> {
    let mut seen = BTreeSet::new();
    names.filter(move |name| seen.insert(*name))
}
