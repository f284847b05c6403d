//! `myop manifests`: config/crd and config/rbac from what the operator declares.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use clap::Args;
use myop_manifests::{Declared, FOLDERS, Facts, Place as SourcePlace, Unread, read_operator};

use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::plan::{self, Plan, Wanted};
use crate::program;
use crate::project::Project;
use crate::tree::{Disk, Tree};
use crate::{agreement, definitions, layout, scaffold};

/// Write config/crd and config/rbac from what the code declares
///
/// First src/api/mod.rs, src/controllers/mod.rs and config/samples/kustomization.yaml follow PROJECT.
/// Then the kinds, and the access that the operator needs, are read from its sources, whether they compile or not.
/// Where these leave something open that only a running program knows, a default that is computed for example, the
/// operator is built and asked.
/// A file that myop wrote there before and that has no source any more is removed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop manifests
  myop manifests --check     in CI: fails when something is stale, and shows what
  myop manifests --static    never build: fail where the sources leave something open")]
pub(crate) struct Manifests {
    /// Write nothing: print what would change, and fail if anything would
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Read the sources only: fail where only the operator's program knows something
    #[arg(long = "static", conflicts_with = "compiled")]
    from_sources: bool,
    /// Build the operator and ask it, as kube's own derive makes the definitions
    #[arg(long)]
    compiled: bool,
    #[command(flatten)]
    writing: Writing,
}

/// The manifests could not be made, or are not as they should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is no {cargo}, which has to build the operator to ask it for its declarations")]
    NoCargo { cargo: String },
    #[error("cannot run {command} in {}", .folder.display())]
    NotRun {
        command: String,
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error("{command} failed in {}: {status}", .folder.display())]
    Cargo {
        command: String,
        folder: PathBuf,
        status: ExitStatus,
    },
    #[error("{unread}")]
    Unread { unread: Unread },
    #[error("{}", .0.join("\n"))]
    Mistakes(Vec<String>),
    #[error("{what} is stale")]
    Stale { what: &'static str, diff: String },
    #[error("PROJECT has {kind} {version}, and {file} is not there")]
    NoSource {
        kind: String,
        version: String,
        file: String,
    },
}

impl Failure {
    /// What is wrong with myop's attributes, each at its place.
    fn mistakes(root: &Path, declared: &Declared) -> Self {
        let told = declared.mistakes.iter().map(|(place, error)| {
            let place = SourcePlace {
                file: shown(root, &place.file),
                ..place.clone()
            };
            format!("{place}: {error}")
        });
        Self::Mistakes(told.collect())
    }

    /// That there is no cargo where one is looked for.
    pub(crate) fn no_cargo(place: &Place) -> Self {
        let cargo = place.cargo.display().to_string();
        Self::NoCargo { cargo }
    }

    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::NoCargo { .. } | Self::NotRun { .. } => {
                "install Rust, or name a cargo by the environment variable CARGO"
            }
            Self::Cargo { .. } => {
                "the manifests come from the operator's program, which must build"
            }
            Self::Unread { .. } => "leave out `--static`, and the operator is built and asked",
            Self::Mistakes(_) => "nothing was written: the compiler says the same",
            Self::Stale { .. } => "run `myop manifests`",
            Self::NoSource { .. } => {
                "put the file back, or PROJECT right: what it does not have is no part of the operator"
            }
        }
    }
}

impl Manifests {
    /// That they are written, for a command that goes on from there.
    pub(super) fn written(writing: Writing) -> Self {
        Self {
            check: false,
            from_sources: false,
            compiled: false,
            writing,
        }
    }

    /// Writes or checks the manifests.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        if self.check {
            plan::check_settled(&place.folder)?;
        } else {
            self.writing.begin(&place.folder, place)?;
        }
        let (disk, project) = Project::find(&Disk::new(&place.folder))?;
        let answer = self.follow(place, &disk, &project)?;
        if answer.text.is_empty() {
            return Ok(Answer::lines(["config is up to date"]).with_notes(answer.notes));
        }
        Ok(answer)
    }

    /// Makes the manifests of a project follow its code. Without a text, they did.
    pub(super) fn follow(
        &self,
        place: &Place,
        disk: &Disk,
        project: &Project,
    ) -> Result<Answer, Error> {
        let root = disk.root();
        let lists = lists_plan(project, disk)?;
        let lists_text = self.settle(&lists, root, place, "what follows from PROJECT")?;
        if self.writing.is_dry() && !lists.is_empty() {
            let note = "config is not shown: it is made of the sources with these changes";
            return Ok(Answer {
                text: lists_text,
                notes: vec![note.to_owned()],
            });
        }
        let (config, notes) = self
            .config(place, root, project)
            .map_err(|error| error.after_lists(&lists))?;
        Ok(Answer {
            text: lists_text + &config,
            notes,
        })
    }

    /// What changes in config, and what is to be said of it. It takes right lists.
    fn config(
        &self,
        place: &Place,
        root: &Path,
        project: &Project,
    ) -> Result<(String, Vec<String>), Error> {
        let facts = self.facts(place, root, project)?;
        let (plan, notes) = config_plan(&facts, project, &Disk::new(root))?;
        let text = self.settle(&plan, root, place, "config")?;
        Ok((text, notes))
    }

    /// What the operator declares: by its sources, or else by its program.
    fn facts(&self, place: &Place, root: &Path, project: &Project) -> Result<Facts, Error> {
        if !self.compiled {
            let declared = read_operator(root).map_err(|error| error.below(root))?;
            if !declared.mistakes.is_empty() {
                return Err(Failure::mistakes(root, &declared).into());
            }
            match declared.facts {
                Ok(facts) => return Ok(facts),
                Err(mut unread) => {
                    unread.place.file = shown(root, &unread.place.file);
                    if self.from_sources {
                        return Err(Failure::Unread { unread }.into());
                    }
                    (place.tell)(&format!("{unread}"));
                }
            }
        }
        if program::find(&place.cargo, &place.path).is_none() {
            return Err(Failure::no_cargo(place).into());
        }
        (place.tell)(&format!(
            "building {} to ask it for its declarations",
            project.name
        ));
        Ok(Facts::read(&ask(&place.cargo, root)?)?)
    }

    /// Carries the plan out, shows it, or finds that it should be carried out.
    fn settle(
        &self,
        plan: &Plan,
        root: &Path,
        place: &Place,
        what: &'static str,
    ) -> Result<String, Error> {
        if self.check && !plan.is_empty() {
            let diff = plan.diff();
            return Err(Failure::Stale { what, diff }.into());
        }
        if self.writing.is_dry() {
            return Ok(plan.diff());
        }
        plan::carry_out(plan, root, &place.command)?;
        Ok(plan.to_string())
    }
}

/// A file as it is called in the project.
fn shown(root: &Path, file: &Path) -> PathBuf {
    file.strip_prefix(root).unwrap_or(file).to_owned()
}

/// What follows from PROJECT, which a build needs.
///
/// # Errors
/// When something that PROJECT has is not there.
pub(crate) fn lists_plan(project: &Project, disk: &Disk) -> Result<Plan, Error> {
    check_sources(project, disk)?;
    Ok(Plan::new(lists(project)?, disk)?)
}

/// What follows from an operator's declarations in config, and what is to be said of it.
///
/// # Errors
/// When they contradict PROJECT or each other, or an API server would refuse them.
pub(crate) fn config_plan(
    facts: &Facts,
    project: &Project,
    disk: &Disk,
) -> Result<(Plan, Vec<String>), Error> {
    let mut notes = agreement::check(facts, project)?;
    definitions::check(facts, disk.root())?;
    let plan = Plan::new(wanted(facts, project)?, disk)?;
    notes.extend(note(facts, project));
    Ok((plan, notes))
}

/// Whether all that PROJECT has is there: a list of what is not would not compile.
fn check_sources(project: &Project, tree: &impl Tree) -> Result<(), Error> {
    for resource in &project.resources {
        let api = resource
            .is_own()
            .then(|| format!("src/api/{}", layout::api(resource)));
        let controllers = layout::controllers(resource);
        let controllers = controllers.map(|one| format!("src/controllers/{}", one.file()));
        for module in api.into_iter().chain(controllers) {
            let file = format!("{module}.rs");
            let place = plan::place(Path::new(&file), tree)?;
            if tree.read(&place)?.is_none() {
                return Err(Failure::NoSource {
                    kind: resource.kind.clone(),
                    version: resource.version.clone(),
                    file,
                }
                .into());
            }
        }
    }
    Ok(())
}

/// The files that follow from PROJECT.
fn lists(project: &Project) -> Result<Wanted, Error> {
    let mut wanted = Wanted::default();
    wanted.generated(scaffold::lists(project)?);
    Ok(wanted)
}

/// The files that follow from the facts.
fn wanted(facts: &Facts, project: &Project) -> Result<Wanted, Error> {
    let mut wanted = Wanted::default();
    wanted.generated(myop_manifests::files(facts, &project.for_manifests())?);
    for folder in FOLDERS {
        wanted.sweep(folder, myop_manifests::can_be_written);
    }
    Ok(wanted)
}

/// What an operator of one namespace may do beyond it.
fn note(facts: &Facts, project: &Project) -> Option<String> {
    let controllers = facts.controllers.iter();
    let rules = controllers.flat_map(|controller| &controller.cluster_rules);
    let names = rules.flat_map(|rule| rule.resources.iter().chain(&rule.non_resource_urls));
    let names: BTreeSet<&str> = names.map(String::as_str).collect();
    (project.namespaced && !names.is_empty()).then(|| {
        let names = Vec::from_iter(names).join(", ");
        format!("the operator needs a ClusterRole, config/rbac/cluster_role.yaml, for what is in no namespace: {names}")
    })
}

/// What the operator's program prints; what cargo has to say goes to standard error. A first build
/// takes minutes, so who sits at a terminal sees how it gets on.
fn ask(cargo: &OsStr, root: &Path) -> Result<String, Failure> {
    let arguments: &[&str] = if std::io::stderr().is_terminal() {
        &["run", "--", "manifests"]
    } else {
        &["run", "--quiet", "--", "manifests"]
    };
    let folder = root.to_owned();
    let command = format!("{} {}", cargo.display(), arguments.join(" "));
    let output = match Command::new(cargo)
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
    {
        Ok(output) => output,
        Err(source) => {
            return Err(Failure::NotRun {
                command,
                folder,
                source,
            });
        }
    };
    if !output.status.success() {
        return Err(Failure::Cargo {
            command,
            folder,
            status: output.status,
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
