//! What the demo shows, act by act.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser as _;
use kube::Api;
use kube::api::{DynamicObject, ListParams, Patch, PatchParams};
use kube::runtime::conditions::is_deleted;
use kube::runtime::wait::await_condition;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

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

/// How long an operator may take to tell what it has done.
const MOMENT: Duration = Duration::from_millis(200);

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

    /// Shows what somebody would type for what is done now.
    fn type_(&self, line: &str) {
        self.session.screen.below(Tone::Plain, format!("$ {line}"));
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
        self.type_(&place.command);
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
        let soon = "Its Deployments count a pod once it has been ready for ten seconds.";
        self.session.screen.below(Tone::Quiet, soon);
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
        let mut tables = Vec::new();
        for kind in kinds {
            let client = self.session.client.clone();
            let one = kind.called("");
            tables.push(self.ask(table::of_kind(&client, &one)).await?);
        }
        let [name, ..] = READY;
        let status = self.status_of(name).await?;
        let status = serde_yaml::to_string(&status).unwrap_or_default();

        self.begin("See what came of them");
        self.type_(&format!("kubectl get {words}"));
        let screen = &self.session.screen;
        for table in tables {
            screen.below(Tone::Plain, table);
            screen.gap();
        }
        screen.below(Tone::Plain, format!("The status of {name}:"));
        screen.below(Tone::Plain, status);
        Ok(())
    }

    async fn show_what_is_ignored(&mut self) -> Result<(), Halted> {
        let made = self.children_of(IGNORED).await?;
        if !made.is_empty() || !self.status_of(IGNORED).await?.is_null() {
            return Err(Halted::Failed(Failure::NotIgnored(IGNORED).into()));
        }
        self.begin(&format!(
            "{IGNORED} has the label reconciler: ignore, until that is taken off"
        ));
        let nothing = "So far nothing was made of it, and nothing is said of it.";
        self.session.screen.below(Tone::Plain, nothing);
        self.type_(&format!("kubectl label myapp {IGNORED} reconciler-"));
        let app = MY_APP.called(IGNORED);
        let apps = self.api_of(&app).await?;
        let without = Patch::Merge(json!({ "metadata": { "labels": { "reconciler": null } } }));
        let unlabel = async {
            Ok(apps
                .patch(IGNORED, &PatchParams::default(), &without)
                .await?)
        };
        self.ask(unlabel).await?;
        if !self.until(&app, is_told_of).await? {
            return Err(late(format!("nothing was said of MyApp {IGNORED}")));
        }
        let status = self.status_of(IGNORED).await?;
        let message = ready_of(&status).map(|ready| ready["message"].clone());
        let message = message.unwrap_or_default();
        let message = message.as_str().unwrap_or_default();
        let now = format!("There is no image of that name, so it is not Ready: {message}.");
        self.session.screen.below(Tone::Plain, now);
        Ok(())
    }

    async fn delete(&mut self) -> Result<(), Halted> {
        let [name, ..] = READY;
        let children = self.children_of(name).await?;
        self.begin("Delete a MyApp, and all that came of it goes, too");
        self.type_(&format!("kubectl delete myapp {name}"));
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
        // What an operator writes is seen before it tells of it.
        let telling = sleep(MOMENT);
        session.running.during(&session.screen, telling).await?;
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

/// The condition Ready of a status.
fn ready_of(status: &Value) -> Option<&Value> {
    let conditions = status["conditions"].as_array()?;
    conditions
        .iter()
        .find(|condition| condition["type"] == "Ready")
}

/// Whether a MyApp's status is about what it says now, and says that it is ready.
fn is_ready(app: Option<&DynamicObject>) -> bool {
    app.is_some_and(|app| {
        let status = &app.data["status"];
        status["observedGeneration"].as_i64() == app.metadata.generation
            && ready_of(status).is_some_and(|ready| ready["status"] == "True")
    })
}

/// Whether a MyApp has been looked at by the operator, and its Deployment by Kubernetes.
fn is_told_of(app: Option<&DynamicObject>) -> bool {
    app.is_some_and(|app| app.data["status"]["phase"] == "Progressing")
}
