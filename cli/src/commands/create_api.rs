//! `myop create api`: a kind, a version of one, or a controller.

mod refusal;
mod target;

use clap::{ArgAction, Args};
use myop_model::names;

pub(crate) use self::refusal::Refusal;
use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::builtin;
use crate::error::Error;
use crate::layout::Controller;
use crate::plan::{Plan, Wanted};
use crate::project::{self, Project, Resource};
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
        let (disk, project) = Project::find(&Disk::new(&place.folder))?;
        let plan = Plan::new(self.wanted(&project)?, &disk)?;
        if plan.is_empty() {
            return Ok(Answer::nothing_to_do());
        }
        let answer = self
            .writing
            .settle(&plan, disk.root(), place, "myop manifests")?;
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
        let builtin = builtin::find(&self.group, &self.version, &self.kind);
        if let Some(builtin) = builtin.filter(|_| self.resource) {
            return Some(format!(
                "this {} is the project's own; for Kubernetes', add --resource=false: {}",
                self.kind,
                builtin.flags()
            ));
        }
        let group = names::api_group(&self.group, &project.domain).ok()?;
        let mut others = project.of_kind(&group, &self.kind);
        let (version, kind) = (&self.version, &self.kind);
        let is_new = others.next().is_some_and(|other| other.version != *version)
            && others.all(|other| other.version != *version);
        is_new.then(|| {
            format!(
                "{version} has `storage = false`, as another version of {kind} is the stored one; nothing is converted, so give it the fields of that one"
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
    use crate::project::Api;

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
