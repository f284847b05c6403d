//! Which changes wake anybody, on a real API server.
#![expect(
    unreachable_pub,
    reason = "kube's KubeSchema repeats a struct inside a function"
)]

use std::{sync::Arc, time::Duration};

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{
    Api, CustomResourceExt, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use myop::{
    BoxError, Cleanup, Context, Controller, FromSetup, Manager, ManagerError, Object, Outcome,
    Reconcile, Setup,
    predicate::{Predicate as _, generation_changed, labels_changed, matches_labels},
    resource,
    testing::{Cluster, Result},
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// An object that tells of its reconciles.
#[resource(group = "test.example.com", version = "v1", kind = "Bell", namespaced)]
pub struct BellSpec {
    /// How it sounds.
    pub sound: String,
}

/// Is told the name of each object that is reconciled.
struct Ear(UnboundedSender<String>);

impl FromSetup for Ear {
    fn from_setup(_: &Setup) -> Result<Self, BoxError> {
        Err("a test provides it".into())
    }
}

#[derive(Controller)]
#[controller(
    reconciles(Bell, when = generation_changed),
    owns(ConfigMap, any_owner),
    owns(Secret, when = matches_labels("app=shop").or(labels_changed)),
    finalizer = "test.example.com/bell",
)]
struct BellController {
    ear: Arc<Ear>,
}

impl Reconcile for BellController {
    type Error = myop::Error;

    async fn reconcile(&self, bell: Arc<Bell>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        let _ = self.ear.0.send(bell.name_any());
        Ok(Outcome::done())
    }
}

impl Cleanup for BellController {
    async fn cleanup(&self, bell: Arc<Bell>, _: &Context<Self>) -> Result<(), Self::Error> {
        let _ = self.ear.0.send(format!("{} goes", bell.name_any()));
        Ok(())
    }
}

/// What was heard, in its order.
struct Heard(UnboundedReceiver<String>);

impl Heard {
    async fn next(&mut self) -> Result<String> {
        let heard = tokio::time::timeout(Duration::from_secs(30), self.0.recv()).await;
        heard
            .map_err(|_| "nothing was heard in 30 s")?
            .ok_or_else(|| "the operator has ended".into())
    }
}

fn manager() -> (Manager, Heard) {
    let (sender, receiver) = unbounded_channel();
    let manager = Manager::new("bell-operator", vec![Bell::crd()]).controller::<BellController>();
    (manager.provide(Ear(sender)), Heard(receiver))
}

async fn create(bells: &Api<Bell>, name: &str, heard: &mut Heard) -> Result<Bell> {
    let bell = Bell::new(
        name,
        BellSpec {
            sound: "ding".into(),
        },
    );
    let made = bells.create(&PostParams::default(), &bell).await?;
    assert_eq!(heard.next().await?, name);
    Ok(made)
}

async fn patch<K: Object>(api: &Api<K>, name: &str, patch: Value) -> Result<K> {
    Ok(api
        .patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await?)
}

/// Makes an object that `bell` owns, as its controller or not.
async fn own<K: Object>(api: &Api<K>, name: &str, bell: &Bell, controller: bool) -> Result {
    let mut owner = bell.owner_ref(&()).ok_or("an object of the server")?;
    owner.controller = Some(controller);
    let child = json!({"metadata": {"name": name, "ownerReferences": [owner]}});
    api.create(&PostParams::default(), &serde_json::from_value(child)?)
        .await?;
    Ok(())
}

/// What comes of one watch comes in order: where the later change wakes, the earlier one has woken nobody.
#[myop::test]
async fn a_change_of_labels_is_no_new_generation_and_a_deletion_is(cluster: Cluster) -> Result {
    let (manager, mut heard) = manager();
    let _operator = cluster.run(manager).await?;
    let bells: Api<Bell> = cluster.namespaced("default");
    create(&bells, "one", &mut heard).await?;
    create(&bells, "two", &mut heard).await?;

    patch(&bells, "one", json!({"metadata": {"labels": {"a": "b"}}})).await?;
    patch(&bells, "two", json!({"spec": {"sound": "dong"}})).await?;
    assert_eq!(heard.next().await?, "two");

    let keep =
        json!({"metadata": {"finalizers": ["test.example.com/bell", "test.example.com/mine"]}});
    let before = patch(&bells, "one", keep).await?;
    bells.delete("one", &DeleteParams::default()).await?;
    assert_eq!(heard.next().await?, "one goes");
    let after = bells.get("one").await?;
    assert!(
        after.metadata.generation > before.metadata.generation,
        "the server counts a deletion as a generation"
    );
    Ok(())
}

#[myop::test]
async fn an_owner_that_is_no_controller_is_woken_where_any_owner_is(cluster: Cluster) -> Result {
    let (manager, mut heard) = manager();
    let _operator = cluster.run(manager).await?;
    let bells: Api<Bell> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    let secrets: Api<Secret> = cluster.namespaced("default");
    let one = create(&bells, "one", &mut heard).await?;
    let two = create(&bells, "two", &mut heard).await?;

    own(&config_maps, "of-one", &one, false).await?;
    assert_eq!(heard.next().await?, "one");

    own(&secrets, "of-one", &one, false).await?;
    own(&secrets, "of-two", &two, true).await?;
    assert_eq!(heard.next().await?, "two");
    Ok(())
}

#[myop::test]
async fn a_child_wakes_its_owner_by_the_changes_that_matter(cluster: Cluster) -> Result {
    let (manager, mut heard) = manager();
    let _operator = cluster.run(manager).await?;
    let bells: Api<Bell> = cluster.namespaced("default");
    let secrets: Api<Secret> = cluster.namespaced("default");
    let one = create(&bells, "one", &mut heard).await?;
    let two = create(&bells, "two", &mut heard).await?;
    own(&secrets, "of-one", &one, true).await?;
    assert_eq!(heard.next().await?, "one");
    own(&secrets, "of-two", &two, true).await?;
    assert_eq!(heard.next().await?, "two");

    patch(
        &secrets,
        "of-two",
        json!({"metadata": {"labels": {"app": "shop"}}}),
    )
    .await?;
    assert_eq!(heard.next().await?, "two");
    patch(&secrets, "of-one", json!({"stringData": {"a": "b"}})).await?;
    patch(&secrets, "of-two", json!({"stringData": {"a": "b"}})).await?;
    assert_eq!(heard.next().await?, "two");
    Ok(())
}

#[derive(Controller)]
#[controller(reconciles(Bell, when = matches_labels("app in")))]
struct WrongController;

impl Reconcile for WrongController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<Bell>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Ok(Outcome::done())
    }
}

#[myop::test]
async fn an_operator_with_a_wrong_selector_does_not_start(cluster: Cluster) -> Result {
    let manager = Manager::new("wrong-operator", Vec::new()).controller::<WrongController>();
    let ended = manager
        .run(cluster.client(), myop::CancellationToken::new())
        .await;
    assert!(matches!(ended, Err(ManagerError::Predicate { .. })));
    Ok(())
}
