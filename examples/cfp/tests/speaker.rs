//! Speakers on a control plane, mirrored into the service.

mod stage;

use std::{
    convert::identity,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{Method, StatusCode},
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use cfp_operator::api::v1::Speaker;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use myop::testing::{Cluster, Result};
use serde_json::{Value, json};
use tokio::sync::Notify;

use stage::{Said, Stage, WRITTEN, create, delete, edit, proposal, speaker};

const ADA: &str = "speakers/default-ada";

/// What the service says where something is missing.
const INCOMPLETE: &str = "speaker ID, Name and Email must be provided: 400 Bad Request";

fn without_email(name: &str) -> Speaker {
    let mut speaker = speaker(name);
    speaker.spec.email = None;
    speaker
}

/// The record of [`speaker`], as somebody else would have made it.
fn record_of_ada() -> Value {
    json!({
        "ID": "default-ada",
        "Name": "Ada Lovelace",
        "Bio": "Writes programs.",
        "Email": "ada@example.com",
        "Timestamp": "2026-01-01T00:00:00Z",
    })
}

#[myop::test]
async fn a_speaker_is_mirrored(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;

    let ada = stage.until_ready(&stage.speakers, "ada").await?;
    assert_eq!(ada.finalizers(), ["finalizers.talks.kubecon.na"]);
    assert_eq!(ada.id(), Some("default-ada"));
    let (mut record, mut expected) = (stage.record(ADA)?, record_of_ada());
    assert!(record["Timestamp"].take().is_string());
    expected["Timestamp"].take();
    assert_eq!(record, expected);
    assert_eq!(stage.asked(), ["POST /api/speakers: 200"]);
    Ok(())
}

#[myop::test]
async fn an_edit_arrives_by_put(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    let ada = stage.until_ready(&stage.speakers, "ada").await?;
    stage.asked();

    let change = json!({"spec": {"bio": "Wrote the first program."}});
    edit(&stage.speakers, "ada", change).await?;
    let edited = stage.until_ready(&stage.speakers, "ada").await?;
    let generation = |speaker: &Speaker| speaker.metadata.generation;
    assert_eq!(generation(&edited), generation(&ada).map(|one| one + 1));
    assert_eq!(stage.record(ADA)?["Bio"], "Wrote the first program.");
    let expected = [
        "GET /api/speakers/default-ada: 200",
        "PUT /api/speakers/default-ada: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn a_deleted_speaker_is_deleted_in_the_service(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    stage.asked();

    delete(&stage.speakers, "ada").await?;
    stage.until_gone(&stage.speakers, "ada").await?;
    assert_eq!(stage.record(ADA)?, Value::Null);
    assert_eq!(stage.asked(), ["DELETE /api/speakers/default-ada: 200"]);
    Ok(())
}

#[myop::test]
async fn what_the_service_does_not_have_counts_as_deleted(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    stage.asked();

    fs::remove_file(stage.file(ADA))?;
    delete(&stage.speakers, "ada").await?;
    stage.until_gone(&stage.speakers, "ada").await?;
    assert_eq!(stage.asked(), ["DELETE /api/speakers/default-ada: 404"]);
    Ok(())
}

#[myop::test]
async fn at_rest_nothing_is_asked_and_nothing_written(cluster: Cluster) -> Result {
    comes_to_rest(&cluster, identity).await
}

#[myop::test]
async fn a_slow_service_is_left_in_peace_too(cluster: Cluster) -> Result {
    comes_to_rest(&cluster, slow).await
}

async fn comes_to_rest(cluster: &Cluster, front: fn(Router) -> Router) -> Result {
    let stage = Stage::open(cluster, front)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    stage.assert_rest().await?;

    edit(&stage.speakers, "ada", json!({"spec": {"bio": null}})).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    assert_eq!(stage.record(ADA)?["Bio"], "");
    stage.assert_rest().await
}

fn slow(service: Router) -> Router {
    service.layer(from_fn(async |request: Request, next: Next| {
        tokio::time::sleep(Duration::from_millis(600)).await;
        next.run(request).await
    }))
}

#[myop::test]
async fn a_restart_looks_once_and_writes_nothing(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    operator.stop().await?;
    stage.asked();
    let before = cluster.write_requests(&WRITTEN).await?;

    // What comes last is reconciled last.
    create(&stage.speakers, &speaker("zoe")).await?;
    let _operator = cluster.run(stage.manager()).await?;
    stage.until_ready(&stage.speakers, "zoe").await?;
    let mut asked = stage.asked();
    asked.sort();
    let expected = [
        "GET /api/speakers/default-ada: 200",
        "POST /api/speakers: 200",
    ];
    assert_eq!(asked, expected);
    let written = cluster.write_requests(&WRITTEN).await? - before;
    assert_eq!(written, 3, "zoe, her finalizer and her status");
    Ok(())
}

#[myop::test]
async fn a_lost_record_is_made_again(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    stage.asked();

    fs::remove_file(stage.file(ADA))?;
    edit(&stage.speakers, "ada", json!({"spec": {"bio": "Back."}})).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    assert_eq!(stage.record(ADA)?["Bio"], "Back.");
    let expected = [
        "GET /api/speakers/default-ada: 400",
        "POST /api/speakers: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn a_record_that_is_there_already_is_adopted(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    fs::write(stage.file(ADA), record_of_ada().to_string())?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;

    stage.until_ready(&stage.speakers, "ada").await?;
    assert_eq!(stage.record(ADA)?, record_of_ada());
    let expected = [
        "POST /api/speakers: 400",
        "GET /api/speakers/default-ada: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn an_adopted_record_is_put_right(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let mut other = record_of_ada();
    other["Bio"] = "Somebody else.".into();
    fs::write(stage.file(ADA), other.to_string())?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;

    stage.until_ready(&stage.speakers, "ada").await?;
    assert_eq!(stage.record(ADA)?["Bio"], "Writes programs.");
    let expected = [
        "POST /api/speakers: 400",
        "GET /api/speakers/default-ada: 200",
        "PUT /api/speakers/default-ada: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn a_record_that_goes_while_it_is_adopted_is_no_reason_to_give_up(
    cluster: Cluster,
) -> Result {
    let stage = Stage::open(&cluster, missing_at_first)?;
    fs::write(stage.file(ADA), record_of_ada().to_string())?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;

    stage.until_ready(&stage.speakers, "ada").await?;
    let expected = [
        "POST /api/speakers: 400",
        "GET /api/speakers/default-ada: 400",
        "POST /api/speakers: 400",
        "GET /api/speakers/default-ada: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

fn missing_at_first(service: Router) -> Router {
    let is_first = Arc::new(AtomicBool::new(true));
    service.layer(from_fn(move |request: Request, next: Next| {
        let is_missing = request.method() == Method::GET && is_first.swap(false, Ordering::Relaxed);
        async move {
            if is_missing {
                let text = "could not find speaker with ID 'default-ada'\n";
                return (StatusCode::BAD_REQUEST, text).into_response();
            }
            next.run(request).await
        }
    }))
}

#[myop::test]
async fn a_refused_speaker_says_why_and_is_left_alone_until_it_is_edited(
    cluster: Cluster,
) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &without_email("ada")).await?;

    let message = format!("error creating speaker: create error: {INCOMPLETE}");
    let refused = [
        ("CreateFailed", "True", "CreateSpeakerFailed", &*message),
        ("Ready", "False", "CreateSpeakerFailed", &message),
        ("Stalled", "True", "CreateSpeakerFailed", &message),
    ];
    let ada = stage.until(&stage.speakers, "ada", &refused).await?;
    assert_eq!(ada.id(), None);
    assert_eq!(stage.asked(), ["POST /api/speakers: 400"]);
    stage.assert_rest().await?;

    let change = json!({"spec": {"email": "ada@example.com"}});
    edit(&stage.speakers, "ada", change).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    assert_eq!(stage.asked(), ["POST /api/speakers: 200"]);
    Ok(())
}

#[myop::test]
async fn a_refused_edit_leaves_the_record_as_it_was(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    let before = stage.record(ADA)?;

    edit(&stage.speakers, "ada", json!({"spec": {"email": null}})).await?;
    let message = format!("error updating speaker: update error: {INCOMPLETE}");
    let refused = [
        ("Ready", "False", "UpdateSpeakerFailed", &*message),
        ("Stalled", "True", "UpdateSpeakerFailed", &message),
        ("UpdateFailed", "True", "UpdateSpeakerFailed", &message),
    ];
    let ada = stage.until(&stage.speakers, "ada", &refused).await?;
    assert_eq!(ada.id(), Some("default-ada"));
    assert_eq!(stage.record(ADA)?, before);
    Ok(())
}

#[myop::test]
async fn a_speaker_without_a_record_goes(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &without_email("ada")).await?;
    let refused = [
        ("CreateFailed", "True", "CreateSpeakerFailed", INCOMPLETE),
        ("Ready", "False", "CreateSpeakerFailed", INCOMPLETE),
        ("Stalled", "True", "CreateSpeakerFailed", INCOMPLETE),
    ];
    stage.until(&stage.speakers, "ada", &refused).await?;

    delete(&stage.speakers, "ada").await?;
    stage.until_gone(&stage.speakers, "ada").await
}

#[myop::test]
async fn what_is_being_deleted_gets_no_finalizer(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    cluster.run(stage.manager()).await?.stop().await?;
    let mut held = speaker("ada");
    held.finalizers_mut().push("example.com/held".into());
    create(&stage.speakers, &held).await?;
    delete(&stage.speakers, "ada").await?;

    // What comes last is reconciled last.
    create(&stage.speakers, &speaker("zoe")).await?;
    let _operator = cluster.run(stage.manager()).await?;
    stage.until_ready(&stage.speakers, "zoe").await?;
    let ada = stage.speakers.get("ada").await?;
    assert_eq!(ada.finalizers(), ["example.com/held"]);
    assert!(ada.status.is_none(), "{:?}", ada.status);
    assert_eq!(stage.asked(), ["POST /api/speakers: 200"]);
    Ok(())
}

#[myop::test]
async fn a_speaker_goes_though_proposals_use_it(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    create(&stage.proposals, &proposal("engines", "ada")).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    let submitted = stage.record("proposals/default-engines")?;
    stage.asked();

    delete(&stage.speakers, "ada").await?;
    stage.until_gone(&stage.speakers, "ada").await?;
    let message = "unable to get speaker default/ada: ";
    let orphaned = [
        ("FetchFailed", "True", "FetchFailed", message),
        ("Ready", "False", "Failed", message),
    ];
    stage.until(&stage.proposals, "engines", &orphaned).await?;
    assert_eq!(stage.asked(), ["DELETE /api/speakers/default-ada: 200"]);
    assert_eq!(stage.record("proposals/default-engines")?, submitted);

    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(stage.record("proposals/default-engines")?, submitted);
    Ok(())
}

fn invalid_request(message: &str) -> [Said<'_>; 2] {
    [
        ("Ready", "False", "InvalidRequest", message),
        ("Stalled", "True", "InvalidRequest", message),
    ]
}

/// Three places for one id, `a-b-c-d`.
const PLACES: [(&str, &str); 3] = [("a", "b-c-d"), ("a-b", "c-d"), ("a-b-c", "d")];

#[myop::test]
async fn the_oldest_of_one_id_owns_its_record(cluster: Cluster) -> Result {
    let mut stage = Stage::open(&cluster, identity)?;
    cluster.run(stage.manager()).await?.stop().await?;
    let namespaces: Api<Namespace> = cluster.all();
    let mut speakers = Vec::new();
    for (namespace, name) in PLACES {
        let place = json!({"metadata": {"name": namespace}});
        create(&namespaces, &serde_json::from_value(place)?).await?;
        let mut speaker = speaker(name);
        speaker.spec.bio = Some(format!("Lives in {namespace}."));
        speakers.push(create(&cluster.namespaced(namespace), &speaker).await?);
    }
    speakers.sort_by_key(|speaker| (speaker.creation_timestamp(), speaker.uid()));
    let [owner, heir, youngest] = &speakers[..] else {
        return Err("three were made".into());
    };
    let home = |speaker: &Speaker| -> (Api<Speaker>, String) {
        let namespace = speaker.namespace().unwrap_or_default();
        (cluster.namespaced(&namespace), speaker.name_any())
    };
    let bio = |speaker: &Speaker| json!(speaker.spec.bio);
    let belongs_to = |owner: &Speaker| {
        let (namespace, name) = (owner.namespace().unwrap_or_default(), owner.name_any());
        format!("invalid request: the record 'a-b-c-d' belongs to Speaker {namespace}/{name}")
    };

    let _operator = cluster.run(stage.manager()).await?;
    let (owners, owner_name) = home(owner);
    let owned = stage.until_ready(&owners, &owner_name).await?;
    let message = belongs_to(owner);
    for younger in [heir, youngest] {
        let (api, name) = home(younger);
        let said = invalid_request(&message);
        let younger = stage.until(&api, &name, &said).await?;
        assert_eq!(younger.id(), None);
    }
    assert_eq!(stage.record("speakers/a-b-c-d")?["Bio"], bio(owner));

    // An edit of what is refused needs no service, and does not concern the owner.
    stage.close().await?;
    let (api, name) = home(youngest);
    edit(&api, &name, json!({"spec": {"bio": "Lives elsewhere."}})).await?;
    stage.until(&api, &name, &invalid_request(&message)).await?;
    stage.reopen()?;
    delete(&api, &name).await?;
    stage.until_gone(&api, &name).await?;
    let still_owned = owners.get(&owner_name).await?;
    assert_eq!(still_owned.resource_version(), owned.resource_version());
    assert_eq!(stage.record("speakers/a-b-c-d")?["Bio"], bio(owner));

    delete(&owners, &owner_name).await?;
    let (api, name) = home(heir);
    let heir = stage.until_ready(&api, &name).await?;
    assert_eq!(heir.id(), Some("a-b-c-d"));
    assert_eq!(stage.record("speakers/a-b-c-d")?["Bio"], bio(&heir));
    Ok(())
}

#[myop::test]
async fn the_time_of_creation_comes_before_the_uid(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    cluster.run(stage.manager()).await?.stop().await?;
    let namespaces: Api<Namespace> = cluster.all();
    for name in ["a", "a-b"] {
        let place = json!({"metadata": {"name": name}});
        create(&namespaces, &serde_json::from_value(place)?).await?;
    }
    let (old, young): (Api<Speaker>, Api<Speaker>) =
        (cluster.namespaced("a"), cluster.namespaced("a-b"));
    let older = create(&old, &speaker("b-c")).await?;
    let is_wanted = |younger: &Speaker| {
        younger.creation_timestamp() > older.creation_timestamp() && younger.uid() < older.uid()
    };
    while !is_wanted(&create(&young, &speaker("c")).await?) {
        delete(&young, "c").await?;
    }

    // As if the younger had owned the record before.
    let status = Patch::Apply(json!({
        "apiVersion": "talks.kubecon.na/v1",
        "kind": "Speaker",
        "status": {"id": "a-b-c", "conditions": []},
    }));
    let operator = PatchParams::apply("cfp-operator");
    let owned = young.patch_status("c", &operator, &status).await?;
    assert_eq!(owned.id(), Some("a-b-c"));

    let _operator = cluster.run(stage.manager()).await?;
    stage.until_ready(&old, "b-c").await?;
    let said = invalid_request("Speaker a/b-c");
    let younger = stage.until(&young, "c", &said).await?;
    assert_eq!(younger.id(), None);
    Ok(())
}

#[myop::test]
async fn an_email_that_is_none_is_not_taken(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    for email in ["", "ada", "@example.com", "ada@"] {
        let mut ada = speaker("ada");
        ada.spec.email = Some(email.into());
        let refused = create(&stage.speakers, &ada).await;
        let error = refused.expect_err(email).to_string();
        assert!(error.contains("spec.email"), "{error}");
    }
    Ok(())
}

/// An id that the service can have no record of is no reason to stay.
#[myop::test]
async fn a_speaker_whose_id_is_too_long_goes(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    let name = "a".repeat(250);
    create(&stage.speakers, &speaker(&name)).await?;
    let refused = ["CreateFailed", "Ready", "Stalled"].map(|type_| {
        let status = if type_ == "Ready" { "False" } else { "True" };
        (type_, status, "CreateSpeakerFailed", "can't be used")
    });
    stage.until(&stage.speakers, &name, &refused).await?;
    delete(&stage.speakers, &name).await?;
    stage.until_gone(&stage.speakers, &name).await
}

/// Whatever stands in the place of the service knows nothing of its records.
#[myop::test]
async fn a_404_of_somebody_else_deletes_nothing(cluster: Cluster) -> Result {
    let is_away = Arc::new(AtomicBool::new(false));
    let stage = Stage::open(&cluster, |service| instead(service, is_away.clone()))?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;

    is_away.store(true, Ordering::Relaxed);
    delete(&stage.speakers, "ada").await?;
    let message = "error deleting speaker: delete error: default backend: 404 Not Found";
    let failing = |speaker: Option<&Speaker>| {
        let status = speaker.and_then(|speaker| speaker.status.as_ref());
        let ready =
            status.and_then(|status| status.conditions.iter().find(|one| one.type_ == "Ready"));
        ready.is_some_and(|ready| ready.message == message)
    };
    cluster.until(&stage.speakers, "ada", failing).await?;
    assert_eq!(stage.record(ADA)?["ID"], "default-ada");

    is_away.store(false, Ordering::Relaxed);
    stage.until_gone(&stage.speakers, "ada").await?;
    assert_eq!(stage.record(ADA)?, Value::Null);
    Ok(())
}

fn instead(service: Router, is_away: Arc<AtomicBool>) -> Router {
    service.layer(from_fn(move |request: Request, next: Next| {
        let is_away = is_away.load(Ordering::Relaxed);
        async move {
            if is_away {
                return (StatusCode::NOT_FOUND, "default backend\n").into_response();
            }
            next.run(request).await
        }
    }))
}

/// Objects of one second are ordered by their uids, so an object can come that is older than one whose first request is
/// under way.
#[myop::test]
async fn a_request_under_way_does_not_overwrite_an_older_object_s_record(
    cluster: Cluster,
) -> Result {
    let (arrived, may_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let stage = Stage::open(&cluster, |service| {
        held(service, arrived.clone(), may_go.clone())
    })?;
    let namespaces: Api<Namespace> = cluster.all();
    for name in ["a", "a-b"] {
        let place = json!({"metadata": {"name": name}});
        create(&namespaces, &serde_json::from_value(place)?).await?;
    }
    let _operator = cluster.run(stage.manager()).await?;
    let (early, late): (Api<Speaker>, Api<Speaker>) =
        (cluster.namespaced("a"), cluster.namespaced("a-b"));
    loop {
        let first = create(&early, &speaker("b-c")).await?;
        arrived.notified().await;
        let mut second = speaker("c");
        second.spec.bio = Some("Came later.".into());
        let second = create(&late, &second).await?;
        let age = |speaker: &Speaker| (speaker.creation_timestamp(), speaker.uid());
        if age(&second) < age(&first) {
            break;
        }
        may_go.notify_one();
        for (api, name) in [(&early, "b-c"), (&late, "c")] {
            delete(api, name).await?;
            stage.until_gone(api, name).await?;
        }
    }
    // Long enough for the second to write its record, if the first did not keep it from doing so.
    let _ = tokio::time::timeout(Duration::from_millis(500), stage.until_ready(&late, "c")).await;
    may_go.notify_one();

    stage.until_ready(&late, "c").await?;
    let said = invalid_request("invalid request: the record 'a-b-c' belongs to Speaker a-b/c");
    stage.until(&early, "b-c", &said).await?;
    assert_eq!(stage.record("speakers/a-b-c")?["Bio"], "Came later.");
    Ok(())
}

/// The first object's POST waits.
fn held(service: Router, arrived: Arc<Notify>, may_go: Arc<Notify>) -> Router {
    service.layer(from_fn(move |request: Request, next: Next| {
        let (arrived, may_go) = (arrived.clone(), may_go.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            if head.method == Method::POST && !String::from_utf8_lossy(&body).contains("later") {
                arrived.notify_one();
                may_go.notified().await;
            }
            next.run(Request::from_parts(head, Body::from(body))).await
        }
    }))
}
