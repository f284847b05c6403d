//! `myop init`: a new project.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use myop_model::names::{self, NameError};

use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::license::Choice;
use crate::package::{self, Package};
use crate::plan::{Plan, Wanted};
use crate::project::{self, Project};
use crate::tree::{Disk, Tree as _};
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

/// A project that can't be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{} is the project {name} of domain {domain} already", .folder.display())]
    Other {
        folder: PathBuf,
        name: String,
        domain: String,
    },
    #[error("{} is the project {name} already, whose operator works in {}", .folder.display(), scope(*.namespaced))]
    OtherScope {
        folder: PathBuf,
        name: String,
        namespaced: bool,
    },
    #[error("{} is the project {name} already, under another licence or none", .folder.display())]
    OtherLicense {
        folder: PathBuf,
        name: String,
        help: String,
    },
    #[error("{} has no name to call the project by: give one by --project-name", .folder.display())]
    Nameless { folder: PathBuf },
    #[error("{name}")]
    FolderName { name: NameError, help: String },
    #[error("the workspace has a package {name} already, in {}", .folder.display())]
    Package { name: String, folder: PathBuf },
    #[error("the package of this folder can't become a project of its name: {wrong}")]
    PackageName { wrong: NameError },
    #[error("{} holds the package {package}, whose name the project has to have", .folder.display())]
    OtherPackage { folder: PathBuf, package: String },
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::FolderName { help, .. } | Self::OtherLicense { help, .. } => Some(help),
            Self::Package { .. } => Some("give the project another name by --project-name"),
            Self::PackageName { .. } => {
                Some("rename the package in its Cargo.toml, or make the project in another folder")
            }
            Self::OtherPackage { .. } => Some("leave --project-name away"),
            Self::OtherScope {
                namespaced: true, ..
            } => Some("change it by `myop edit --namespaced=false`"),
            Self::OtherScope { .. } => Some("change it by `myop edit --namespaced`"),
            Self::Other { .. } => Some(
                "change the domain by `myop edit --domain`, or make another project in another folder",
            ),
            Self::Nameless { .. } => None,
        }
    }
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
        let mut notes = notes(&around);
        notes.extend(notes_on_dependencies(&project, &around)?);
        notes.extend(notes_on_kept(&plan, &disk, &around));
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

/// Where an operator works, in words.
fn scope(namespaced: bool) -> &'static str {
    if namespaced {
        "its own namespace"
    } else {
        "all namespaces"
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

fn notes(around: &Surroundings) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(workspace) = &around.workspace {
        let path = workspace.path.display();
        notes.push(format!("it is a member of the workspace of {path}"));
    }
    let Some(runtime) = &around.runtime else {
        return notes;
    };
    let patch = format!(
        "[patch.crates-io] myop = {{ path = \"{}\" }}",
        runtime.display()
    );
    match &around.workspace {
        Some(workspace) if workspace.has_patch() => {}
        Some(_) => notes.push(format!(
            "until myop is published, the workspace's Cargo.toml needs {patch}"
        )),
        None => notes.push(format!(
            "until myop is published, .cargo/config.toml, which is for this machine alone, has {patch}; Docker and CI need it too"
        )),
    }
    notes
}

/// Which files were there first, what they lack, and what git should ignore and does not.
fn notes_on_kept(plan: &Plan, disk: &Disk, around: &Surroundings) -> Vec<String> {
    let kept = plan.kept();
    if kept.is_empty() {
        return Vec::new();
    }
    let names: Vec<_> = kept.iter().map(|path| path.display().to_string()).collect();
    let mut notes = vec![format!("kept your {}", names.join(" and your "))];
    let is_kept = |name: &str| kept.iter().any(|path| path == Path::new(name));
    if around.workspace.is_none() && is_kept(".gitignore") {
        let text = disk
            .read(Path::new(".gitignore"))
            .ok()
            .flatten()
            .unwrap_or_default();
        let patch = around.runtime.as_ref().map(|_| "/.cargo/config.toml");
        let lacking: Vec<_> = ["/target"]
            .into_iter()
            .chain(patch)
            .filter(|path| !ignores(&text, path))
            .collect();
        if !lacking.is_empty() {
            notes.push(format!("your .gitignore lacks {}", lacking.join(" and ")));
        }
    }
    if is_kept("src/lib.rs") {
        notes.push(format!(
            "add to your src/lib.rs:\n  pub mod api;\n  pub mod controllers;\n\n{MANAGER}"
        ));
    }
    if let Some(package) = around.package.as_ref().filter(|_| is_kept("src/main.rs")) {
        let library = names::crate_name(&package.name);
        notes.push(format!("`myop manifests` asks your program, so let its main end with {library}::manager().main()"));
    }
    notes
}

/// What an operator's library has besides its modules.
const MANAGER: &str = "  \
  pub fn manager() -> myop::Manager {
      controllers::register(myop::Manager::new(env!(\"CARGO_PKG_NAME\"), api::kinds()))
  }";

/// What a package's Cargo.toml was given, and what it has otherwise than myop needs it.
fn notes_on_dependencies(project: &Project, around: &Surroundings) -> Result<Vec<String>, Error> {
    let Some(package) = &around.package else {
        return Ok(Vec::new());
    };
    let files = scaffold::project(project, None)?;
    let (_, additions) = package.with_dependencies_of(&files[package::FILE]);
    let mut notes = Vec::new();
    if !additions.added.is_empty() {
        let added: BTreeSet<_> = additions.added.into_iter().collect();
        let added = Vec::from_iter(added);
        notes.push(format!("added to your Cargo.toml: {}", added.join(", ")));
    }
    notes.extend(
        additions
            .differing
            .into_iter()
            .map(|one| format!("first mend your Cargo.toml: {one}")),
    );
    notes.extend(package.peculiarities());
    Ok(notes)
}

/// Whether a .gitignore has a line for this path, anchored or not.
fn ignores(gitignore: &str, path: &str) -> bool {
    let bare = |line: &str| line.trim().trim_matches('/').to_owned();
    gitignore.lines().any(|line| bare(line) == bare(path))
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
