//! What metrics count.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams},
};
use myop::{
    ManagerError,
    testing::{Cluster, Result},
};
use myop_tests::{
    Act, Script, begun_of, manager,
    scrape::Page,
    scripts::{create, observed, tell},
    until_begun, until_run,
};
use serde_json::json;

/// How many reconciles ended like this.
fn ended(page: &Page, result: &str) -> Option<f64> {
    let labels = [("controller", "script"), ("result", result)];
    page.sum("controller_runtime_reconcile_total", &labels)
}

#[myop::test]
async fn everything_is_there_before_anything_happens(cluster: Cluster) -> Result {
    let operator = cluster.run(manager().max_concurrent_reconciles(3)).await?;
    let most = r#"controller_runtime_max_concurrent_reconciles{controller="script"} 3"#;
    let page = Page::read(&operator.until_metric(most).await?)?;
    for result in ["success", "error", "requeue", "requeue_after"] {
        assert_eq!(ended(&page, result), Some(0.0), "{result}");
    }
    for name in [
        "controller_runtime_reconcile_errors_total",
        "controller_runtime_terminal_reconcile_errors_total",
        "controller_runtime_reconcile_panics_total",
        "controller_runtime_reconcile_timeouts_total",
        "controller_runtime_reconcile_time_seconds_count",
        "controller_runtime_active_workers",
        "workqueue_adds_total",
        "workqueue_retries_total",
        "workqueue_queue_duration_seconds_count",
        "workqueue_work_duration_seconds_count",
        "workqueue_unfinished_work_seconds",
        "workqueue_longest_running_processor_seconds",
    ] {
        assert_eq!(
            page.sum(name, &[("controller", "script")]),
            Some(0.0),
            "{name}"
        );
    }
    let depth = page.sum("workqueue_depth", &[("priority", "0"), ("name", "script")]);
    assert_eq!(depth, Some(0.0));
    Ok(())
}

#[myop::test]
async fn reconciles_are_counted_by_how_they_end(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");

    create(&scripts, "gives-up", Act::GiveUp).await?;
    cluster
        .until(&scripts, "gives-up", |script| observed(script) == Some(1))
        .await?;
    let errors = r#"controller_runtime_reconcile_errors_total{controller="script"} 1"#;
    let page = Page::read(&operator.until_metric(errors).await?)?;
    let terminal = "controller_runtime_terminal_reconcile_errors_total";
    assert_eq!(page.sum(terminal, &[]), Some(1.0));
    assert_eq!(ended(&page, "error"), Some(1.0));
    assert_eq!(page.sum("workqueue_retries_total", &[]), Some(0.0));
    assert_eq!(page.sum("myop_last_success_timestamp_seconds", &[]), None);
    assert_eq!(page.sum("myop_ready_seconds_count", &[]), Some(0.0));
    scripts.delete("gives-up", &DeleteParams::default()).await?;
    cluster
        .until(&scripts, "gives-up", |found| found.is_none())
        .await?;

    let returns = create(&scripts, "returns", Act::Return).await?;
    until_run(&returns, 3).await?;
    let page = Page::read(&operator.metrics())?;
    assert!(ended(&page, "requeue_after") >= Some(2.0), "{page:?}");
    assert!(page.sum("workqueue_retries_total", &[]) >= Some(2.0));
    assert_eq!(
        page.sum("myop_ready_seconds_count", &[]),
        Some(1.0),
        "once a generation"
    );
    assert!(page.sum("myop_last_success_timestamp_seconds", &[]) > Some(1.7e9));
    tell(&scripts, "returns", Act::Keep).await?;
    cluster.until_ready(&scripts, "returns").await?;

    create(&scripts, "panics", Act::Panic).await?;
    cluster
        .until(&scripts, "panics", |script| {
            script.is_some_and(|script| script.status.is_some())
        })
        .await?;
    let panics = |page: &Page| page.sum("controller_runtime_reconcile_panics_total", &[]);
    let page = Page::until(&operator, |page| panics(page) >= Some(1.0)).await?;
    assert_eq!(page.sum(terminal, &[]), Some(1.0));
    Ok(())
}

#[myop::test]
async fn what_is_under_way_is_seen(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let dawdles = create(&scripts, "dawdles", Act::Dawdle).await?;
    until_begun(&dawdles, 1).await?;
    let waits = create(&scripts, "waits", Act::Keep).await?;
    let depth = |page: &Page| page.sum("workqueue_depth", &[("controller", "script")]);
    let page = Page::until(&operator, |page| depth(page) > Some(0.0)).await?;
    assert_eq!(begun_of(&waits), 0, "there is one worker");
    assert_eq!(
        page.sum("controller_runtime_active_workers", &[]),
        Some(1.0)
    );
    assert!(page.sum("workqueue_longest_running_processor_seconds", &[]) > Some(0.0));

    cluster.until_ready(&scripts, "waits").await?;
    let idle = r#"controller_runtime_active_workers{controller="script"} 0"#;
    let page = Page::read(&operator.until_metric(idle).await?)?;
    assert_eq!(
        page.sum("workqueue_longest_running_processor_seconds", &[]),
        Some(0.0)
    );
    let waited = page.sum("workqueue_queue_duration_seconds_sum", &[]);
    assert!(
        waited > Some(1.0),
        "the second has waited for the first, which takes 2 s: {waited:?}"
    );
    let runs = page.sum("controller_runtime_reconcile_time_seconds_count", &[]);
    let started = page.sum("workqueue_queue_duration_seconds_count", &[]);
    let added = page.sum("workqueue_adds_total", &[]);
    assert!(
        Some(2.0) <= runs && runs == started && started <= added,
        "{page:?}"
    );
    Ok(())
}

#[myop::test]
async fn applies_are_counted_by_what_came_of_them(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let maps: Api<ConfigMap> = cluster.namespaced("default");
    let applies = |page: &Page, result: &str| {
        let labels = [
            ("controller", "script"),
            ("kind", "ConfigMap"),
            ("result", result),
        ];
        page.sum("myop_applies_total", &labels)
    };
    create(&scripts, "one", Act::Keep).await?;
    cluster.until_ready(&scripts, "one").await?;
    Page::until(&operator, |page| applies(page, "created") == Some(1.0)).await?;

    let drift = json!({"data": {"kept": "no"}});
    maps.patch("one", &PatchParams::default(), &Patch::Merge(drift))
        .await?;
    let page = Page::until(&operator, |page| applies(page, "corrected") == Some(1.0)).await?;

    assert_eq!(applies(&page, "changed"), Some(0.0));

    tell(&scripts, "one", Act::Steal).await?;
    Page::until(&operator, |page| applies(page, "failed") >= Some(1.0)).await?;
    operator.stop().await?;

    // Nothing is remembered over a restart: each child is applied once, and the server leaves it as it is.
    tell(&scripts, "one", Act::Keep).await?;
    let operator = cluster.run(manager()).await?;
    cluster.until_ready(&scripts, "one").await?;
    let page = Page::until(&operator, |page| applies(page, "unchanged") >= Some(1.0)).await?;
    assert_eq!(applies(&page, "changed"), Some(0.0));
    Ok(())
}

#[myop::test]
async fn requests_are_counted_by_their_answers(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "one", Act::Keep).await?;
    cluster.until_ready(&scripts, "one").await?;
    let reconciled =
        r#"myop_applies_total{controller="script",kind="ConfigMap",result="created"} 1"#;
    let page = Page::read(&operator.until_metric(reconciled).await?)?;
    let requests = |method, code| {
        page.sum(
            "rest_client_requests_total",
            &[("method", method), ("code", code)],
        )
    };
    assert_eq!(requests("PATCH", "201"), Some(1.0), "the ConfigMap is made");
    let changes = requests("PATCH", "200");
    assert!(
        changes >= Some(2.0),
        "the finalizer and the status: {changes:?}"
    );
    assert!(requests("GET", "200") >= Some(2.0), "two kinds are watched");
    Ok(())
}

#[myop::test]
async fn objects_are_counted_in_the_cache(cluster: Cluster) -> Result {
    let by_act = |script: &Script| [format!("{:?}", script.spec.act)];
    let counting = manager().count_objects("script_objects", "Scripts by act.", ["act"], by_act);
    let operator = cluster.run(counting).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "one", Act::Keep).await?;
    create(&scripts, "two", Act::Keep).await?;
    operator
        .until_metric(r#"script_objects{act="Keep"} 2"#)
        .await?;
    tell(&scripts, "two", Act::Wait).await?;
    let page = operator
        .until_metric(r#"script_objects{act="Wait"} 1"#)
        .await?;
    assert!(page.contains("script_objects{act=\"Keep\"} 1\n"), "{page}");
    scripts.delete("two", &DeleteParams::default()).await?;
    operator
        .until_metric(r#"script_objects{act="Wait"} 0"#)
        .await?;
    Ok(())
}

#[myop::test]
async fn what_cannot_be_counted_is_told_at_the_start(cluster: Cluster) -> Result {
    let pods = |_: &k8s_openapi::api::core::v1::Pod| ["one"];
    let refusal = |counting: myop::Manager| {
        let client = cluster.client();
        async move { counting.run(client, myop::CancellationToken::new()).await }
    };
    let unwatched = manager().count_objects("pods", "Pods.", ["which"], pods);
    let error = refusal(unwatched).await.expect_err("nobody watches Pods");
    let words = "the metric `pods` counts objects of kind Pod, which no controller watches; declare `reads(Pod)` in a #[controller(...)]";
    assert_eq!(error.to_string(), words);

    let scripts = |_: &Script| ["one"];
    let taken = manager().count_objects("workqueue_depth", "Mine.", ["which"], scripts);
    let error = refusal(taken).await.expect_err("the name is taken");
    assert!(matches!(error, ManagerError::Metric(_)), "{error:?}");
    Ok(())
}
