//! A project at work: from its sources to an operator that runs on a cluster, again and again.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kube::Client;
use myop_manifests::{Facts, descriptions_of};
use serde_json::Value;
use tempfile::TempPath;
use tokio::process::Command;

use super::build::{BuildError, Built, Cargo};
use super::cluster::Cluster;
use super::failed;
use super::folder::RunFolder;
use super::installed::{self, Account, Installed};
use super::objects::ObjectError;
use super::operator::Orders;
use super::running::Running;
use super::samples::{self, Samples};
use super::screen::{Screen, Tone};
use super::sources::{Changed, Seen, Sources};
use super::stop::{Stop, Stopped};
use crate::commands::Place;
use crate::commands::manifests::{self, Declarations};
use crate::error::Error;
use crate::plan::{self, Change, Plan};
use crate::project::Project;
use crate::tree::Disk;

/// A project at work. What it has made besides config goes with it.
pub(crate) struct Session<'s> {
    place: &'s Place,
    pub(crate) screen: Screen,
    pub(crate) client: Client,
    pub(crate) running: Running,
    work: Work,
    administrators: String,
    folder: RunFolder,
    sources: Sources,
    seen: Seen,
    installed: Installed,
    samples: Samples,
    /// Whether all of the last turn went well.
    is_settled: bool,
    /// The copy of a build that runs, or ran last: none of those before is kept.
    program: Option<TempPath>,
    builds: u32,
}

/// What a session works on.
#[derive(Debug)]
pub(crate) struct Work {
    /// The project's folder.
    pub(crate) root: PathBuf,
    /// How it is built.
    pub(crate) cargo: Cargo,
    /// Arguments for the operator.
    pub(crate) arguments: Vec<OsString>,
}

/// An operator could not be made of the sources.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("cannot make a folder for what runs")]
    NoFolder(#[source] io::Error),
    #[error("cannot write {}", .path.display())]
    NotWritten { path: PathBuf, source: io::Error },
    #[error("cannot run {}", .program.display())]
    NotRun { program: PathBuf, source: io::Error },
    #[error("the operator does not tell its declarations")]
    NoFacts { said: String },
    #[error("the operator gets no token of its account")]
    NoToken(#[source] ObjectError),
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl SessionError {
    /// What the compiler, or the operator, says of it.
    pub(crate) fn said(&self) -> &str {
        match self {
            Self::NoFacts { said } | Self::Build(BuildError::Failed { said }) => said,
            _ => "",
        }
    }
}

/// Why a turn did not come to its end.
pub(crate) enum Halted {
    Stopped,
    Failed(Error),
}

impl From<Stopped> for Halted {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<Error> for Halted {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<SessionError> for Halted {
    fn from(error: SessionError) -> Self {
        Self::Failed(error.into())
    }
}

impl<'s> Session<'s> {
    /// One that has made nothing yet.
    ///
    /// # Errors
    /// Where there is no room for its files.
    pub(crate) fn new(
        place: &'s Place,
        cluster: &Cluster,
        stop: Stop,
        work: Work,
    ) -> Result<Self, SessionError> {
        let folder = RunFolder::new_in(&place.temporary, "dev");
        Ok(Self {
            place,
            screen: Screen::new(place.output),
            client: cluster.client(),
            running: Running::new(stop),
            administrators: cluster.kubeconfig(),
            folder: folder.map_err(SessionError::NoFolder)?,
            sources: Sources::new(&work.root),
            work,
            seen: Seen::default(),
            installed: Installed::default(),
            samples: Samples::default(),
            is_settled: false,
            program: None,
            builds: 0,
        })
    }

    /// Where a kubeconfig for kubectl goes, unless its user wants it elsewhere.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// Follows the sources until it is stopped.
    pub(crate) async fn follow(&mut self) -> Stopped {
        let mut changed = None;
        loop {
            match self.turn(changed.as_ref()).await {
                Ok(()) => {}
                Err(Halted::Stopped) => return Stopped,
                Err(Halted::Failed(error)) => self.tell_error(&error),
            }
            let next = self.sources.changed(&self.seen);
            match self.running.during(&self.screen, next).await {
                Ok(next) => {
                    self.screen.gap();
                    self.screen.tell("edited", Tone::Strong, &next);
                    changed = Some(next);
                }
                Err(stopped) => return stopped,
            }
        }
    }

    /// From the sources as they are now to an operator that runs.
    ///
    /// # Errors
    /// When something has to be mended first, or it is stopped.
    async fn turn(&mut self, changed: Option<&Changed>) -> Result<(), Halted> {
        let project = if changed.is_some_and(Changed::is_in_samples) {
            self.seen = self.sources.look();
            self.project()?.1
        } else {
            self.bring_up().await?
        };
        let found = samples::read(&self.work.root);
        let meanwhile = self.sources.look();
        let meanwhile = meanwhile.difference(&self.seen, &self.work.root);
        if meanwhile.is_some_and(|changed| changed.has_samples()) {
            // They are applied in the next turn, which tells of the edit first.
            return Ok(());
        }
        self.apply(&project, found.map_err(Error::from)?).await
    }

    /// From the code as it is now to an operator that runs.
    ///
    /// # Errors
    /// When something has to be mended first, or it is stopped.
    pub(crate) async fn bring_up(&mut self) -> Result<Project, Halted> {
        let was_settled = std::mem::take(&mut self.is_settled);
        let project = self.follow_project()?;
        let built = self.build(&project).await?;
        if !(built.is_fresh && was_settled && self.running.is_up()) {
            let program = self.copy(&built.program)?;
            let manifests = self.follow_code(&project, &program).await?;
            self.install(&project, manifests).await?;
            self.start(&project, program).await?;
        }
        self.is_settled = true;
        Ok(project)
    }

    fn project(&self) -> Result<(Disk, Project), Error> {
        Ok(Project::find(&Disk::new(&self.work.root))?)
    }

    /// Has the lists follow PROJECT.
    fn follow_project(&mut self) -> Result<Project, Error> {
        self.seen = self.sources.look();
        let (disk, project) = self.project()?;
        let lists = manifests::lists_plan(&project, &disk)?;
        self.carry_out(&lists)?;
        if !lists.is_empty() {
            self.seen = self.sources.look();
        }
        Ok(project)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "it is held against the times of files"
    )]
    async fn build(&mut self, project: &Project) -> Result<Built, Halted> {
        let began = SystemTime::now();
        self.screen.pass("build", &project.name);
        let building = self.work.cargo.build(&project.name, &self.screen);
        let ended = self.running.during(&self.screen, building).await?;
        let built = ended.map_err(SessionError::from)?;
        self.sources.read_by(&built.program);
        self.seen.learn(self.sources.look(), began);
        let warnings = match built.warnings {
            0 => String::new(),
            1 => ", 1 warning".to_owned(),
            many => format!(", {many} warnings"),
        };
        let took = built.took.as_secs_f64();
        let text = format!("{} in {took:.1} s{warnings}", project.name);
        self.screen.tell("built", Tone::Plain, text);
        Ok(built)
    }

    /// A copy, so that the next build does not touch what runs.
    fn copy(&mut self, built: &Path) -> Result<TempPath, SessionError> {
        self.builds += 1;
        let name = built.file_stem().unwrap_or_default().to_string_lossy();
        let extension = std::env::consts::EXE_SUFFIX;
        let path = self.folder.path();
        let path = path.join(format!("{name}-{}{extension}", self.builds));
        let copied = fs::copy(built, &path).and_then(|_| TempPath::try_from_path(&path));
        copied.map_err(|source| SessionError::NotWritten { path, source })
    }

    /// Has config follow the code, and returns all that config is to say.
    async fn follow_code(
        &mut self,
        project: &Project,
        program: &Path,
    ) -> Result<Manifests, Halted> {
        let said = self.running.during(&self.screen, ask(program)).await??;
        let facts = Facts::read(&said).map_err(Error::from)?;
        let disk = Disk::new(&self.work.root);
        let descriptions = descriptions_of(&self.work.root).map_err(Error::from)?;
        let declared = Declarations::of_program(facts, project, descriptions, &self.work.root)?;
        let plan = declared.config_plan(project, &disk)?;
        self.carry_out(&plan)?;
        for note in &declared.notes {
            self.screen.below(Tone::Quiet, format!("note: {note}"));
        }
        let is_definition = |path: &Path, change: &Change| {
            path.starts_with("config/crd/bases") && matches!(change, Change::Update { .. })
        };
        self.screen.diff(&plan.diff_of(is_definition));
        Ok(declared.files(project))
    }

    /// Makes a tree what a plan says, and tells what that changes.
    ///
    /// # Errors
    /// When something can't be written: then all is as it was.
    pub(crate) fn carry_out(&self, plan: &Plan) -> Result<(), Error> {
        plan::carry_out(plan, &self.work.root, &self.place.command)?;
        if !plan.is_empty() {
            self.screen.tell("wrote", Tone::Plain, plan);
        }
        Ok(())
    }

    async fn install(&mut self, project: &Project, manifests: Manifests) -> Result<(), Stopped> {
        let wanted = installed::wanted(&manifests, project);
        let installing = self.installed.apply(&self.client, &wanted);
        let mut done = self.running.during(&self.screen, installing).await?;
        if self.installed.has_others_than(&wanted) {
            // It would complain of what is taken away from it.
            self.running.end().await;
            let removing = self.installed.remove_others_than(&self.client, &wanted);
            let removed = self.running.during(&self.screen, removing).await?;
            done.extend(removed);
        }
        if let Some(text) = done.summary() {
            self.screen.tell("installed", Tone::Plain, text);
        }
        for (name, error) in done.refused {
            self.screen
                .tell("refused", Tone::Bad, format!("{name}: {error}"));
        }
        Ok(())
    }

    /// Starts this program, in place of the one that runs.
    async fn start(&mut self, project: &Project, program: TempPath) -> Result<(), Halted> {
        let account = Account::of(project);
        let kubeconfig = self.folder.path().join("account");
        let getting = account.kubeconfig(&self.client, &self.administrators);
        let text = self.running.during(&self.screen, getting).await?;
        write(&kubeconfig, &text.map_err(SessionError::NoToken)?)?;
        let orders = Orders {
            program: &program,
            folder: &self.work.root,
            kubeconfig: &kubeconfig,
            namespace: project.namespaced.then_some(&*account.namespace),
            arguments: &self.work.arguments,
        };
        let started = self.running.replace(&orders).await;
        started.map_err(|source| SessionError::NotRun {
            program: program.to_path_buf(),
            source,
        })?;
        self.program = Some(program);
        self.screen
            .tell("running", Tone::Good, format!("as {}", account.user()));
        self.screen.gap();
        Ok(())
    }

    /// Applies those samples that were not applied as they are now.
    ///
    /// # Errors
    /// When they can't be understood, or it is stopped; what the API server refuses is told.
    pub(crate) async fn apply_samples(&mut self, project: &Project) -> Result<(), Halted> {
        let found = samples::read(&self.work.root).map_err(Error::from)?;
        self.apply(project, found).await
    }

    async fn apply(&mut self, project: &Project, found: Vec<Value>) -> Result<(), Halted> {
        let account = Account::of(project);
        let namespace = if project.namespaced {
            account.namespace.as_str()
        } else {
            "default"
        };
        for sample in found {
            let applying = self.samples.apply(&self.client, sample, namespace);
            if let Some((tone, text)) = self.running.during(&self.screen, applying).await? {
                self.screen.tell("sample", tone, text);
            }
        }
        Ok(())
    }

    /// Tells what has to be mended, and what goes on meanwhile.
    fn tell_error(&self, error: &Error) {
        let goes_on = if self.running.is_up() {
            "the operator from before goes on"
        } else {
            "nothing runs"
        };
        failed::tell(&self.screen, error, goes_on);
    }
}

/// The files of config, by their paths.
type Manifests = std::collections::BTreeMap<String, String>;

/// What an operator declares.
async fn ask(program: &Path) -> Result<String, SessionError> {
    let output = Command::new(program)
        .arg("manifests")
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.map_err(|source| SessionError::NotRun {
        program: program.to_owned(),
        source,
    })?;
    if !output.status.success() {
        return Err(SessionError::NoFacts {
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The folder is one that nobody else can enter.
fn write(path: &Path, text: &str) -> Result<(), SessionError> {
    fs::write(path, text).map_err(|source| SessionError::NotWritten {
        path: path.to_owned(),
        source,
    })
}
