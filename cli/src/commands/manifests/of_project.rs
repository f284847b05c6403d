//! What the operator of a project declares, found right, and the files that it comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use myop_manifests::{
    Basis, Controller, CrdFile, Definitions, Descriptions, FOLDERS, Facts, Features, Kept,
    Operator, read_operator,
};

use super::failure::Failure;
use super::kept::{KeptFile, Whose};
use super::target::CONFIG;
use super::{Manifests, Place, of_crate, size};
use crate::error::Error;
use crate::plan::{MARK, Plan, Wanted};
use crate::program;
use crate::project::Project;
use crate::tree::Disk;
use crate::{agreement, definitions};

/// What an operator declares, found right.
#[derive(Debug)]
pub(crate) struct Declarations {
    name: String,
    controllers: Vec<Controller>,
    definitions: Kept,
    descriptions: Descriptions,
    /// What is to be said of it.
    pub(crate) notes: Vec<String>,
}

impl Manifests {
    /// What the operator declares, by its sources, or else by its program; and the sources that say so.
    pub(super) fn declared(
        &self,
        place: &Place,
        root: &Path,
        project: &Project,
    ) -> Result<(Declarations, BTreeSet<PathBuf>), Error> {
        let (descriptions, this_once) = self.descriptions(root)?;
        let caches = place.caches.as_ref();
        let kept = caches.map(|caches| caches.file(Whose::Operator, root, descriptions));
        let (facts, basis, files) = self.facts(place, root, project, kept.as_ref())?;
        let is_new = basis.is_new();
        let mut declared = Declarations::of(facts, basis, project, descriptions, root)?;
        if let Some(kept) = kept.filter(|_| is_new) {
            kept.write(&declared.definitions);
        }
        declared.notes.extend(this_once);
        Ok((declared, files))
    }

    fn facts(
        &self,
        place: &Place,
        root: &Path,
        project: &Project,
        kept: Option<&KeptFile>,
    ) -> Result<(Facts, Basis, BTreeSet<PathBuf>), Error> {
        let mut files = BTreeSet::new();
        if !self.compiled {
            let before = kept.and_then(KeptFile::read).unwrap_or_default();
            let declared = read_operator(root, before);
            let declared = declared.map_err(|error| Failure::of_source(root, error))?;
            if !declared.mistakes.is_empty() {
                return Err(Failure::mistakes(root, &declared.mistakes).into());
            }
            files = declared.basis.files();
            match declared.facts {
                Ok(facts) => return Ok((facts, declared.basis, files)),
                Err(unread) => {
                    if self.from_sources {
                        return Err(Failure::unread(root, &unread).into());
                    }
                    (place.tell)(&unread.below(root).to_string());
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
        let facts = Facts::read(&ask(&place.cargo, root)?)?;
        Ok((facts, Basis::default(), files))
    }
}

impl Declarations {
    /// Those of these facts, and of what stands beside them.
    ///
    /// # Errors
    /// When they contradict PROJECT or each other, or an API server would refuse them.
    fn of(
        facts: Facts,
        basis: Basis,
        project: &Project,
        descriptions: Descriptions,
        root: &Path,
    ) -> Result<Self, Error> {
        let notes = agreement::check(&facts, basis.unchanged(), project)?;
        let merged = Definitions::merge(facts.crds, descriptions)?;
        let new = merged.crd_files();
        CrdFile::check_names(new.iter().chain(basis.unchanged()))?;
        let source = definitions::Source {
            folder: root,
            features: &Features::default(),
            below: root,
        };
        definitions::check(merged, source)?;
        let mut declared = Self {
            name: facts.name,
            controllers: facts.controllers,
            definitions: basis.keep(new),
            descriptions,
            notes,
        };
        let note = declared.note(project);
        declared.notes.extend(note);
        let oversized = size::notes(declared.definitions.crd_files());
        declared.notes.extend(oversized);
        Ok(declared)
    }

    /// Those that an operator's program prints.
    ///
    /// # Errors
    /// When they contradict PROJECT or each other, or an API server would refuse them.
    pub(crate) fn of_program(
        facts: Facts,
        project: &Project,
        descriptions: Descriptions,
        root: &Path,
    ) -> Result<Self, Error> {
        Self::of(facts, Basis::default(), project, descriptions, root)
    }

    fn operator(&self) -> Operator<'_> {
        Operator {
            name: &self.name,
            controllers: &self.controllers,
            crds: self.definitions.crd_files().collect(),
        }
    }

    /// The files of config/crd and config/rbac.
    pub(crate) fn files(&self, project: &Project) -> BTreeMap<String, String> {
        let project = project.for_manifests(self.descriptions);
        self.operator().files(&project)
    }

    /// All objects in one stream.
    pub(super) fn stream(&self, project: &Project) -> String {
        let files = self.files(project);
        let objects = files
            .iter()
            .filter(|(path, _)| !path.ends_with("kustomization.yaml"));
        of_crate::stream(objects.map(|(_, text)| text))
    }

    /// What changes in config.
    ///
    /// # Errors
    /// When files lie there that are not myop's.
    pub(crate) fn config_plan(&self, project: &Project, disk: &Disk) -> Result<Plan, Error> {
        self.plan(project, CONFIG.as_ref(), disk)
    }

    /// The same in a folder that takes the place of config.
    pub(super) fn plan(
        &self,
        project: &Project,
        folder: &Path,
        disk: &Disk,
    ) -> Result<Plan, Error> {
        Ok(Plan::new(wanted(self.files(project), folder), disk)?)
    }

    /// What an operator of one namespace may do beyond it.
    fn note(&self, project: &Project) -> Option<String> {
        let controllers = self.controllers.iter();
        let rules = controllers.flat_map(|controller| &controller.cluster_rules);
        let names = rules.flat_map(|rule| rule.resources.iter().chain(&rule.non_resource_urls));
        let names: BTreeSet<&str> = names.map(String::as_str).collect();
        (project.namespaced && !names.is_empty()).then(|| {
            let names = Vec::from_iter(names).join(", ");
            format!("the operator needs a ClusterRole, config/rbac/cluster_role.yaml, for what is in no namespace: {names}")
        })
    }
}

/// The files of an operator's manifests, in a folder.
fn wanted(files: BTreeMap<String, String>, folder: &Path) -> Wanted {
    let there = |path: &str| {
        let inside = Path::new(path).strip_prefix(CONFIG);
        folder.join(inside.unwrap_or(path.as_ref()))
    };
    let mut wanted = Wanted::default();
    wanted.generated(files.into_iter().map(|(path, text)| (there(&path), text)));
    for swept in FOLDERS {
        wanted.sweep(there(swept.path), swept.can_have, MARK);
    }
    wanted
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
