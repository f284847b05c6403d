//! What a compaction, and a watch cache that lags, do to those who read.

use futures::{StreamExt, stream::BoxStream};
use k8s_openapi::{api::core::v1::ConfigMap, jiff::Timestamp};
use kube::{
    Api, ResourceExt,
    api::{
        DeleteParams, ListParams, Patch, PatchParams, PostParams, VersionMatch, WatchEvent,
        WatchParams,
    },
};
use myop_controlplane::{InProcess, Settings};
use serde_json::json;

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
type Events = BoxStream<'static, kube::Result<WatchEvent<ConfigMap>>>;

fn server() -> InProcess {
    InProcess::start(1, Timestamp::UNIX_EPOCH, Settings::default())
}

fn config_maps(server: &InProcess) -> Api<ConfigMap> {
    Api::namespaced(server.client(), "default")
}

async fn create(api: &Api<ConfigMap>, name: &str) -> Result<ConfigMap> {
    let mut one = ConfigMap::default();
    one.metadata.name = Some(name.into());
    Ok(api.create(&PostParams::default(), &one).await?)
}

async fn names(api: &Api<ConfigMap>, params: &ListParams) -> Result<Vec<String>> {
    let list = api.list(params).await?;
    Ok(list.iter().map(ResourceExt::name_any).collect())
}

async fn watch(api: &Api<ConfigMap>, version: &str) -> Result<Events> {
    Ok(api.watch(&WatchParams::default(), version).await?.boxed())
}

/// The next event, in words; none while there is none yet.
async fn next(events: &mut Events) -> String {
    let soon = std::time::Duration::from_secs(5);
    let next = tokio::time::timeout(soon, events.next()).await;
    match next {
        Err(_) => "nothing".into(),
        Ok(None) => "the end".into(),
        Ok(Some(Err(error))) => format!("{error}"),
        Ok(Some(Ok(WatchEvent::Added(one)))) => format!("ADDED {}", one.name_any()),
        Ok(Some(Ok(WatchEvent::Modified(one)))) => format!("MODIFIED {}", one.name_any()),
        Ok(Some(Ok(WatchEvent::Deleted(one)))) => format!("DELETED {}", one.name_any()),
        Ok(Some(Ok(WatchEvent::Error(status)))) => format!("{} {}", status.code, status.message),
        Ok(Some(Ok(WatchEvent::Bookmark(_)))) => "BOOKMARK".into(),
    }
}

fn refused<T>(answer: kube::Result<T>) -> String {
    match answer {
        Err(kube::Error::Api(status)) => format!("{} {}", status.code, status.message),
        Err(error) => error.to_string(),
        Ok(_) => "granted".into(),
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_before_a_compaction_is_forgotten() -> Result {
    let server = server();
    let api = config_maps(&server);
    let early = create(&api, "early")
        .await?
        .resource_version()
        .unwrap_or_default();
    create(&api, "late").await?;
    let page = api.list(&ListParams::default().limit(1)).await?;
    create(&api, "last").await?;
    server.compact();

    let now = create(&api, "later")
        .await?
        .resource_version()
        .unwrap_or_default();
    let mut events = watch(&api, &early).await?;
    let said = next(&mut events).await;
    assert!(
        said.starts_with(&format!("410 too old resource version: {early} (")),
        "{said}"
    );
    assert_eq!(next(&mut events).await, "the end");

    let exact = ListParams::default()
        .at(&early)
        .matching(VersionMatch::Exact);
    let said = refused(api.list(&exact).await);
    assert_eq!(
        said,
        "410 The resourceVersion for the provided list is too old."
    );
    let rest = ListParams::default()
        .continue_token(page.metadata.continue_.as_deref().unwrap_or_default());
    let said = refused(api.list(&rest).await);
    assert!(
        said.starts_with("410 The provided continue parameter is too old"),
        "{said}"
    );

    let mut events = watch(&api, &now).await?;
    create(&api, "latest").await?;
    assert_eq!(next(&mut events).await, "ADDED latest");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_lags_tells_what_it_knew() -> Result {
    let server = server();
    let api = config_maps(&server);
    create(&api, "changed").await?;
    let gone = create(&api, "gone")
        .await?
        .resource_version()
        .unwrap_or_default();
    let mut events = watch(&api, &gone).await?;
    server.lag();

    let label = Patch::Merge(json!({"metadata": {"labels": {"new": "yes"}}}));
    let changed = api
        .patch("changed", &PatchParams::default(), &label)
        .await?;
    api.delete("gone", &DeleteParams::default()).await?;
    let made = create(&api, "made")
        .await?
        .resource_version()
        .unwrap_or_default();

    // What is asked of etcd is new.
    assert_eq!(
        names(&api, &ListParams::default()).await?,
        ["changed", "made"]
    );
    assert!(api.get("changed").await?.labels().contains_key("new"));
    let exact = ListParams::default()
        .at(&made)
        .matching(VersionMatch::Exact);
    assert_eq!(names(&api, &exact).await?, ["changed", "made"]);

    // What is asked of the cache is not.
    let any = ListParams::default().at("0");
    assert_eq!(names(&api, &any).await?, ["changed", "gone"]);
    let list = api.list(&any).await?;
    assert_eq!(list.metadata.resource_version.as_deref(), Some(&*gone));
    assert!(list.items[0].labels().is_empty());
    let at = kube::api::GetParams::any();
    assert!(api.get_with("changed", &at).await?.labels().is_empty());
    assert!(api.get_with("gone", &at).await.is_ok());
    assert_eq!(
        refused(api.get_with("made", &at).await),
        "404 configmaps \"made\" not found"
    );
    let from_now = watch(&api, "0").await?.take(2);
    let mut from_now = from_now.boxed();
    assert_eq!(next(&mut from_now).await, "ADDED changed");
    assert_eq!(next(&mut from_now).await, "ADDED gone");

    // What it has not seen it can't tell.
    let newer = ListParams::default()
        .at(&made)
        .matching(VersionMatch::NotOlderThan);
    let too_large = format!("504 Timeout: Too large resource version: {made}, current: {gone}");
    assert_eq!(refused(api.list(&newer).await), too_large);

    assert_eq!(next(&mut events).await, "nothing");
    let mut later = watch(
        &api,
        changed
            .metadata
            .resource_version
            .as_deref()
            .unwrap_or_default(),
    )
    .await?;
    assert_eq!(next(&mut later).await, "nothing");
    server.compact();
    server.catch_up();
    assert_eq!(next(&mut events).await, "MODIFIED changed");
    assert_eq!(next(&mut events).await, "DELETED gone");
    assert_eq!(next(&mut events).await, "ADDED made");
    assert_eq!(next(&mut later).await, "DELETED gone");
    assert_eq!(names(&api, &any).await?, ["changed", "made"]);
    Ok(())
}

/// As many events as it would else forget.
#[tokio::test(start_paused = true)]
async fn a_cache_that_lags_far_behind_catches_up_with_all() -> Result {
    let server = server();
    let api = config_maps(&server);
    let first = create(&api, "first")
        .await?
        .resource_version()
        .unwrap_or_default();
    let mut events = watch(&api, &first).await?;
    server.lag();
    for number in 0..1_500 {
        create(&api, &format!("one-{number}")).await?;
    }
    assert_eq!(
        names(&api, &ListParams::default().at("0")).await?,
        ["first"]
    );
    server.catch_up();
    for number in 0..1_500 {
        assert_eq!(next(&mut events).await, format!("ADDED one-{number}"));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_watch_tells_how_far_it_is_about_once_a_minute_and_before_its_end() -> Result {
    let server = server();
    let api = config_maps(&server);
    let mut events = api
        .watch(&WatchParams::default().timeout(150), "0")
        .await?
        .boxed();
    let began = tokio::time::Instant::now();
    let mut marks = Vec::new();
    while let Some(event) = events.next().await {
        if matches!(event?, WatchEvent::Bookmark(_)) {
            marks.push(began.elapsed().as_secs());
        }
    }
    assert_eq!(marks, [0, 60, 120, 148]);
    Ok(())
}
