//! `myop init`: a new project.

mod notes;
mod refusal;

use std::path::{Component, Path, PathBuf};

use clap::Args;
use myop_model::names;

pub(crate) use self::refusal::Refusal;
use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::license::Choice;
use crate::package::{self, Package};
use crate::plan::{Plan, Wanted};
use crate::project::{self, Project};
use crate::tree::Disk;
use crate::workspace::Workspace;
use crate::{checkout, git, program, scaffold};

/// Make a new project
///
/// The project builds, and `kubectl apply -k config/default` takes its manifests, before it has any kind.
/// In a cargo workspace it becomes a member. A folder that is this project already stays as it is, and so do a
/// README.md and a .gitignore that are there. A folder with a cargo package gets what that lacks: no file of it is
/// overwritten, only the missing dependencies are added to its Cargo.toml.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop init shop --domain example.com
  myop init shop --domain example.com --namespaced       an operator of one namespace
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
    /// Make an operator that works in its own namespace only, with a Role in place of a ClusterRole
    #[arg(long)]
    namespaced: bool,
    /// The licence: Apache-2.0, MIT or none [default: none]
    #[arg(long, value_name = "LICENSE")]
    license: Option<Choice>,
    /// Whose work it is, for the licence's text
    #[arg(long, value_name = "NAME", requires = "license")]
    owner: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

/// Files that a fresh repository has: what its author wrote stays.
const KEPT: [&str; 2] = [".gitignore", "README.md"];

/// What a new project finds in its folder and around it.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) package: Option<Package>,
    pub(super) workspace: Option<Workspace>,
    pub(super) runtime: Option<PathBuf>,
}

impl Init {
    /// Makes the project.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        let folder = absolute(&place.folder.join(&self.dir));
        if folder.is_file() {
            return Err(Refusal::File { folder }.into());
        }
        self.writing.begin(&folder, place)?;
        let disk = Disk::new(&folder);
        if let Some(old) = Project::read(&disk)? {
            let name = self.project_name.as_ref().unwrap_or(&old.name);
            check_same(&folder, &self.named(name)?, old.clone())?;
            return Ok(Answer::nothing_to_do());
        }
        let package = Package::in_folder(&disk)?;
        let project = self.project(&folder, package.as_ref())?;
        let is_root = package.as_ref().is_some_and(Package::is_workspace);
        let around = Surroundings {
            package,
            workspace: if is_root {
                None
            } else {
                Workspace::around(&disk)?
            },
            runtime: checkout::runtime(),
        };
        around.check_name(&project.name)?;
        let plan = Plan::new(wanted(&project, &around)?, &disk)?;
        let mut notes = notes::on_surroundings(&around);
        notes.extend(notes::on_dependencies(&project, &around)?);
        notes.extend(notes::on_kept(&plan, &disk, &around));
        let group = if project.domain_is_group() {
            "\"\""
        } else {
            "NAME"
        };
        let next = format!("myop create api --group {group} --version v1alpha1 --kind MyApp");
        let answer = self.writing.settle(&plan, &folder, place, &next)?;
        if self.writing.is_dry() {
            return Ok(answer.with_notes(notes));
        }
        if program::find("git", &place.path).is_some() {
            git::init(&folder);
        } else {
            notes.push(
                "there is no git on the PATH, so the project is no repository yet".to_owned(),
            );
        }
        let made = format!(
            "created project {} in {}: {} files",
            project.name,
            folder.display(),
            plan.len()
        );
        Ok(Answer::lines([made, format!("next: {next}")]).with_notes(notes))
    }

    fn project(&self, folder: &Path, package: Option<&Package>) -> Result<Project, Error> {
        let name = match (&self.project_name, package, folder.file_name()) {
            (Some(name), Some(package), _) if *name != package.name => {
                return Err(Refusal::OtherPackage {
                    folder: folder.to_owned(),
                    package: package.name.clone(),
                }
                .into());
            }
            (Some(name), ..) => name.clone(),
            (None, Some(package), _) => {
                let name = package.name.clone();
                if let Err(wrong) = names::check_project_name(&name) {
                    return Err(Refusal::PackageName { wrong }.into());
                }
                name
            }
            (None, None, Some(name)) => named_by_folder(&name.to_string_lossy())?,
            (None, None, None) => {
                return Err(Refusal::Nameless {
                    folder: folder.to_owned(),
                }
                .into());
            }
        };
        self.named(&name)
    }

    /// The project that is asked for, under this name.
    fn named(&self, name: &str) -> Result<Project, Error> {
        let mut project = Project::new(name, &self.domain)?;
        project.namespaced = self.namespaced;
        project.license = self.license.and_then(|Choice(license)| license);
        project.owner.clone_from(&self.owner);
        Ok(project)
    }
}

impl Surroundings {
    /// A workspace has each package name once.
    fn check_name(&self, name: &str) -> Result<(), Error> {
        let Some(workspace) = &self.workspace else {
            return Ok(());
        };
        match workspace.folder_of_package(name)? {
            Some(folder) => Err(Refusal::Package {
                name: name.to_owned(),
                folder,
            }
            .into()),
            None => Ok(()),
        }
    }
}

/// Whether what is there is what is asked for.
fn check_same(folder: &Path, wanted: &Project, old: Project) -> Result<(), Refusal> {
    let folder = folder.to_owned();
    let Project {
        name,
        domain,
        namespaced,
        license,
        ..
    } = old;
    if domain != wanted.domain || name != wanted.name {
        return Err(Refusal::Other {
            folder,
            name,
            domain,
        });
    }
    if namespaced != wanted.namespaced {
        return Err(Refusal::OtherScope {
            folder,
            name,
            namespaced,
        });
    }
    match wanted.license {
        Some(wanted) if license != Some(wanted) => Err(Refusal::OtherLicense {
            folder,
            name,
            help: format!("change it by `myop edit --license {wanted}`"),
        }),
        _ => Ok(()),
    }
}

/// The folder's name, if a project can have it.
fn named_by_folder(folder: &str) -> Result<String, Refusal> {
    let Err(name) = names::check_project_name(folder) else {
        return Ok(folder.to_owned());
    };
    let plain = folder.to_lowercase().replace(['_', '.', ' '], "-");
    let candidates = [plain.clone(), format!("{plain}-operator")];
    let fitting = candidates
        .iter()
        .find(|name| names::check_project_name(name).is_ok());
    let instead = fitting.map_or("NAME", String::as_str);
    let help = format!("pass --project-name {instead}; the folder may have any name");
    Err(Refusal::FolderName { name, help })
}

/// All files of a new project.
pub(super) fn wanted(project: &Project, around: &Surroundings) -> Result<Wanted, Error> {
    let mut wanted = Wanted::default();
    let member = around
        .workspace
        .as_ref()
        .map(|workspace| workspace.member.as_str());
    let mut files = scaffold::project(project, member)?;
    if let Some(package) = &around.package {
        let manifest = files.remove(package::FILE).unwrap_or_default();
        wanted.amended(package::FILE, package.with_dependencies_of(&manifest).0);
    }
    let may_stay = |path: &str| around.package.is_some() || KEPT.contains(&path);
    let (kept, owned) = files.into_iter().partition(|(path, _)| may_stay(path));
    wanted.unless_there(kept);
    wanted.owned(owned);
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
