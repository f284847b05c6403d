//! `myop create api`: a kind, a version of one, or a controller.

use clap::{ArgAction, Args};
use myop_model::names::{self, NameError};
use myop_model::nearest;

use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::builtin::{self, Builtin};
use crate::error::Error;
use crate::layout::Controller;
use crate::plan::{Plan, Wanted};
use crate::project::{self, Api, Project, Resource};
use crate::tree::Disk;
use crate::{layout, scaffold};

/// Add a kind, a version of a kind, or a controller
///
/// Writes a type, a sample, a controller and its test, which are yours from then on. Asks nothing and compiles nothing.
/// The same request again changes nothing; a request that would overwrite a file of yours is refused.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  myop create api --group \"\" --version v1alpha1 --kind MyApp
  myop create api --group shop --version v1 --kind Policy --namespaced=false
  myop create api --group shop --version v2 --kind Policy                      another version
  myop create api --group shop --version v1 --kind Policy --resource=false     only a controller
  myop create api --group shop --version v1 --kind Policy --controller-name audit    a further controller
  myop create api --group apps --version v1 --kind Deployment --resource=false       for a kind of Kubernetes' own
  myop create api --group cert-manager --external-api-domain io --version v1 --kind Certificate \\
    --external-api-path certs::v1::Certificate                                       for a kind of another crate")]
pub(crate) struct CreateApi {
    /// The part of the API group before the project's domain; empty for the domain itself
    #[arg(long, default_value = "", hide_default_value = true)]
    group: String,
    /// The version of the API: v1alpha1, v1beta1, v1
    #[arg(long)]
    version: String,
    /// The kind, in CamelCase
    #[arg(long)]
    kind: String,
    /// The resource's name in URLs [default: the kind's plural]
    #[arg(long)]
    plural: Option<String>,
    /// Whether objects live in namespaces [default: true, or as the kind's other versions]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    namespaced: Option<bool>,
    /// Whether to add the kind; with false, only a controller for one that is there
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        default_value_t = true, action = ArgAction::Set)]
    resource: bool,
    /// Whether to add a controller [default: true, unless the kind has one]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    controller: Option<bool>,
    /// Add a further controller of the kind, of this name
    #[arg(long, value_name = "NAME", conflicts_with = "controller")]
    controller_name: Option<String>,
    /// The Rust type of a kind that another crate defines: certs::v1::Certificate
    #[arg(long, value_name = "PATH", conflicts_with = "plural")]
    external_api_path: Option<String>,
    /// What the API group of that kind has after --group
    #[arg(long, value_name = "DOMAIN", requires = "external_api_path")]
    external_api_domain: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

/// A request that does not fit to what is there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("--group {group} ends in the project's domain, and would become {group}.{domain}")]
    WholeGroup {
        group: String,
        domain: String,
        help: String,
    },
    #[error("the operator works in its own namespace, and an object of kind {0} would be in none")]
    ClusterScoped(String),
    #[error("{kind} {version} is there and is {}", layout::scope(*.namespaced))]
    OtherScope {
        kind: String,
        version: String,
        namespaced: bool,
    },
    #[error("{kind} is Kubernetes' own and {}", layout::scope(*.namespaced))]
    ForeignScope { kind: String, namespaced: bool },
    #[error("{kind} {version} is there and its plural is {plural}")]
    OtherPlural {
        kind: String,
        version: String,
        plural: String,
    },
    #[error("there is no {kind} {version} of group {group} to add a controller to")]
    NoResource {
        kind: String,
        version: String,
        group: String,
        help: String,
    },
    #[error("{kind} {version} is there as {path}")]
    OtherPath {
        kind: String,
        version: String,
        path: String,
    },
    #[error("`{0}` is not the path of a Rust type of another crate")]
    Path(String),
    #[error("`{path}` does not end in the kind, {kind}")]
    PathOfAnother { path: String, kind: String },
    #[error("the project has a controller {name} already, of {kind}")]
    SameController { name: String, kind: String },
    #[error(
        "{kind} has a controller, src/controllers/{file}.rs, which reconciles version {version}; a kind has one"
    )]
    OtherController {
        kind: String,
        version: String,
        file: String,
    },
    #[error("with --resource=false and --controller=false there is nothing to create")]
    Nothing,
    #[error(
        "the controller's code names myop's or Kubernetes' own {kind}, which the kind would hide"
    )]
    Hidden { kind: String },
    #[error("the controller would be called by its group and kind, and {0}")]
    ControllerName(NameError),
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::WholeGroup { help, .. } | Self::NoResource { help, .. } => help,
            Self::ClusterScoped(_) => {
                "leave --namespaced=false away, or make a project whose operator works in all namespaces: `myop init` without --namespaced"
            }
            Self::OtherScope { .. } | Self::OtherPlural { .. } => {
                "its type is yours to change: edit #[resource], then run `myop manifests`"
            }
            Self::ForeignScope { .. } => "leave --namespaced away",
            Self::OtherPath { .. } => "its controller is yours to change: edit the `use` there",
            Self::Path(_) => "pass one such as certs::v1::Certificate",
            Self::PathOfAnother { .. } => "pass the type's own name as --kind",
            Self::SameController { .. } => {
                "choose another name: logs and metrics tell controllers apart by it"
            }
            Self::OtherController { .. } => {
                "edit that file to reconcile another version, or name a further one by --controller-name"
            }
            Self::Nothing => "leave one of them away",
            Self::Hidden { .. } => {
                "choose another kind, or write the controller yourself: --controller=false"
            }
            Self::ControllerName(_) => {
                "choose a shorter group, or write the controller yourself: --controller=false"
            }
        }
    }
}

/// What a controller's code, as scaffolded, imports.
const IMPORTED: [&str; 15] = [
    "Api",
    "Arc",
    "BTreeMap",
    "ConfigMap",
    "Context",
    "Controller",
    "EventType",
    "Namespace",
    "ObjectMeta",
    "Outcome",
    "Patch",
    "PatchParams",
    "PostParams",
    "Reconcile",
    "ResourceExt",
];

impl CreateApi {
    /// Adds what is asked for.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        self.writing.begin(&place.folder, place)?;
        let (root, project) = Project::find(&place.folder)?;
        let plan = Plan::new(self.wanted(&project)?, &Disk::new(&root))?;
        if plan.is_empty() {
            return Ok(Answer::nothing_to_do());
        }
        let answer = self.writing.settle(&plan, &root, place, "myop manifests")?;
        Ok(answer.with_notes(self.note(&project)))
    }

    /// What to know of a version that comes to others, or of a type that the project has yet to know.
    fn note(&self, project: &Project) -> Option<String> {
        if let Some(path) = &self.external_api_path {
            let package = path
                .split("::")
                .next()
                .unwrap_or_default()
                .replace('_', "-");
            return Some(format!(
                "{path} is code of another crate: `cargo add {package}`, unless Cargo.toml has it"
            ));
        }
        let group = names::api_group(&self.group, &project.domain).ok()?;
        let mut others = project.of_kind(&group, &self.kind);
        let (version, kind) = (&self.version, &self.kind);
        let is_new = others.next().is_some_and(|other| other.version != *version)
            && others.all(|other| other.version != *version);
        is_new.then(|| {
            format!(
                "{version} has `storage = false`, as another version of {kind} is the stored one"
            )
        })
    }

    /// The files after this request.
    pub(super) fn wanted(&self, project: &Project) -> Result<Wanted, Error> {
        self.check_names(project)?;
        let mut resource = self.target(project)?;
        let place = project
            .resources
            .iter()
            .position(|old| old.is_same(&resource));
        let mut project = project.clone();
        if place.is_none() {
            layout::check(&project, &resource)?;
        }
        let added = self.added_controller(&project, &resource, place.is_none())?;
        match (&added, &self.controller_name) {
            (Some(_), Some(name)) => resource.controllers.push(name.clone()),
            (Some(_), None) => resource.controller = true,
            (None, _) => {}
        }
        match place {
            Some(place) => project.resources[place] = resource.clone(),
            None => project.resources.push(resource.clone()),
        }
        layout::check(&project, &resource)?;

        let mut wanted = Wanted::default();
        if place.is_none() && resource.is_own() {
            wanted.owned(scaffold::api(&resource, project.stores(&resource))?);
        }
        if let Some(controller) = added {
            wanted.owned(scaffold::controller(&project, &resource, &controller)?);
        }
        wanted.generated(scaffold::lists(&project)?);
        wanted.amended(project::FILE, project.text());
        Ok(wanted)
    }

    /// Whether each name is one.
    fn check_names(&self, project: &Project) -> Result<(), Error> {
        if !self.resource && self.controller == Some(false) {
            return Err(Refusal::Nothing.into());
        }
        names::check_version(&self.version)?;
        names::check_kind(&self.kind)?;
        if let Some(plural) = &self.plural {
            names::check_plural(plural)?;
        }
        if let Some(name) = &self.controller_name {
            names::check_controller_name(name)?;
            names::check_type_name(&names::type_name(name))?;
        }
        if self.external_api_path.is_none() {
            self.check_group(project)?;
        }
        Ok(())
    }

    /// `--group` is what comes before the domain; who gives the whole group would get the domain twice.
    fn check_group(&self, project: &Project) -> Result<(), Error> {
        let domain = &project.domain;
        let Some(before) = self.group.strip_suffix(domain.as_str()) else {
            return Ok(());
        };
        let help = match before.strip_suffix('.') {
            Some(before) => format!("pass --group {before}"),
            None if before.is_empty() && project.domain_is_group() => {
                "pass --group \"\"".to_owned()
            }
            None => return Ok(()),
        };
        Err(Refusal::WholeGroup {
            group: self.group.clone(),
            domain: domain.clone(),
            help,
        }
        .into())
    }

    /// The version of a kind that the request is about, as it is there or new.
    fn target(&self, project: &Project) -> Result<Resource, Error> {
        if let Some(path) = &self.external_api_path {
            return self.external(project, path);
        }
        let builtin = builtin::find(&self.group, &self.version, &self.kind);
        let own_group = names::api_group(&self.group, &project.domain);
        let known = own_group.as_ref().ok().and_then(|group| {
            let mut versions = project.of_kind(group, &self.kind);
            versions.find(|old| old.version == self.version)
        });
        match (known, builtin) {
            (Some(known), _) => Ok(self.same_as(known.clone())?),
            (None, Some(builtin)) if !self.resource => {
                let new = self.builtin(builtin)?;
                let known = project.resources.iter().find(|old| old.is_same(&new));
                Ok(known.unwrap_or(&new).clone())
            }
            (None, _) if self.resource => {
                let group = own_group?;
                if project.namespaced && self.namespaced == Some(false) {
                    return Err(Refusal::ClusterScoped(self.kind.clone()).into());
                }
                Ok(self.new_resource(project, &group))
            }
            (None, _) => {
                own_group.as_ref().map_err(Clone::clone)?;
                Err(self
                    .no_resource(project, own_group.unwrap_or_default())
                    .into())
            }
        }
    }

    fn no_resource(&self, project: &Project, group: String) -> Refusal {
        let own = project.own().map(|own| own.kind.as_str());
        let near_own = nearest(&self.kind, own);
        let near_builtin = builtin::like(&self.kind);
        let help = match (near_own, near_builtin.first()) {
            (Some(kind), _) if kind != self.kind => format!("did you mean --kind {kind}?"),
            (None, Some(builtin)) => {
                format!("did you mean Kubernetes' own, {}?", builtin.flags())
            }
            _ => "leave --resource=false away to create it, or name the type of another crate by --external-api-path".into(),
        };
        Refusal::NoResource {
            kind: self.kind.clone(),
            version: self.version.clone(),
            group,
            help,
        }
    }

    /// A kind of Kubernetes' own.
    fn builtin(&self, builtin: Builtin) -> Result<Resource, Refusal> {
        let Builtin { namespaced, .. } = builtin;
        if self.namespaced.is_some_and(|asked| asked != namespaced) {
            let kind = self.kind.clone();
            return Err(Refusal::ForeignScope { kind, namespaced });
        }
        Ok(Resource {
            api: Api {
                crd_version: None,
                namespaced,
            },
            controller: false,
            controllers: Vec::new(),
            domain: builtin.domain.to_owned(),
            group: builtin.group.to_owned(),
            kind: self.kind.clone(),
            path: Some(builtin.path()),
            plural: None,
            version: self.version.clone(),
        })
    }

    /// A kind that another crate defines.
    fn external(&self, project: &Project, path: &str) -> Result<Resource, Error> {
        let mut segments = path.split("::");
        let is_path = path.contains("::") && segments.clone().all(names::is_identifier);
        let starts_here = ["crate", "self", "super", "k8s_openapi"]
            .contains(&segments.next().unwrap_or_default());
        if !is_path || starts_here {
            return Err(Refusal::Path(path.to_owned()).into());
        }
        let (path, kind) = (path.to_owned(), self.kind.clone());
        if path.rsplit("::").next() != Some(&kind) {
            return Err(Refusal::PathOfAnother { path, kind }.into());
        }
        let domain = self.external_api_domain.clone().unwrap_or_default();
        match domain.as_str() {
            "" => names::check_api_group(&self.group)?,
            domain => drop(names::api_group(&self.group, domain)?),
        }
        let new = Resource {
            api: Api {
                crd_version: None,
                namespaced: self.namespaced.unwrap_or(true),
            },
            controller: false,
            controllers: Vec::new(),
            domain,
            group: self.group.clone(),
            kind,
            path: Some(path),
            plural: None,
            version: self.version.clone(),
        };
        match project.resources.iter().find(|old| old.is_same(&new)) {
            Some(old) if old.path != new.path => Err(Refusal::OtherPath {
                kind: new.kind,
                version: new.version,
                path: old
                    .path
                    .clone()
                    .unwrap_or_else(|| "a kind of the project's own".to_owned()),
            }
            .into()),
            Some(old) => Ok(old.clone()),
            None => Ok(new),
        }
    }

    /// The version that is there, if the request says nothing else of it.
    fn same_as(&self, old: Resource) -> Result<Resource, Refusal> {
        let (kind, version, plural) = (old.kind.clone(), old.version.clone(), old.plural());
        if self
            .namespaced
            .is_some_and(|namespaced| namespaced != old.api.namespaced)
        {
            return Err(Refusal::OtherScope {
                kind,
                version,
                namespaced: old.api.namespaced,
            });
        }
        if self.plural.as_ref().is_some_and(|other| *other != plural) {
            return Err(Refusal::OtherPlural {
                kind,
                version,
                plural,
            });
        }
        Ok(old)
    }

    /// A version that is not there yet; what is not said of it is as in the kind's other versions.
    fn new_resource(&self, project: &Project, group: &str) -> Resource {
        let other = project.of_kind(group, &self.kind).next();
        let given = self
            .plural
            .clone()
            .filter(|plural| *plural != names::plural(&self.kind));
        Resource {
            api: Api {
                crd_version: Some("v1".to_owned()),
                namespaced: self
                    .namespaced
                    .or(other.map(|other| other.api.namespaced))
                    .unwrap_or(true),
            },
            controller: false,
            controllers: Vec::new(),
            domain: project.domain.clone(),
            group: self.group.clone(),
            kind: self.kind.clone(),
            path: None,
            plural: if self.plural.is_some() {
                given
            } else {
                other.and_then(|other| other.plural.clone())
            },
            version: self.version.clone(),
        }
    }

    /// The controller that the request adds to this version.
    fn added_controller(
        &self,
        project: &Project,
        resource: &Resource,
        is_new: bool,
    ) -> Result<Option<Controller>, Refusal> {
        let added = match &self.controller_name {
            Some(name) if resource.controllers.contains(name) => return Ok(None),
            Some(name) => layout::named_controller(resource, name),
            None if self.adds_kind_controller(project, resource, is_new)? => {
                layout::kind_controller(resource)
            }
            None => return Ok(None),
        };
        names::check_controller_name(&added.name).map_err(Refusal::ControllerName)?;
        if IMPORTED.contains(&self.kind.as_str()) || added.type_name == self.kind {
            let kind = self.kind.clone();
            return Err(Refusal::Hidden { kind });
        }
        for other in &project.resources {
            if layout::controllers(other).any(|other| other.name == added.name) {
                let (name, kind) = (added.name, other.kind.clone());
                return Err(Refusal::SameController { name, kind });
            }
        }
        Ok(Some(added))
    }

    /// Whether the request adds the controller that is called by the kind.
    fn adds_kind_controller(
        &self,
        project: &Project,
        resource: &Resource,
        is_new: bool,
    ) -> Result<bool, Refusal> {
        let group = resource.api_group();
        let mut versions = project.of_kind(&group, &self.kind);
        let known = versions.find(|version| version.controller);
        let is_foreign = !resource.is_own();
        let unless_told = !self.resource || is_foreign || (is_new && known.is_none());
        if !self.controller.unwrap_or(unless_told) {
            return Ok(false);
        }
        match known {
            Some(known) if known.is_same(resource) => Ok(false),
            Some(known) => Err(Refusal::OtherController {
                kind: known.kind.clone(),
                version: known.version.clone(),
                file: layout::kind_controller(known).file(),
            }),
            None => Ok(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A kind of the name of something imported would make code that does not compile.
    #[test]
    fn kinds_that_would_hide_an_import_are_known() {
        let project = Project::new("shop", "example.com").unwrap();
        let mut imported = BTreeSet::new();
        for namespaced in [true, false] {
            let resource = Resource {
                api: Api {
                    crd_version: Some("v1".into()),
                    namespaced,
                },
                controller: true,
                controllers: vec!["further".into()],
                domain: "example.com".into(),
                group: String::new(),
                kind: "MyApp".into(),
                path: None,
                plural: None,
                version: "v1".into(),
            };
            for text in scaffold::resource(&project, &resource).unwrap().values() {
                let uses = text.lines().filter_map(|line| line.strip_prefix("use "));
                let names = uses.flat_map(|path| path.split(|c: char| !c.is_alphanumeric()));
                let is_type = |name: &&str| {
                    name.starts_with(char::is_uppercase) && !name.starts_with("MyApp")
                };
                imported.extend(names.filter(is_type).map(str::to_owned));
            }
        }
        assert_eq!(
            imported.iter().map(String::as_str).collect::<Vec<_>>(),
            IMPORTED
        );
    }
}
