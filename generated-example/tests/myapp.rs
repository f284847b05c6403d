//! The operator on a real control plane, as its own ServiceAccount.

use std::time::Duration;

use k8s_openapi::api::{apps::v1::Deployment, core::v1::Pod, policy::v1::PodDisruptionBudget};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use myapp_operator::api::v1alpha1::{
    MyApp,
    myapp::{MyAppSpec, Phase},
};
use myop::testing::{Cluster, Result};
use serde_json::{Value, json};

/// What the operator writes to; the controller manager keeps the children's status.
const WRITTEN: [&str; 5] = [
    "myapps",
    "myapps/status",
    "deployments",
    "poddisruptionbudgets",
    "events",
];

struct Objects {
    apps: Api<MyApp>,
    deployments: Api<Deployment>,
    budgets: Api<PodDisruptionBudget>,
    pods: Api<Pod>,
}

impl Objects {
    fn of(cluster: &Cluster) -> Self {
        Self {
            apps: cluster.namespaced("default"),
            deployments: cluster.namespaced("default"),
            budgets: cluster.namespaced("default"),
            pods: cluster.namespaced("default"),
        }
    }

    async fn create(&self, app: &MyApp) -> Result {
        self.apps.create(&PostParams::default(), app).await?;
        Ok(())
    }

    async fn counts(&self) -> Result<(usize, usize)> {
        let all = ListParams::default();
        let deployments = self.deployments.list(&all).await?;
        let budgets = self.budgets.list(&all).await?;
        Ok((deployments.items.len(), budgets.items.len()))
    }

    /// What a kubelet would say of every pod of an app.
    async fn make_pods_ready(&self, app: &str) -> Result {
        let labels = format!("app.kubernetes.io/instance={app}");
        let now = json!("2026-01-01T00:00:00Z");
        for pod in self
            .pods
            .list(&ListParams::default().labels(&labels))
            .await?
        {
            let ready = json!({"status": {"phase": "Running", "conditions": [
                {"type": "Ready", "status": "True", "lastTransitionTime": now},
            ]}});
            let name = pod.name_any();
            self.pods
                .patch_status(&name, &PatchParams::default(), &Patch::Merge(ready))
                .await?;
        }
        Ok(())
    }
}

fn busybox(name: &str, replicas: Option<i32>) -> MyApp {
    let spec = MyAppSpec {
        image: "busybox".into(),
        args: vec!["sleep".into(), "10000".into()],
        replicas,
        version: None,
    };
    MyApp::new(name, spec)
}

fn ignored(name: &str) -> MyApp {
    let mut app = busybox(name, Some(3));
    app.labels_mut()
        .insert("reconciler".into(), "ignore".into());
    app
}

async fn merge<K>(api: &Api<K>, name: &str, patch: Value) -> Result
where
    K: Clone + serde::de::DeserializeOwned + std::fmt::Debug,
{
    api.patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await?;
    Ok(())
}

fn replicas(deployment: Option<&Deployment>) -> Option<i32> {
    deployment?.spec.as_ref()?.replicas
}

fn image(deployment: Option<&Deployment>) -> Option<&str> {
    let pod = deployment?.spec.as_ref()?.template.spec.as_ref()?;
    pod.containers.first()?.image.as_deref()
}

/// Ready as status and reason, and the phase, once the newest generation has been seen.
fn standing(app: Option<&MyApp>) -> Option<(&str, &str, Phase)> {
    let (app, status) = (app?, app?.status.as_ref()?);
    let ready = status
        .conditions
        .iter()
        .find(|condition| condition.type_ == "Ready")?;
    let current = status.observed_generation == app.meta().generation;
    current.then_some((&ready.status, &ready.reason, status.phase?))
}

#[myop::test]
async fn each_app_gets_a_deployment_and_a_budget_unless_it_is_ignored(cluster: Cluster) -> Result {
    let _operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&ignored("myapp-bad-pod")).await?;
    objects.create(&busybox("myapp-sample", Some(2))).await?;
    objects.create(&busybox("myapp-sample-2", Some(2))).await?;

    cluster
        .until(&objects.budgets, "myapp-sample", |found| found.is_some())
        .await?;
    cluster
        .until(&objects.budgets, "myapp-sample-2", |found| found.is_some())
        .await?;
    assert_eq!(objects.counts().await?, (2, 2));
    let bad = objects.apps.get("myapp-bad-pod").await?;
    assert!(
        bad.status.is_none(),
        "what is ignored is not written to: {:?}",
        bad.status
    );

    merge(
        &objects.apps,
        "myapp-bad-pod",
        json!({"metadata": {"labels": {"reconciler": null}}}),
    )
    .await?;
    cluster
        .until(&objects.budgets, "myapp-bad-pod", |found| found.is_some())
        .await?;
    assert_eq!(
        objects.counts().await?,
        (3, 3),
        "taking the label off wakes it"
    );
    Ok(())
}

#[myop::test]
async fn what_is_edited_or_deleted_by_hand_is_put_right(cluster: Cluster) -> Result {
    let _operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&busybox("shop", Some(2))).await?;
    let made = cluster
        .until(&objects.deployments, "shop", |found| found.is_some())
        .await?;

    merge(
        &objects.deployments,
        "shop",
        json!({"spec": {"replicas": 7}}),
    )
    .await?;
    cluster
        .until(&objects.deployments, "shop", |found| {
            replicas(found) == Some(2)
        })
        .await?;

    let first = made.and_then(|deployment| deployment.metadata.uid);
    objects
        .deployments
        .delete("shop", &DeleteParams::default())
        .await?;
    let is_new = |found: Option<&Deployment>| {
        found.is_some_and(|deployment| {
            deployment.metadata.uid != first && deployment.metadata.deletion_timestamp.is_none()
        })
    };
    cluster.until(&objects.deployments, "shop", is_new).await?;
    Ok(())
}

#[myop::test]
async fn the_spec_arrives_and_what_it_leaves_out_is_left_to_others(cluster: Cluster) -> Result {
    let _operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&busybox("shop", Some(2))).await?;
    cluster
        .until(&objects.deployments, "shop", |found| {
            image(found) == Some("busybox")
        })
        .await?;

    merge(
        &objects.apps,
        "shop",
        json!({"spec": {"version": "1.36", "replicas": 3}}),
    )
    .await?;
    let arrived = |found: Option<&Deployment>| {
        image(found) == Some("busybox:1.36") && replicas(found) == Some(3)
    };
    cluster.until(&objects.deployments, "shop", arrived).await?;

    // An autoscaler's count stays.
    merge(&objects.apps, "shop", json!({"spec": {"replicas": null}})).await?;
    merge(
        &objects.deployments,
        "shop",
        json!({"spec": {"replicas": 9}}),
    )
    .await?;
    merge(&objects.apps, "shop", json!({"spec": {"image": "nginx"}})).await?;
    let deployment = cluster
        .until(&objects.deployments, "shop", |found| {
            image(found) == Some("nginx:1.36")
        })
        .await?;
    assert_eq!(replicas(deployment.as_ref()), Some(9));
    Ok(())
}

#[myop::test(controllers)]
async fn the_status_tells_how_the_rollout_goes(cluster: Cluster) -> Result {
    let operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&busybox("shop", Some(2))).await?;
    let unavailable = Some(("False", "ReplicasUnavailable", Phase::Progressing));
    cluster
        .until(&objects.apps, "shop", |app| standing(app) == unavailable)
        .await?;
    cluster
        .until(&objects.deployments, "shop", |found| {
            found.and_then(|found| found.status.as_ref()?.updated_replicas) == Some(2)
        })
        .await?;

    objects.make_pods_ready("shop").await?;
    let running = Some(("True", "MinimumReplicasAvailable", Phase::Running));
    let app = cluster
        .until(&objects.apps, "shop", |app| standing(app) == running)
        .await?;
    operator
        .until_metric(r#"myapp_objects{phase="Running"} 1"#)
        .await?;
    let status = app.and_then(|app| app.status).expect("it was just seen");
    assert!(status.healthy);
    assert_eq!(
        status.conditions.len(),
        1,
        "Reconciling goes when it is done: {:?}",
        status.conditions
    );

    merge(&objects.apps, "shop", json!({"spec": {"image": "nginx"}})).await?;
    cluster
        .until(&objects.apps, "shop", |app| standing(app) == unavailable)
        .await?;
    Ok(())
}

#[myop::test(controllers)]
async fn deleting_an_app_leaves_no_child(cluster: Cluster) -> Result {
    let _operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&busybox("shop", Some(1))).await?;
    cluster
        .until(&objects.budgets, "shop", |found| found.is_some())
        .await?;

    objects
        .apps
        .delete("shop", &DeleteParams::default())
        .await?;
    cluster
        .until(&objects.deployments, "shop", |found| found.is_none())
        .await?;
    cluster
        .until(&objects.budgets, "shop", |found| found.is_none())
        .await?;
    Ok(())
}

#[myop::test(controllers)]
async fn at_rest_nothing_is_written(cluster: Cluster) -> Result {
    let _operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&busybox("shop", Some(1))).await?;
    cluster
        .until(&objects.deployments, "shop", |found| {
            found.and_then(|found| found.status.as_ref()?.updated_replicas) == Some(1)
        })
        .await?;
    objects.make_pods_ready("shop").await?;
    let is_running =
        |app: Option<&MyApp>| standing(app).is_some_and(|(_, _, phase)| phase == Phase::Running);
    cluster.until(&objects.apps, "shop", is_running).await?;

    let writes = cluster
        .writes_within(Duration::from_secs(5), &WRITTEN)
        .await?;
    assert_eq!(writes, 0);
    Ok(())
}

#[myop::test]
async fn a_restart_applies_each_child_once_and_writes_no_status(cluster: Cluster) -> Result {
    let operator = cluster.run(myapp_operator::manager()).await?;
    let objects = Objects::of(&cluster);
    objects.create(&busybox("shop", Some(1))).await?;
    cluster
        .until(&objects.apps, "shop", |app| standing(app).is_some())
        .await?;
    operator.stop().await?;
    let mut before = Vec::new();
    for resource in WRITTEN {
        before.push(cluster.write_requests(&[resource]).await?);
    }

    // The one that comes last is reconciled last: once it has its status, all others have been seen to.
    objects.create(&busybox("zebra", Some(1))).await?;
    let _operator = cluster.run(myapp_operator::manager()).await?;
    cluster
        .until(&objects.apps, "zebra", |app| standing(app).is_some())
        .await?;
    let mut written = Vec::new();
    for (resource, before) in WRITTEN.into_iter().zip(before) {
        written.push((
            resource,
            cluster.write_requests(&[resource]).await? - before,
        ));
    }
    let expected = [
        ("myapps", 1),
        ("myapps/status", 1),
        ("deployments", 2),
        ("poddisruptionbudgets", 2),
        ("events", 0),
    ];
    assert_eq!(
        written, expected,
        "zebra's creation, its status, and one apply a child"
    );
    Ok(())
}
