//! `myop edit`: changes what `init` fixed.

use clap::{ArgGroup, Args};
use myop_model::names;

use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::license::Choice;
use crate::plan::{Edited, Plan, Wanted};
use crate::project::{self, InvalidError, Project};
use crate::scaffold;
use crate::tree::Disk;
use crate::workspace::Workspace;

/// Change what `init` fixed: the domain, the scope, the licence
///
/// Each file that says it changes there, and keeps what you have written. Where you have edited those very lines, nothing
/// changes, and they are named.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  myop edit --domain example.org --dry-run
  myop edit --namespaced              an operator of one namespace
  myop edit --license MIT --owner 'The shop authors'")]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["domain", "namespaced", "license", "owner"]))]
pub(crate) struct Edit {
    /// The domain that all API groups of the project end in
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Whether the operator works in its own namespace only
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    namespaced: Option<bool>,
    /// The licence: Apache-2.0, MIT or none
    #[arg(long, value_name = "LICENSE")]
    license: Option<Choice>,
    /// Whose work it is, for the licence's text
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Leave a file as it is where you have edited what would change
    #[arg(long)]
    keep_edited: bool,
    #[command(flatten)]
    writing: Writing,
}

/// A change that does not fit to what is there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "{kind} {version} is in no namespace, which an operator of one namespace can't reconcile"
    )]
    ClusterScoped { kind: String, version: String },
    #[error("{resource} could not be then: {wrong}")]
    Invalid {
        resource: String,
        wrong: Box<InvalidError>,
    },
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::ClusterScoped { .. } | Self::Invalid { .. } => {
                "take it away first by `myop delete api`"
            }
        }
    }
}

impl Edit {
    /// Makes the change.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        self.writing.begin(&place.folder, place)?;
        let (disk, project) = Project::find(&Disk::new(&place.folder))?;
        let workspace = Workspace::around(&disk)?;
        let member = workspace
            .as_ref()
            .map(|workspace| workspace.member.as_str());
        let wanted = self.wanted(&project, member)?;
        let plan = Plan::new(wanted, &disk)?;
        if plan.is_empty() {
            return Ok(Answer::nothing_to_do());
        }
        let kept = plan.kept_notes();
        let answer = self
            .writing
            .settle(&plan, disk.root(), place, "myop manifests")?;
        Ok(answer.with_notes(kept).with_notes(self.note(&project)))
    }

    /// The files after this request. In a cargo workspace, `member` is the project's folder in there.
    pub(super) fn wanted(&self, project: &Project, member: Option<&str>) -> Result<Wanted, Error> {
        let after = self.changed(project)?;
        let mut wanted = Wanted::default();
        let (old, new) = (owned(project, member)?, owned(&after, member)?);
        let only = |one: &scaffold::Files, other: &scaffold::Files| {
            let mut one = one.clone();
            one.retain(|path, _| !other.contains_key(path));
            one
        };
        let edited = if self.keep_edited {
            Edited::Keep
        } else {
            Edited::Refuse
        };
        wanted.removed(only(&old, &new), edited);
        wanted.owned(only(&new, &old));
        wanted.merged(old, new, edited);
        wanted.generated(scaffold::lists(&after)?);
        wanted.amended(project::FILE, after.text());
        Ok(wanted)
    }

    fn changed(&self, project: &Project) -> Result<Project, Error> {
        let mut after = project.clone();
        if let Some(domain) = &self.domain {
            names::check_own_domain(domain)?;
            after.domain.clone_from(domain);
            for own in after.resources.iter_mut().filter(|one| one.is_own()) {
                names::api_group(&own.group, domain)?;
                own.domain.clone_from(domain);
            }
        }
        if let Some(namespaced) = self.namespaced {
            let outside = after.own().find(|own| namespaced && !own.api.namespaced);
            if let Some(own) = outside {
                return Err(Refusal::ClusterScoped {
                    kind: own.kind.clone(),
                    version: own.version.clone(),
                }
                .into());
            }
            after.namespaced = namespaced;
        }
        if let Some(Choice(license)) = self.license {
            after.license = license;
        }
        if let Some(owner) = &self.owner {
            after.owner = Some(owner.clone());
        }
        after
            .check_entries()
            .map_err(|(resource, wrong)| Refusal::Invalid {
                resource,
                wrong: Box::new(wrong),
            })?;
        Ok(after)
    }

    /// What to know of objects that are on a cluster.
    fn note(&self, project: &Project) -> Option<String> {
        let domain = self
            .domain
            .as_ref()
            .filter(|domain| **domain != project.domain)?;
        let has_kinds = project.own().next().is_some();
        has_kinds.then(|| {
            format!("a kind of {domain} is another kind than one of {}: objects on a cluster stay what they are", project.domain)
        })
    }
}

/// All files of a project that are the author's.
fn owned(project: &Project, member: Option<&str>) -> Result<scaffold::Files, Error> {
    let mut files = scaffold::project(project, member)?;
    for resource in &project.resources {
        files.extend(scaffold::resource(project, resource)?);
    }
    Ok(files)
}
