//! An operator that does what its objects tell it to: it fails, panics, waits and cleans up on demand, so that the
//! runtime's promises can be tried on a real API server. [`scripts`] has what tests do with such objects, [`project`] what
//! they do with projects that the CLI makes, [`scrape`] how they read metrics, [`runs`] how they follow an operator. [`scribe`] is another operator, for tests of
//! several replicas.
#![expect(
    unreachable_pub,
    reason = "kube's KubeSchema repeats a struct inside a function"
)]

pub mod foreground;
pub mod kubectl;
pub mod project;
pub mod runs;
pub mod scrape;
pub mod scribe;
pub mod scripts;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{CustomResourceExt, ResourceExt, api::ObjectMeta};
use myop::{
    Cleanup, Context, Controller, EventType, Failure, Manager, Outcome, Reconcile, resource,
    status, testing::Result,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::{sync::watch, time::Instant};

/// An object that says what its reconcile is to do.
#[resource(group = "test.example.com", version = "v1", kind = "Script", namespaced, status = ScriptStatus)]
pub struct ScriptSpec {
    /// What to do.
    pub act: Act,
}

/// What the operator has seen.
#[status]
pub struct ScriptStatus {}

/// What a reconcile does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Act {
    /// Keeps a `ConfigMap`, and says that it exists by a condition and an event.
    Keep,
    /// Keeps no `ConfigMap`: one that was there is deleted.
    Drop,
    /// Fails, and may succeed later.
    Fail,
    /// Fails for good.
    GiveUp,
    /// Panics.
    Panic,
    /// Waits for something.
    Wait,
    /// Takes its time.
    Slow,
    /// Takes so long that it is announced.
    Dawdle,
    /// Keeps a `ConfigMap`, and comes back after 100 ms, again and again, without a change.
    Return,
    /// Tries to own what it cannot.
    Steal,
    /// Keeps a `ConfigMap` that others keep, too.
    Share,
    /// Keeps a `ConfigMap`, and never says the same of it twice.
    Waver,
}

/// The reconciles of all objects so far, by the objects' uids.
static DIARY: LazyLock<watch::Sender<BTreeMap<String, Vec<Run>>>> =
    LazyLock::new(watch::Sender::default);

/// How often the reconcile of each object has begun, by the objects' uids.
static BEGUN: LazyLock<watch::Sender<BTreeMap<String, usize>>> =
    LazyLock::new(watch::Sender::default);

/// One reconcile.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// When it began.
    pub began: Instant,
    /// When it ended.
    pub ended: Instant,
}

/// The reconciles of an object so far.
pub fn runs_of(script: &Script) -> Vec<Run> {
    let uid = script.uid().unwrap_or_default();
    DIARY.borrow().get(&uid).cloned().unwrap_or_default()
}

/// Waits until an object has been reconciled this often.
pub async fn until_run(script: &Script, times: usize) -> Result {
    let uid = script.uid().unwrap_or_default();
    let mut diary = DIARY.subscribe();
    let often = diary.wait_for(|diary| diary.get(&uid).is_some_and(|runs| runs.len() >= times));
    let waited = tokio::time::timeout(Duration::from_secs(30), often).await;
    waited.map_err(|_| {
        format!(
            "{} was not reconciled {times} times in 30 s",
            script.name_any()
        )
    })??;
    Ok(())
}

/// How often the reconcile of an object has begun.
pub fn begun_of(script: &Script) -> usize {
    BEGUN
        .borrow()
        .get(&script.uid().unwrap_or_default())
        .copied()
        .unwrap_or_default()
}

/// Waits until the reconcile of an object has begun this often.
pub async fn until_begun(script: &Script, times: usize) -> Result {
    let uid = script.uid().unwrap_or_default();
    let mut begun = BEGUN.subscribe();
    let often = begun.wait_for(|begun| begun.get(&uid).is_some_and(|so_far| *so_far >= times));
    let waited = tokio::time::timeout(Duration::from_secs(30), often).await;
    waited.map_err(|_| format!("{} was not begun {times} times in 30 s", script.name_any()))??;
    Ok(())
}

/// Does as it is told.
#[derive(Controller)]
#[controller(reconciles = Script, owns(ConfigMap), finalizer = "test.example.com/cleanup")]
pub struct ScriptController;

impl Reconcile for ScriptController {
    type Error = Failure;

    async fn reconcile(
        &self,
        script: Arc<Script>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Failure> {
        let began = Instant::now();
        let uid = script.uid().unwrap_or_default();
        BEGUN.send_modify(|begun| *begun.entry(uid).or_default() += 1);
        match script.spec.act {
            Act::Slow => tokio::time::sleep(Duration::from_millis(300)).await,
            Act::Dawdle => tokio::time::sleep(Duration::from_secs(2)).await,
            _ => {}
        }
        let result = act(&script, ctx).await;
        let run = Run {
            began,
            ended: Instant::now(),
        };
        let uid = script.uid().unwrap_or_default();
        DIARY.send_modify(|diary| diary.entry(uid).or_default().push(run));
        result
    }
}

impl Cleanup for ScriptController {
    async fn cleanup(&self, script: Arc<Script>, ctx: &Context<Self>) -> Result<(), Failure> {
        if script.spec.act == Act::Fail {
            return Err(Failure::retry(
                "StillInUse",
                "something outside still needs it",
            ));
        }
        ctx.event(EventType::Normal, "CleanedUp", "nothing is left");
        Ok(())
    }
}

async fn act(script: &Script, ctx: &Context<ScriptController>) -> Result<Outcome, Failure> {
    let name = script.name_any();
    match script.spec.act {
        Act::Keep => {
            let kept = ctx.apply(config_map(&name)).await?;
            let read = ctx.get::<ConfigMap>(name.as_str());
            assert_eq!(
                read.and_then(|read| read.uid()),
                kept.uid(),
                "a run reads its own writes"
            );
            ctx.condition("Kept", true, "Applied", "the ConfigMap is there");
            ctx.event(EventType::Normal, "Kept", "the ConfigMap is there");
            Ok(Outcome::done())
        }
        Act::Drop => {
            ctx.delete::<ConfigMap>(name.as_str()).await?;
            assert!(
                ctx.children::<ConfigMap>().is_empty(),
                "a run reads its own writes"
            );
            Ok(Outcome::done())
        }
        Act::Fail => Err(Failure::retry("Unlucky", "it may work next time")),
        Act::GiveUp => Err(Failure::terminal(
            "Hopeless",
            "it will never work like this",
        )),
        Act::Panic => panic!("as it was told"),
        Act::Wait => Ok(Outcome::waiting("Elsewhere", "something is not there yet")),
        Act::Slow | Act::Dawdle => Ok(Outcome::done()),
        Act::Return => {
            ctx.apply(config_map(&name)).await?;
            Ok(Outcome::done().requeue_after(Duration::from_millis(100)))
        }
        Act::Share => {
            ctx.apply(config_map("shared")).await?;
            Ok(Outcome::done())
        }
        Act::Waver => {
            let mut wavering = config_map(&name);
            let time = begun_of(script).to_string();
            wavering
                .data
                .get_or_insert_default()
                .insert("time".into(), time);
            ctx.apply(wavering).await?;
            Ok(Outcome::done())
        }
        Act::Steal => {
            let mut elsewhere = config_map(&name);
            elsewhere.metadata.namespace = Some("kube-system".into());
            ctx.apply(elsewhere).await?;
            Ok(Outcome::done())
        }
    }
}

/// Reconciles a kind that is not installed.
#[derive(Controller)]
#[controller(reconciles = Absent)]
pub struct AbsentController;

/// An object of a kind whose CRD nobody installs.
#[resource(
    group = "test.example.com",
    version = "v1",
    kind = "Absent",
    namespaced
)]
pub struct AbsentSpec {}

impl Reconcile for AbsentController {
    type Error = Failure;

    async fn reconcile(&self, _: Arc<Absent>, _: &Context<Self>) -> Result<Outcome, Failure> {
        Ok(Outcome::done())
    }
}

/// Reconciles scripts as well, and would keep their status, too.
#[derive(Controller)]
#[controller(reconciles = Script, name = "rival")]
pub struct RivalController;

impl Reconcile for RivalController {
    type Error = Failure;

    async fn reconcile(&self, _: Arc<Script>, _: &Context<Self>) -> Result<Outcome, Failure> {
        Ok(Outcome::done())
    }
}

fn config_map(name: &str) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta {
            name: Some(name.into()),
            ..ObjectMeta::default()
        },
        data: Some(BTreeMap::from([("kept".into(), "yes".into())])),
        ..ConfigMap::default()
    }
}

/// The operator.
pub fn manager() -> Manager {
    Manager::new("script-operator", vec![Script::crd()]).controller::<ScriptController>()
}
