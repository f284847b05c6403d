//! `myop manifests`: config/crd and config/rbac from what the operator declares, or the definitions of any crate.

mod failure;
mod features;
mod kept;
mod of_crate;
mod of_project;
mod size;
mod target;
mod watch;

use std::path::{Path, PathBuf};

use clap::Args;
use myop_manifests::{Descriptions, descriptions_of};

pub(crate) use self::failure::Failure;
use self::features::FeatureFlags;
pub(crate) use self::kept::Caches;
use self::kept::Whose;
use self::of_crate::Kinds;
pub(crate) use self::of_project::Declarations;
use self::target::{CONFIG, Target, inside};
use super::Place;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::plan::{self, Plan, Wanted};
use crate::project::{Project, ProjectError};
use crate::tree::{Disk, Tree};
use crate::{layout, scaffold};

/// Write config/crd and config/rbac from what the code declares
///
/// First src/api/mod.rs, src/controllers/mod.rs and config/samples/kustomization.yaml follow PROJECT.
/// Then the kinds, and the access that the operator needs, are read from its sources, whether they compile or not.
/// Where these leave something open that only a running program knows, a default that is computed for example, the
/// operator is built and asked.
/// A file that myop wrote there before and that has no source any more is removed.
///
/// With --crate it is the definitions of any crate whose kinds have kube's derive of `CustomResource`, without a PROJECT and
/// with no change to its code: a file a kind in the folder crds beside its Cargo.toml, named as controller-gen names it.
/// There is no program to be asked then: where the sources leave something open, nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop manifests
  myop manifests --check     in CI: fails when something is stale, and shows what
  myop manifests --static    never build: fail where the sources leave something open
  myop manifests --output deploy     to deploy/crd and deploy/rbac
  myop manifests --crate .           the CRDs of any crate, to its folder crds
  myop manifests --crate . --features metrics,extra      as built with these features
  myop manifests --crate crates/api --output - | kubectl apply --server-side -f -")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Manifests {
    /// Write nothing: print what would change, and fail if anything would
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Go on, and write them anew on each save, until Ctrl-C
    #[arg(long, conflicts_with_all = ["check", "dry_run"])]
    watch: bool,
    /// Read the sources only: fail where only the operator's program knows something
    #[arg(long = "static", conflicts_with = "compiled")]
    from_sources: bool,
    /// Build the operator and ask it, as kube's own derive makes the definitions
    #[arg(long)]
    compiled: bool,
    /// Read the kinds of this crate, which needs no PROJECT: its folder, or its Cargo.toml
    #[arg(long = "crate", value_name = "PATH", conflicts_with = "compiled")]
    krate: Option<PathBuf>,
    #[command(flatten)]
    features: FeatureFlags,
    /// How much of their doc comments the CRDs say: `full`, `first-sentence`, `none`, or at most so many characters of each;
    /// `descriptions` below `package.metadata.myop` in Cargo.toml keeps it [default: as that says, or full]
    #[arg(long, value_name = "POLICY")]
    descriptions: Option<Descriptions>,
    /// Write to this folder, or print where it is `-` [default: config, or crds in the folder of --crate]
    #[arg(long, value_name = "DIR")]
    output: Option<Target>,
    #[command(flatten)]
    writing: Writing,
}

impl Manifests {
    /// That they are written, for a command that goes on from there.
    pub(super) fn written(writing: Writing) -> Self {
        Self {
            check: false,
            watch: false,
            from_sources: false,
            compiled: false,
            krate: None,
            features: FeatureFlags::default(),
            output: None,
            descriptions: None,
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
        if self.output == Some(Target::Print) && (self.check || self.watch) {
            let flag = if self.check { "--check" } else { "--watch" };
            return Err(Failure::NoFiles { flag }.into());
        }
        if self.watch {
            return watch::follow(&self, place);
        }
        match &self.krate {
            Some(krate) => self.of_crate(place, krate),
            None => self.of_project(place),
        }
    }

    fn of_crate(&self, place: &Place, krate: &Path) -> Result<Answer, Error> {
        let here = &place.folder;
        let (kinds, output, notes) = self.kinds(place, krate)?;
        if self.output == Some(Target::Print) {
            return Ok(Answer::text(kinds.stream()).with_notes(notes));
        }
        let plan = kinds.plan(&output, &Disk::new(here))?;
        let what = named(&output);
        let text = self.settle(&plan, here, place, &what)?;
        Ok(or_up_to_date(Answer::text(text).with_notes(notes), &what))
    }

    /// The kinds of a crate, the folder that their definitions go to, and what is to be said of these.
    fn kinds(&self, place: &Place, krate: &Path) -> Result<(Kinds, PathBuf, Vec<String>), Error> {
        let here = &place.folder;
        let folder = of_crate::folder_of(here, krate);
        let (descriptions, this_once) = self.descriptions(&folder)?;
        let features = self.features.asked();
        let caches = place.caches.as_ref();
        let kept = caches.map(|caches| caches.file(Whose::Crate, &folder, descriptions));
        let kinds = Kinds::read(&folder, here, &features, descriptions, kept.as_ref())?;
        let mut notes = kinds.notes();
        notes.extend(this_once);
        let output = of_crate::output(self.output.as_ref(), here, &folder);
        Ok((kinds, output, notes))
    }

    fn of_project(&self, place: &Place) -> Result<Answer, Error> {
        let (disk, project) = project_of(&place.folder)?;
        let answer = self.follow(place, &disk, &project)?;
        Ok(or_up_to_date(
            answer,
            &named(&self.folder(place, disk.root())),
        ))
    }

    /// How much of their doc comments the CRDs say, and what is to be said of it where that is for this once.
    fn descriptions(&self, root: &Path) -> Result<(Descriptions, Option<String>), Error> {
        let kept = descriptions_of(root)?;
        let asked = self.descriptions.unwrap_or(kept);
        let note = (asked != kept).then(|| {
            format!(
                "descriptions are {asked} this once, and {kept} without the flag: `descriptions = \"{asked}\"` below `[package.metadata.myop]` in Cargo.toml keeps it"
            )
        });
        Ok((asked, note))
    }

    /// The folder of a project's manifests, as it is called there.
    fn folder(&self, place: &Place, root: &Path) -> PathBuf {
        match &self.output {
            Some(Target::Folder(said)) => inside(root, &place.folder, said),
            _ => CONFIG.into(),
        }
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
        let mut lists_text = self.settle(&lists, root, place, "what follows from PROJECT")?;
        if self.output == Some(Target::Print) && !lists_text.is_empty() {
            (place.tell)(lists_text.trim_end());
            lists_text.clear();
        }
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
        let (declared, _) = self.declared(place, root, project)?;
        if self.output == Some(Target::Print) {
            return Ok((declared.stream(project), declared.notes));
        }
        let folder = self.folder(place, root);
        let plan = declared.plan(project, &folder, &Disk::new(root))?;
        let text = self.settle(&plan, root, place, &named(&folder))?;
        Ok((text, declared.notes))
    }

    /// Carries the plan out, shows it, or finds that it should be carried out.
    fn settle(&self, plan: &Plan, root: &Path, place: &Place, what: &str) -> Result<String, Error> {
        if self.check && !plan.is_empty() {
            let diff = plan.diff();
            return Err(Failure::stale(what, diff, place).into());
        }
        if self.writing.is_dry() {
            return Ok(plan.diff());
        }
        plan::carry_out(plan, root, &place.command)?;
        Ok(plan.to_string())
    }
}

/// What follows from PROJECT, which a build needs.
///
/// # Errors
/// When something that PROJECT has is not there.
pub(crate) fn lists_plan(project: &Project, disk: &Disk) -> Result<Plan, Error> {
    check_sources(project, disk)?;
    Ok(Plan::new(lists(project)?, disk)?)
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

/// The project around a folder.
fn project_of(folder: &Path) -> Result<(Disk, Project), Error> {
    Project::find(&Disk::new(folder)).map_err(|error| match error {
        ProjectError::None => Failure::NoProject.into(),
        error => error.into(),
    })
}

/// A folder in words.
fn named(folder: &Path) -> String {
    if folder.as_os_str().is_empty() {
        return "this folder".to_owned();
    }
    folder.display().to_string()
}

/// What is said of a folder: that is up to date where nothing else is said.
fn or_up_to_date(answer: Answer, what: &str) -> Answer {
    if answer.text.is_empty() {
        return Answer::lines([format!("{what} is up to date")]).with_notes(answer.notes);
    }
    answer
}
