//! Operators whose reconciles wait where a test has closed a gate.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{
    Api, CustomResourceExt, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use myop::{
    BoxError, Context, Controller, Failure, FromSetup, Manager, NamespacedName, Outcome, Reconcile,
    Setup, access::KeepsStatus, resource, status, testing::Result,
};
use serde_json::json;
use tokio::sync::watch;

/// A note to be read. One that begins with `bad` cannot be.
#[resource(group = "test.example.com", version = "v1", kind = "Note", namespaced, status = NoteStatus)]
pub struct NoteSpec {
    /// What is written on it.
    pub text: String,
    /// The Secret that it takes to understand it.
    pub secret: Option<String>,
}

/// What the operator has seen of a note.
#[status]
pub struct NoteStatus {
    /// The text that was read last.
    pub read: Option<String>,
}

/// Where reconciles wait: each note has a gate, and it is open unless it is closed.
#[derive(Clone, Default)]
pub(crate) struct Gates(watch::Sender<State>);

#[derive(Default)]
struct State {
    closed: BTreeSet<String>,
    waiting: BTreeSet<String>,
}

impl FromSetup for Gates {
    fn from_setup(_: &Setup) -> Result<Self, BoxError> {
        Ok(Self::default())
    }
}

impl Gates {
    pub(crate) fn close(&self, note: &str) {
        self.0.send_modify(|state| {
            state.closed.insert(note.into());
        });
    }

    pub(crate) fn open(&self, note: &str) {
        self.0.send_modify(|state| {
            state.closed.remove(note);
        });
    }

    /// Waits until the reconcile of this note has come to its gate.
    pub(crate) async fn until_at(&self, note: &str) -> Result {
        let mut states = self.0.subscribe();
        let arrived = states.wait_for(|state| state.waiting.contains(note));
        tokio::time::timeout(Duration::from_secs(30), arrived)
            .await
            .map_err(|_| format!("{note} has not come to its gate"))??;
        Ok(())
    }

    async fn pass(&self, note: &str) {
        let mut states = self.0.subscribe();
        let _here = Waits::at(self, note);
        let opened = states.wait_for(|state| !state.closed.contains(note)).await;
        opened.expect("the gates are there as long as their notes");
    }
}

/// One that waits at its gate, until it passes or its run is ended.
struct Waits<'a>(&'a Gates, &'a str);

impl<'a> Waits<'a> {
    fn at(gates: &'a Gates, note: &'a str) -> Self {
        gates.0.send_modify(|state| {
            state.waiting.insert(note.into());
        });
        Self(gates, note)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| {
            state.waiting.remove(self.1);
        });
    }
}

/// Reads notes.
#[derive(Controller)]
#[controller(reconciles = Note, owns(ConfigMap), watches(Secret, index = secret_of))]
pub(crate) struct NoteController {
    gates: Arc<Gates>,
}

fn secret_of(note: &Note) -> Option<NamespacedName> {
    let name = note.spec.secret.clone()?;
    let namespace = note.namespace();
    Some(NamespacedName { namespace, name })
}

impl Reconcile for NoteController {
    type Error = Failure;

    async fn reconcile(&self, note: Arc<Note>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        read(&self.gates, &note, ctx).await
    }
}

/// Reads a note, once its gate is open.
pub(crate) async fn read<C>(
    gates: &Gates,
    note: &Note,
    ctx: &Context<C>,
) -> Result<Outcome, Failure>
where
    C: Controller<Kind = Note> + KeepsStatus,
{
    gates.pass(&note.name_any()).await;
    if note.spec.text.starts_with("bad") || note.annotations().contains_key("torn") {
        return Err(Failure::retry("Unreadable", "nobody can read this"));
    }
    ctx.status(NoteStatus {
        read: Some(note.spec.text.clone()),
        ..NoteStatus::default()
    });
    Ok(Outcome::done())
}

/// An operator with this controller, and the gates of its notes.
pub(crate) fn operator_of<C: Reconcile>() -> (Manager, Gates) {
    let gates = Gates::default();
    let manager = Manager::new("note-operator", vec![Note::crd()]).controller::<C>();
    (manager.provide(gates.clone()), gates)
}

/// Tears a note, or mends it: its generation stays what it is.
pub(crate) async fn tear(notes: &Api<Note>, name: &str, torn: Option<&str>) -> Result {
    let patch = Patch::Merge(json!({"metadata": {"annotations": {"torn": torn}}}));
    notes.patch(name, &PatchParams::default(), &patch).await?;
    Ok(())
}

/// The metric that says how many notes have changed and wait for their reconcile.
pub(crate) fn in_queue(count: usize) -> String {
    format!(r#"workqueue_depth{{controller="note",name="note",priority="0"}} {count}"#)
}

/// Makes a note.
pub(crate) async fn create(notes: &Api<Note>, name: &str, text: &str) -> Result<Note> {
    let spec = NoteSpec {
        text: text.into(),
        secret: None,
    };
    Ok(notes
        .create(&PostParams::default(), &Note::new(name, spec))
        .await?)
}

/// Writes something else on a note.
pub(crate) async fn rewrite(notes: &Api<Note>, name: &str, text: &str) -> Result {
    let patch = Patch::Merge(json!({"spec": {"text": text}}));
    notes.patch(name, &PatchParams::default(), &patch).await?;
    Ok(())
}
