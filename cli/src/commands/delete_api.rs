//! `myop delete api`: takes back what `create api` has made.

use clap::{ArgAction, Args};
use myop_model::nearest;

use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::layout;
use crate::plan::{Edited, Plan, Wanted};
use crate::project::{self, Project, Resource};
use crate::scaffold;
use crate::tree::Disk;

/// Take a version of a kind, or only its controllers, away
///
/// The inverse of `create api`: the type, the sample, the controllers and their tests go, and the lists follow. A file that
/// you have edited is not lost: the request is refused unless it says what to do.
/// Nothing on a cluster is deleted.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  myop delete api --group shop --version v1 --kind Policy --dry-run
  myop delete api --group shop --version v1 --kind Policy --keep-edited
  myop delete api --group shop --version v1 --kind Policy --resource=false             only its controllers
  myop delete api --group shop --version v1 --kind Policy --controller-name audit      only that controller")]
pub(crate) struct DeleteApi {
    /// The part of the API group before the project's domain; empty for the domain itself
    #[arg(long, default_value = "", hide_default_value = true)]
    group: String,
    /// The version of the API
    #[arg(long)]
    version: String,
    /// The kind
    #[arg(long)]
    kind: String,
    /// Whether to take the kind away; with false, only its controllers
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        default_value_t = true, action = ArgAction::Set)]
    resource: bool,
    /// Take away only the controller of this name
    #[arg(long, value_name = "NAME")]
    controller_name: Option<String>,
    /// Leave files that you have edited where they are
    #[arg(long, conflicts_with = "force")]
    keep_edited: bool,
    /// Remove files that you have edited, too
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    writing: Writing,
}

/// A request that does not fit to what is there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no {kind} {version} of group {group} in PROJECT")]
    NoResource {
        kind: String,
        version: String,
        group: String,
        help: String,
    },
    #[error("{kind} {version} has no controller {name}")]
    NoController {
        kind: String,
        version: String,
        name: String,
        help: String,
    },
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        let (Self::NoResource { help, .. } | Self::NoController { help, .. }) = self;
        help
    }
}

impl DeleteApi {
    /// Takes away what is asked for.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        self.writing.begin(&place.folder, place)?;
        let (disk, project) = Project::find(&Disk::new(&place.folder))?;
        let wanted = self.wanted(&project)?;
        let plan = Plan::new(wanted, &disk)?;
        if plan.is_empty() {
            return Ok(Answer::nothing_to_do());
        }
        let kept = plan.kept_notes();
        let note = self.note(&project, &plan);
        let answer = self
            .writing
            .settle(&plan, disk.root(), place, "myop manifests")?;
        Ok(answer
            .with_notes(kept)
            .with_notes(note)
            .with_notes(self.note_on_controllers(&project)))
    }

    /// The files after this request.
    pub(super) fn wanted(&self, project: &Project) -> Result<Wanted, Error> {
        let old = self.find(project)?;
        let rest = self.rest_of(old)?;
        let mut after = project.clone();
        after.resources = project
            .resources
            .iter()
            .filter_map(|one| {
                if one.is_same(old) {
                    rest.clone()
                } else {
                    Some(one.clone())
                }
            })
            .collect();

        let mut wanted = Wanted::default();
        let mut gone = scaffold::resource(project, old)?;
        if let Some(rest) = &rest {
            let stay = scaffold::resource(project, rest)?;
            gone.retain(|path, _| !stay.contains_key(path));
        }
        wanted.removed(gone, self.edited());
        for (one, is_stored) in newly_stored(project, &after) {
            let file = |stored| scaffold::api(one, stored);
            wanted.merged(file(!is_stored)?, file(is_stored)?, self.edited());
        }
        wanted.generated(scaffold::lists(&after)?);
        wanted.amended(project::FILE, after.text());
        Ok(wanted)
    }

    fn edited(&self) -> Edited {
        match (self.keep_edited, self.force) {
            (true, _) => Edited::Keep,
            (_, true) => Edited::Remove,
            _ => Edited::Refuse,
        }
    }

    fn find<'a>(&self, project: &'a Project) -> Result<&'a Resource, Refusal> {
        let is_named = |one: &&Resource| one.version == self.version && one.kind == self.kind;
        let is_group = |one: &&Resource| one.group == self.group;
        let is_api_group = |one: &&Resource| !one.is_own() && one.api_group() == self.group;
        let named = || project.resources.iter().filter(is_named);
        let own = named().find(|one| one.is_own() && is_group(one));
        let found = own
            .or_else(|| named().find(is_group))
            .or_else(|| named().find(is_api_group));
        found.ok_or_else(|| {
            let kind = nearest(
                &self.kind,
                project.resources.iter().map(|one| one.kind.as_str()),
            );
            let near = project
                .resources
                .iter()
                .filter(|one| Some(one.kind.as_str()) == kind);
            let near: Vec<_> = near.map(Resource::flags).collect();
            let all: Vec<_> = project.resources.iter().map(Resource::flags).collect();
            let help = match (near.is_empty(), all.is_empty()) {
                (false, _) => format!("did you mean {}?", near.join(", or ")),
                (true, false) => format!("there is {}", all.join(", and ")),
                (true, true) => "PROJECT has no kinds".to_owned(),
            };
            Refusal::NoResource {
                kind: self.kind.clone(),
                version: self.version.clone(),
                group: if self.group.is_empty() {
                    project.domain.clone()
                } else {
                    self.group.clone()
                },
                help,
            }
        })
    }

    /// What stays of a version.
    fn rest_of(&self, old: &Resource) -> Result<Option<Resource>, Refusal> {
        let mut rest = old.clone();
        if let Some(name) = &self.controller_name {
            let names: Vec<_> = layout::controllers(old).map(|one| one.name).collect();
            if !names.contains(name) {
                return Err(Refusal::NoController {
                    kind: old.kind.clone(),
                    version: old.version.clone(),
                    name: name.clone(),
                    help: if names.is_empty() {
                        "it has none".to_owned()
                    } else {
                        format!("its controllers are {}", names.join(", "))
                    },
                });
            }
            rest.controllers.retain(|one| one != name);
            rest.controller &= layout::kind_controller(old).name != *name;
        } else if self.resource {
            return Ok(None);
        } else {
            rest.controller = false;
            rest.controllers.clear();
        }
        let has_controllers = layout::controllers(&rest).next().is_some();
        Ok((rest.is_own() || has_controllers).then_some(rest))
    }

    /// What to know of a kind whose other versions stay, and whose controller went with this one.
    fn note_on_controllers(&self, project: &Project) -> Option<String> {
        let old = self.find(project).ok()?;
        let group = old.api_group();
        let others = || {
            project
                .of_kind(&group, &old.kind)
                .filter(|one| !one.is_same(old))
        };
        let goes = self.resource && self.controller_name.is_none() && old.controller;
        let next = others()
            .next()
            .filter(|_| goes && others().all(|one| !one.controller))?;
        Some(format!(
            "no controller reconciles {} now: `myop create api {} --resource=false` adds one",
            old.kind,
            next.flags()
        ))
    }

    /// What to know of versions that stay.
    fn note(&self, project: &Project, plan: &Plan) -> Option<String> {
        let old = self.find(project).ok()?;
        let group = old.api_group();
        let mut others = project
            .of_kind(&group, &old.kind)
            .filter(|one| !one.is_same(old));
        let is_stored = self.resource && self.controller_name.is_none() && project.stores(old);
        let next = others.next().filter(|_| is_stored && old.is_own())?;
        let file = format!("src/api/{}.rs", layout::api(next));
        if plan
            .kept()
            .iter()
            .any(|path| path.as_os_str() == file.as_str())
        {
            return Some(format!(
                "no version of {} is the stored one now: remove `storage = false` from {file}",
                old.kind
            ));
        }
        Some(format!(
            "{} is the stored version of {} now; objects that a cluster has stored as {} must be migrated before its CRD drops that",
            next.version, old.kind, old.version
        ))
    }
}

/// The versions that become the stored one of their kind.
fn newly_stored<'a>(
    before: &'a Project,
    after: &'a Project,
) -> impl Iterator<Item = (&'a Resource, bool)> {
    let own = after
        .own()
        .filter(|one| after.stores(one) != before.stores(one));
    own.map(|one| (one, after.stores(one)))
}
