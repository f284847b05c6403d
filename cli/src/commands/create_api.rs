//! `myop create api`: a kind, a version of one, or a controller.

use clap::{ArgAction, Args};
use myop_model::names::{self, NameError};

use super::Place;
use crate::answer::Answer;
use crate::error::Error;
use crate::plan::{self, Plan, Wanted};
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
  myop create api --group shop --version v1 --kind Policy --resource=false     only a controller")]
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
    #[error("`{0}` is not a version of an API")]
    Version(String),
    #[error("the operator works in its own namespace, and an object of kind {0} would be in none")]
    ClusterScoped(String),
    #[error("{kind} {version} is there and is {}", layout::scope(*.namespaced))]
    OtherScope {
        kind: String,
        version: String,
        namespaced: bool,
    },
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
    },
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
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::WholeGroup { help, .. } => Some(help),
            Self::Version(_) => Some("pass one such as v1alpha1, v1beta1 or v1"),
            Self::ClusterScoped(_) => Some(
                "leave --namespaced=false away, or make a project whose operator works in all namespaces: `myop init` without --namespaced",
            ),
            Self::OtherScope { .. } | Self::OtherPlural { .. } => {
                Some("its type is yours to change: edit #[resource], then run `myop manifests`")
            }
            Self::NoResource { .. } => Some(
                "leave --resource=false away to create it; controllers for kinds that the project does not define are not supported yet",
            ),
            Self::OtherController { .. } => Some("edit that file to reconcile another version"),
            Self::Nothing => None,
            Self::Hidden { .. } => {
                Some("choose another kind, or write the controller yourself: --controller=false")
            }
            Self::ControllerName(_) => {
                Some("choose a shorter group, or write the controller yourself: --controller=false")
            }
        }
    }
}

/// What a controller's code, as scaffolded, imports.
const IMPORTED: [&str; 14] = [
    "Api",
    "Arc",
    "BTreeMap",
    "ConfigMap",
    "Context",
    "Controller",
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
        let (root, project) = Project::find(&place.folder)?;
        let plan = Plan::new(self.wanted(&project)?, &Disk::new(&root))?;
        if plan.is_empty() {
            return Ok(Answer::nothing_to_do());
        }
        plan::carry_out(&plan, &root)?;
        Ok(Answer {
            text: format!("{plan}next: myop manifests\n"),
            notes: self.note(&project).into_iter().collect(),
        })
    }

    /// What to know of a version that comes to others.
    fn note(&self, project: &Project) -> Option<String> {
        let mut others = project.of_kind(&self.group, &self.kind);
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
        let group = self.check_names(project)?;
        let mut project = project.clone();
        let mut wanted = Wanted::default();

        if project.namespaced && self.namespaced == Some(false) {
            return Err(Refusal::ClusterScoped(self.kind.clone()).into());
        }
        let old = project
            .find_resource(&self.group, &self.version, &self.kind)
            .cloned();
        let is_new = old.is_none();
        let resource = match old {
            Some(old) => self.same_as(old)?,
            None if self.resource => {
                let new = self.new_resource(&project);
                layout::check(&project, &new)?;
                let stored = project.of_kind(&new.group, &new.kind).next().is_none();
                wanted.owned(scaffold::api(&new, stored)?);
                project.resources.push(new.clone());
                new
            }
            None => {
                let (kind, version) = (self.kind.clone(), self.version.clone());
                return Err(Refusal::NoResource {
                    kind,
                    version,
                    group,
                }
                .into());
            }
        };
        if self.adds_controller(&project, &resource, is_new)? {
            wanted.owned(scaffold::controller(&project, &resource)?);
            for known in &mut project.resources {
                known.controller |= *known == resource;
            }
        }
        wanted.generated(scaffold::lists(&project)?);
        wanted.amended(project::FILE, project.text());
        Ok(wanted)
    }

    /// The whole API group, once all names are checked.
    fn check_names(&self, project: &Project) -> Result<String, Error> {
        if !self.resource && self.controller == Some(false) {
            return Err(Refusal::Nothing.into());
        }
        self.check_group(project)?;
        let group = names::api_group(&self.group, &project.domain)?;
        names::check_version(&self.version).map_err(|_| Refusal::Version(self.version.clone()))?;
        names::check_kind(&self.kind)?;
        if let Some(plural) = &self.plural {
            names::check_plural(plural)?;
        }
        Ok(group)
    }

    /// `--group` is what comes before the domain; who gives the whole group would get the domain twice.
    fn check_group(&self, project: &Project) -> Result<(), Refusal> {
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
        })
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
    fn new_resource(&self, project: &Project) -> Resource {
        let other = project.of_kind(&self.group, &self.kind).next();
        let given = self
            .plural
            .clone()
            .filter(|plural| *plural != names::plural(&self.kind));
        Resource {
            api: Api {
                crd_version: "v1".to_owned(),
                namespaced: self
                    .namespaced
                    .or(other.map(|other| other.api.namespaced))
                    .unwrap_or(true),
            },
            controller: false,
            domain: project.domain.clone(),
            group: self.group.clone(),
            kind: self.kind.clone(),
            plural: if self.plural.is_some() {
                given
            } else {
                other.and_then(|other| other.plural.clone())
            },
            version: self.version.clone(),
        }
    }

    /// Whether the request adds a controller to this version.
    fn adds_controller(
        &self,
        project: &Project,
        resource: &Resource,
        is_new: bool,
    ) -> Result<bool, Refusal> {
        let known = project
            .of_kind(&self.group, &self.kind)
            .find(|version| version.controller);
        let unless_told = !self.resource || (is_new && known.is_none());
        if !self.controller.unwrap_or(unless_told) {
            return Ok(false);
        }
        match known {
            Some(known) if known == resource => Ok(false),
            Some(known) => Err(Refusal::OtherController {
                kind: known.kind.clone(),
                version: known.version.clone(),
                file: layout::controller(known),
            }),
            None if IMPORTED.contains(&self.kind.as_str()) => Err(Refusal::Hidden {
                kind: self.kind.clone(),
            }),
            None => names::check_controller_name(&layout::name(resource))
                .map(|()| true)
                .map_err(Refusal::ControllerName),
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
                    crd_version: "v1".into(),
                    namespaced,
                },
                controller: true,
                domain: "example.com".into(),
                group: String::new(),
                kind: "MyApp".into(),
                plural: None,
                version: "v1".into(),
            };
            for text in scaffold::controller(&project, &resource).unwrap().values() {
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
