//! `myop init`: a new project.

use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::Place;
use crate::answer::Answer;
use crate::error::Error;
use crate::plan::{self, Plan, Wanted};
use crate::project::{self, Project};
use crate::tree::Disk;
use crate::workspace::Workspace;
use crate::{checkout, git, scaffold};

/// Make a new project
///
/// The project builds, and `kubectl apply -k config/default` takes its manifests, before it has any kind.
/// In a cargo workspace it becomes a member. A folder that is this project already stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop init shop --domain example.com
  mkdir shop && cd shop && myop init --domain example.com --project-name shop-operator")]
pub(crate) struct Init {
    /// The folder, made if it isn't there
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The domain that all API groups of the project end in
    #[arg(long, value_name = "DOMAIN")]
    domain: String,
    /// The project's name, which becomes its package's and its namespace's [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    project_name: Option<String>,
}

/// A project that can't be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{} is the project {name} of domain {domain} already", .folder.display())]
    Other {
        folder: PathBuf,
        name: String,
        domain: String,
    },
    #[error("{} has no name to call the project by: give one by --project-name", .folder.display())]
    Nameless { folder: PathBuf },
}

/// What a new project finds around it.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) workspace: Option<Workspace>,
    pub(super) runtime: Option<PathBuf>,
}

impl Init {
    /// Makes the project.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        let folder = absolute(&place.folder.join(&self.dir));
        let project = self.project(&folder)?;
        if let Some(old) = Project::read(&folder)? {
            let same = old.domain == project.domain && old.name == project.name;
            let other = Refusal::Other {
                folder,
                name: old.name,
                domain: old.domain,
            };
            return if same {
                Ok(Answer::nothing_to_do())
            } else {
                Err(other.into())
            };
        }
        let around = Surroundings {
            workspace: Workspace::around(&folder)?,
            runtime: checkout::runtime(),
        };
        let plan = Plan::new(wanted(&project, &around)?, &Disk::new(&folder))?;
        plan::carry_out(&plan, &folder)?;
        git::init(&folder);

        let made = format!(
            "created project {} in {}: {} files",
            project.name,
            folder.display(),
            plan.len()
        );
        let next = "next: myop create api --group \"\" --version v1alpha1 --kind MyApp";
        Ok(Answer {
            notes: notes(&around),
            ..Answer::lines([made.as_str(), next])
        })
    }

    fn project(&self, folder: &Path) -> Result<Project, Error> {
        let name = match (&self.project_name, folder.file_name()) {
            (Some(name), _) => name.clone(),
            (None, Some(name)) => name.to_string_lossy().into_owned(),
            (None, None) => {
                return Err(Refusal::Nameless {
                    folder: folder.to_owned(),
                }
                .into());
            }
        };
        Ok(Project::new(&name, &self.domain)?)
    }
}

/// All files of a new project.
pub(super) fn wanted(project: &Project, around: &Surroundings) -> Result<Wanted, Error> {
    let mut wanted = Wanted::default();
    wanted.owned(scaffold::project(
        project,
        around
            .workspace
            .as_ref()
            .map(|workspace| workspace.member.as_str()),
    )?);
    wanted.generated(scaffold::lists(project)?);
    wanted.generated(scaffold::manifests(project));
    wanted.amended(project::FILE, project.text());
    match (&around.workspace, &around.runtime) {
        (Some(workspace), _) => wanted.amended(&workspace.path, workspace.with_member()),
        (None, Some(runtime)) => wanted.owned(scaffold::patch(runtime)?),
        (None, None) => {}
    }
    Ok(wanted)
}

fn notes(around: &Surroundings) -> Vec<String> {
    let Some(runtime) = &around.runtime else {
        return Vec::new();
    };
    let patch = format!(
        "[patch.crates-io] myop = {{ path = \"{}\" }}",
        runtime.display()
    );
    match &around.workspace {
        Some(workspace) if workspace.has_patch() => Vec::new(),
        Some(_) => vec![format!(
            "until myop is published, the workspace's Cargo.toml needs {patch}"
        )],
        None => vec![format!(
            "until myop is published, .cargo/config.toml, which git ignores, has {patch}; Docker and CI need it too"
        )],
    }
}

/// The folder without `.` and `..`, links resolved where it is there.
fn absolute(folder: &Path) -> PathBuf {
    if let Ok(folder) = folder.canonicalize() {
        return folder;
    }
    match (folder.parent(), folder.components().next_back()) {
        (Some(parent), Some(Component::Normal(name))) => absolute(parent).join(name),
        (Some(parent), Some(Component::ParentDir)) => absolute(parent)
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default(),
        _ => folder.to_owned(),
    }
}
