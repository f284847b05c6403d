//! What becomes of children, and of children's children.

use k8s_openapi::api::apps::v1::Deployment;
use kube::{ResourceExt, api::DeleteParams};
use myapp_operator::{
    api::v1alpha1::{MyApp, myapp::Phase},
    manager,
};
use myop::{
    record::{Cause, RunRecord},
    testing::{Cluster, Result},
};
use serde_json::json;

use crate::{
    apps::{Apps, merge, phase, version},
    runs::followed,
};

#[myop::test(controllers)]
async fn children_stay_where_their_owner_is_deleted_without_them(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let objects = Apps::of(&cluster);
    objects.create("shop", 1).await?;
    cluster
        .until(&objects.budgets, "shop", |found| found.is_some())
        .await?;

    let orphaning = DeleteParams::orphan();
    objects.api.delete("shop", &orphaning).await?;
    cluster
        .until(&objects.api, "shop", |found| found.is_none())
        .await?;
    let deployment = objects.deployments.get("shop").await?;
    let budget = objects.budgets.get("shop").await?;
    assert_eq!(deployment.owner_references(), []);
    assert_eq!(budget.owner_references(), []);
    Ok(())
}

/// Whether the rollout is over, and nothing is left to be said of it.
fn is_complete(deployment: Option<&Deployment>) -> bool {
    let conditions = deployment.and_then(|found| found.status.as_ref()?.conditions.as_ref());
    conditions.into_iter().flatten().any(|one| {
        one.type_ == "Progressing" && one.reason.as_deref() == Some("NewReplicaSetAvailable")
    })
}

#[myop::test(controllers)]
async fn a_pod_wakes_nobody_unless_a_child_changes_with_it(cluster: Cluster) -> Result {
    let (manager, mut runs) = followed(manager());
    let _operator = cluster.run(manager).await?;
    let objects = Apps::of(&cluster);
    objects.create_running(&cluster, "shop", 2).await?;
    cluster
        .until(&objects.deployments, "shop", is_complete)
        .await?;
    objects.until_budgeted(&cluster, "shop", (2, 2, 1)).await?;

    let pod = objects.pods().await?.remove(0);
    let touch = json!({"metadata": {"annotations": {"touched": "yes"}}});
    let touched = merge(&objects.pods, &pod.name_any(), touch).await?;
    // The controllers see this one after that one.
    let unready = version(&objects.say_ready(&pod, false).await?);
    let is_progressing = |app: Option<&MyApp>| phase(app) == Some(Phase::Progressing);
    cluster.until(&objects.api, "shop", is_progressing).await?;

    let seen = version(&touched);
    let since = |run: RunRecord| {
        run.causes.into_iter().filter_map(move |cause| match cause {
            Cause::Event { object, .. } if object.version > seen => Some(object),
            _ => None,
        })
    };
    // A run is told once it has ended, which is after its status is seen.
    let mut objects = Vec::new();
    while objects.is_empty() {
        objects.extend(since(runs.next().await?));
    }
    objects.extend(runs.so_far().into_iter().flat_map(since));
    for object in objects {
        assert_ne!(object.kind, "Pod");
        assert!(object.version > unready, "{object} had not changed before");
    }
    Ok(())
}

#[myop::test(controllers)]
async fn a_rollout_that_fails_fails_no_reconcile(cluster: Cluster) -> Result {
    let (manager, mut runs) = followed(manager());
    let _operator = cluster.run(manager).await?;
    let objects = Apps::of(&cluster);
    objects.create("shop", 1).await?;
    cluster
        .until(&objects.deployments, "shop", |found| found.is_some())
        .await?;
    // The least that the API server allows: nobody makes the pod ready.
    merge(
        &objects.deployments,
        "shop",
        json!({"spec": {"progressDeadlineSeconds": 11}}),
    )
    .await?;

    let failed = cluster
        .until(&objects.api, "shop", |app| {
            phase(app) == Some(Phase::Failed)
        })
        .await?;
    let status = failed.and_then(|app| app.status).expect("it was just seen");
    let ready = status.conditions.iter().find(|one| one.type_ == "Ready");
    let ready = ready.map(|ready| (ready.status.as_str(), ready.reason.as_str()));
    assert_eq!(ready, Some(("False", "ProgressDeadlineExceeded")));
    for run in runs.so_far() {
        assert!(!run.end.is_failure(), "{run:?}");
        assert!(!run.causes.contains(&Cause::Retry), "{run:?}");
    }
    Ok(())
}
