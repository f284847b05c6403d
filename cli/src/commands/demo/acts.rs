//! What the demo shows, act by act.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser as _;
use kube::Api;
use kube::api::{DynamicObject, ListParams};
use kube::runtime::conditions::is_deleted;
use kube::runtime::wait::await_condition;
use serde_json::Value;
use tokio::time::timeout;

use super::{Failure, PROJECT};
use crate::commands::Place;
use crate::error::Error;
use crate::live::objects::{self, Identity, ObjectError, by_kinds};
use crate::live::screen::Tone;
use crate::live::session::{Halted, Session};
use crate::live::{shell, table};
use crate::plan::{Plan, Wanted};
use crate::project::Project;
use crate::tree::Disk;
use crate::{Cli, checkout, scaffold};

/// The objects that are looked at longer.
const READY: [&str; 2] = ["myapp-sample", "myapp-sample-2"];
const IGNORED: &str = "myapp-bad-pod";

const MY_APP: Kind = Kind("example.com/v1alpha1", "MyApp");

/// What comes of a MyApp, by the operator and then by Kubernetes itself.
const CHILDREN: [Kind; 4] = [
    Kind("apps/v1", "Deployment"),
    Kind("policy/v1", "PodDisruptionBudget"),
    Kind("apps/v1", "ReplicaSet"),
    Kind("v1", "Pod"),
];

/// The kinds that are shown, in the words for kubectl.
const SHOWN: (&str, [Kind; 4]) = (
    "myapps,deployments,poddisruptionbudgets,pods",
    [MY_APP, CHILDREN[0], CHILDREN[1], CHILDREN[3]],
);

/// How long something may take that takes some seconds: a pod is available when it has been ready for ten.
const PATIENCE: Duration = Duration::from_secs(60);

/// The acts, and how far they are.
pub(super) struct Acts<'p> {
    place: &'p Place,
    root: &'p Path,
    session: Session<'p>,
    /// How long the API server took to start.
    started_in: Duration,
    act: usize,
}

/// An API version and a kind.
#[derive(Debug, Clone, Copy)]
struct Kind(&'static str, &'static str);

impl Kind {
    fn called(self, name: &str) -> Identity {
        let Self(api_version, kind) = self;
        Identity {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: Some("default".to_owned()),
            name: name.to_owned(),
        }
    }
}

impl<'p> Acts<'p> {
    pub(super) fn new(
        place: &'p Place,
        root: &'p Path,
        session: Session<'p>,
        started_in: Duration,
    ) -> Self {
        Self {
            place,
            root,
            session,
            started_in,
            act: 0,
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// When something fails, or it is stopped.
    pub(super) async fn play(&mut self) -> Result<(), Halted> {
        self.scaffold()?;
        self.fill_in()?;
        let project = self.run().await?;
        self.apply(&project).await?;
        self.show_what_came().await?;
        self.show_what_is_ignored().await?;
        self.delete().await?;
        self.session.screen.gap();
        Ok(())
    }

    /// Ends what runs.
    pub(super) async fn end(mut self) {
        self.session.running.end().await;
        self.session.screen.clear();
    }

    fn begin(&mut self, what: &str) {
        self.session.screen.gap();
        self.act += 1;
        let number = self.act.to_string();
        self.session.screen.tell(&number, Tone::Strong, what);
    }

    fn scaffold(&mut self) -> Result<(), Error> {
        self.begin("Scaffold a project, and a kind in it");
        let parent = self.root.parent().unwrap_or(self.root).to_owned();
        self.myop(parent, &["init", PROJECT, "--domain", "example.com"])?;
        let kind = ["--version", "v1alpha1", "--kind", "MyApp"];
        let create = [&["create", "api", "--group", ""], &kind[..]].concat();
        self.myop(self.root.to_owned(), &create)?;
        let Some(lock) = checkout::lock_file() else {
            return Ok(());
        };
        match fs::copy(&lock, self.root.join("Cargo.lock")) {
            Ok(_) => Ok(()),
            Err(source) => Err(Failure::NotCopied { file: lock, source }.into()),
        }
    }

    /// Does what somebody gets who types these words in a folder, and says the like.
    fn myop(&self, folder: PathBuf, words: &[&str]) -> Result<(), Error> {
        let typed = [&["myop"], words].concat();
        let cli = Cli::try_parse_from(&typed).expect("the demo's own words are right");
        let place = Place {
            folder,
            command: shell::line(&typed),
            ..self.place.clone()
        };
        self.session
            .screen
            .below(Tone::Plain, format!("$ {}", place.command));
        let said = cli.command.run(&place)?.text;
        for line in said.lines().filter(|line| !line.starts_with("next: ")) {
            self.session.screen.below(Tone::Quiet, line);
        }
        Ok(())
    }

    fn fill_in(&mut self) -> Result<(), Error> {
        self.begin(
            "Write what its author writes: the kind's fields, what the controller does, a test",
        );
        let mut wanted = Wanted::default();
        for (path, text) in scaffold::exercise()? {
            wanted.amended(path, text);
        }
        let plan = Plan::new(wanted, &Disk::new(self.root))?;
        self.session.carry_out(&plan)
    }

    async fn run(&mut self) -> Result<Project, Halted> {
        self.begin("Build it, make the CRD and the rules that its code declares, and run it with no other rights");
        let cluster = format!("an API server of its own, ready in {:.0?}", self.started_in);
        self.session.screen.tell("cluster", Tone::Plain, cluster);
        self.session.bring_up().await
    }

    async fn apply(&mut self, project: &Project) -> Result<(), Halted> {
        self.begin("Apply config/samples");
        self.session.apply_samples(project).await?;
        for name in READY {
            let ready = self.until(&MY_APP.called(name), is_ready).await?;
            if !ready {
                return Err(late(format!("MyApp {name} did not become ready")));
            }
        }
        Ok(())
    }

    async fn show_what_came(&mut self) -> Result<(), Halted> {
        let (words, kinds) = SHOWN;
        self.begin("See what came of them");
        self.session
            .screen
            .below(Tone::Plain, format!("$ kubectl get {words}"));
        for (at, kind) in kinds.into_iter().enumerate() {
            let one = kind.called("");
            let client = self.session.client.clone();
            let table = self.ask(table::of_kind(&client, &one)).await?;
            if at > 0 {
                self.session.screen.gap();
            }
            self.session.screen.below(Tone::Plain, table);
        }
        let [name, ..] = READY;
        let status = self.status_of(name).await?;
        let status = serde_yaml::to_string(&status).unwrap_or_default();
        self.session.screen.gap();
        self.session
            .screen
            .below(Tone::Plain, format!("The status of {name}:"));
        self.session.screen.below(Tone::Plain, status);
        Ok(())
    }

    async fn show_what_is_ignored(&mut self) -> Result<(), Halted> {
        self.begin(&format!("{IGNORED} has the label reconciler: ignore"));
        let children = self.children_of(IGNORED).await?;
        let made = match children.len() {
            0 => "nothing was made of it".to_owned(),
            _ => format!(
                "made of it: {}",
                by_kinds(children.iter().map(|(name, _)| name))
            ),
        };
        let status = match self.status_of(IGNORED).await? {
            Value::Null => "it has no status",
            _ => "it has a status",
        };
        self.session
            .screen
            .below(Tone::Plain, format!("{made}, and {status}"));
        Ok(())
    }

    async fn delete(&mut self) -> Result<(), Halted> {
        let [name, ..] = READY;
        self.begin("Delete a MyApp, and all that came of it goes, too");
        let children = self.children_of(name).await?;
        self.session
            .screen
            .below(Tone::Plain, format!("$ kubectl delete myapp {name}"));
        let client = self.session.client.clone();
        let app = MY_APP.called(name);
        self.ask(objects::delete(&client, &app)).await?;
        for (child, uid) in &children {
            if !self.until(child, is_deleted(uid)).await? {
                return Err(late(format!("{child} was not deleted")));
            }
        }
        let gone = by_kinds(children.iter().map(|(name, _)| name));
        self.session.screen.tell("gone", Tone::Plain, gone);
        Ok(())
    }

    async fn status_of(&mut self, name: &str) -> Result<Value, Halted> {
        let app = MY_APP.called(name);
        let objects = self.api_of(&app).await?;
        let found = self.ask(async { Ok(objects.get(name).await?) }).await?;
        Ok(found.data["status"].clone())
    }

    /// What lies on the cluster because of a MyApp, and the uid of each.
    async fn children_of(&mut self, app: &str) -> Result<Vec<(Identity, String)>, Halted> {
        let labelled = ListParams::default().labels(&format!("app.kubernetes.io/instance={app}"));
        let mut found = Vec::new();
        for kind in CHILDREN {
            let objects = self.api_of(&kind.called("")).await?;
            let listed = self
                .ask(async { Ok(objects.list(&labelled).await?) })
                .await?;
            found.extend(listed.into_iter().map(|object| {
                let name = object.metadata.name.unwrap_or_default();
                (kind.called(&name), object.metadata.uid.unwrap_or_default())
            }));
        }
        Ok(found)
    }

    /// Waits until something holds for an object. Says whether it came to that.
    async fn until(
        &mut self,
        name: &Identity,
        holds: impl kube::runtime::wait::Condition<DynamicObject>,
    ) -> Result<bool, Halted> {
        let objects = self.api_of(name).await?;
        let waiting = timeout(PATIENCE, await_condition(objects, &name.name, holds));
        let session = &mut self.session;
        let waited = session.running.during(&session.screen, waiting).await?;
        Ok(waited.is_ok_and(|ended| ended.is_ok()))
    }

    async fn api_of(&mut self, name: &Identity) -> Result<Api<DynamicObject>, Halted> {
        let client = self.session.client.clone();
        self.ask(objects::api_of(&client, name, "")).await
    }

    async fn ask<T>(
        &mut self,
        question: impl Future<Output = Result<T, ObjectError>>,
    ) -> Result<T, Halted> {
        let session = &mut self.session;
        let answer = session.running.during(&session.screen, question).await?;
        Ok(answer.map_err(Failure::from).map_err(Error::from)?)
    }
}

fn late(what: String) -> Halted {
    let seconds = PATIENCE.as_secs();
    Halted::Failed(Failure::Late { what, seconds }.into())
}

/// Whether a MyApp's status is about what it says now, and says that it is ready.
fn is_ready(app: Option<&DynamicObject>) -> bool {
    let Some(app) = app else { return false };
    let status = &app.data["status"];
    let conditions = status["conditions"].as_array();
    status["observedGeneration"].as_i64() == app.metadata.generation
        && conditions
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}
