//! Proposals on a control plane, submitted to the service.

mod stage;

use std::{
    convert::identity,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use cfp_operator::api::v1::{
    Proposal, Speaker,
    proposal::{Submission, TalkType},
};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, ResourceExt};
use myop::testing::{Cluster, Operator, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use stage::{Said, Stage, WRITTEN, create, delete, edit, proposal, speaker};

const ENGINES: &str = "proposals/default-engines";

fn handed_in(name: &str, speaker: &str) -> Proposal {
    let mut proposal = proposal(name, speaker);
    proposal.spec.r#final = true;
    proposal
}

/// The record of [`proposal`], as somebody else would have made it.
fn record_of(name: &str, status: &str) -> Value {
    json!({
        "ID": format!("default-{name}"),
        "Title": "On engines",
        "Abstract": "What they can do, and what they can't.",
        "Type": "talk",
        "SpeakerID": "default-ada",
        "Final": status == "final",
        "Submission": {"LastUpdate": "2026-01-01T00:00:00Z", "Status": status},
    })
}

/// What is said where the Speaker cannot be had, and why.
fn unable_to_get(why: &str) -> [Said<'_>; 2] {
    [
        ("FetchFailed", "True", "FetchFailed", why),
        ("Ready", "False", "Failed", why),
    ]
}

const PROGRESSING: Said<'_> = (
    "Reconciling",
    "True",
    "Progressing",
    "Reconciling a new generation of the object",
);

/// A Speaker that is ready, and known to be: a test that counts what a Proposal asks for would else count the run, too,
/// that the id of its Speaker calls for.
async fn make_speaker(stage: &Stage, name: &str) -> Result<Speaker> {
    create(&stage.speakers, &speaker(name)).await?;
    stage.until_ready(&stage.speakers, name).await?;
    // All that is told of Speakers is told in order: whoever has answered to this edit knows of the id.
    let change = json!({"spec": {"bio": "Writes more programs."}});
    edit(&stage.speakers, name, change).await?;
    stage.until_ready(&stage.speakers, name).await
}

async fn submit(stage: &Stage, proposal: Proposal) -> Result<Proposal> {
    create(&stage.proposals, &proposal).await?;
    stage
        .until_ready(&stage.proposals, &proposal.name_any())
        .await
}

/// A Speaker `ada` and her draft `engines`, both ready.
async fn with_a_draft(cluster: &Cluster) -> Result<(Stage, Operator)> {
    let stage = Stage::open(cluster, identity)?;
    let operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    submit(&stage, proposal("engines", "ada")).await?;
    stage.asked();
    Ok((stage, operator))
}

/// The same, handed in.
async fn with_a_submission(cluster: &Cluster) -> Result<(Stage, Operator)> {
    let stage = Stage::open(cluster, identity)?;
    let operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    submit(&stage, handed_in("engines", "ada")).await?;
    stage.asked();
    Ok((stage, operator))
}

fn last_update(proposal: &Proposal) -> Value {
    let status = proposal.status.as_ref();
    json!(status.and_then(|status| status.last_update.clone()))
}

#[myop::test]
async fn a_proposal_is_submitted_with_its_speaker(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.proposals, &proposal("engines", "ada")).await?;
    create(&stage.speakers, &speaker("ada")).await?;

    let engines = stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(engines.finalizers(), ["finalizers.talks.kubecon.na"]);
    assert_eq!(engines.submission(), Some(Submission::Draft));
    let mut record = stage.record(ENGINES)?;
    assert_eq!(record["Submission"]["LastUpdate"], last_update(&engines));
    let mut expected = record_of("engines", "draft");
    expected["Submission"]["LastUpdate"].take();
    record["Submission"]["LastUpdate"].take();
    assert_eq!(record, expected);
    Ok(())
}

#[myop::test]
async fn an_unknown_speaker_is_named(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;

    let change = json!({"spec": {"speakerRef": {"name": "unkown"}}});
    edit(&stage.proposals, "engines", change).await?;
    let message =
        "unable to get speaker default/unkown: Speaker.talks.kubecon.na \"unkown\" not found";
    let [fetch_failed, not_ready] = unable_to_get(message);
    let generation = "Reconciling a new generation of the object 2";
    let reconciling = ("Reconciling", "True", "Progressing", generation);
    let said = [fetch_failed, not_ready, reconciling];
    stage.until(&stage.proposals, "engines", &said).await?;
    assert_eq!(stage.asked(), [""; 0]);
    Ok(())
}

#[myop::test]
async fn a_draft_is_handed_in(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;
    assert_eq!(stage.record(ENGINES)?["Submission"]["Status"], "draft");

    edit(
        &stage.proposals,
        "engines",
        json!({"spec": {"final": true}}),
    )
    .await?;
    let engines = stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(engines.submission(), Some(Submission::Final));
    let record = stage.record(ENGINES)?;
    assert_eq!(record["Submission"]["LastUpdate"], last_update(&engines));
    assert_eq!(record["Submission"]["Status"], "final");
    assert_eq!(record["Final"], true);
    let expected = [
        "GET /api/proposals/default-engines: 200",
        "PUT /api/proposals/default-engines: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn what_is_final_from_the_start_is_handed_in_at_once(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    stage.asked();

    let engines = submit(&stage, handed_in("engines", "ada")).await?;
    assert_eq!(engines.submission(), Some(Submission::Final));
    assert_eq!(stage.record(ENGINES)?["Submission"]["Status"], "final");
    assert_eq!(stage.asked(), ["POST /api/proposals: 200"]);
    Ok(())
}

#[myop::test]
async fn what_was_handed_in_stays_as_it_was(cluster: Cluster) -> Result {
    let (mut stage, _operator) = with_a_submission(&cluster).await?;
    let submitted = stage.record(ENGINES)?;

    // Edits need the service no more.
    stage.close().await?;
    for change in [json!({"title": "On looms"}), json!({"final": false})] {
        edit(&stage.proposals, "engines", json!({"spec": change})).await?;
        let engines = stage.until_ready(&stage.proposals, "engines").await?;
        assert_eq!(engines.submission(), Some(Submission::Final));
    }
    assert_eq!(stage.record(ENGINES)?, submitted);

    stage.reopen()?;
    delete(&stage.proposals, "engines").await?;
    stage.until_gone(&stage.proposals, "engines").await?;
    assert_eq!(stage.record(ENGINES)?, submitted);
    Ok(())
}

#[myop::test]
async fn a_proposal_whose_speaker_is_deleted_says_so(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;

    delete(&stage.speakers, "ada").await?;
    let message = "unable to get speaker default/ada: Speaker.talks.kubecon.na \"ada\" not found";
    let said = unable_to_get(message);
    stage.until(&stage.proposals, "engines", &said).await?;
    Ok(())
}

#[myop::test]
async fn an_edit_of_a_draft_arrives_by_put(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;

    let change = json!({"spec": {"title": "On looms", "type": "lightning"}});
    edit(&stage.proposals, "engines", change).await?;
    let engines = stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(engines.submission(), Some(Submission::Draft));
    let record = stage.record(ENGINES)?;
    assert_eq!(record["Title"], "On looms");
    assert_eq!(record["Type"], "lightning");
    let expected = [
        "GET /api/proposals/default-engines: 200",
        "PUT /api/proposals/default-engines: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn a_deleted_draft_is_withdrawn(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;

    delete(&stage.proposals, "engines").await?;
    stage.until_gone(&stage.proposals, "engines").await?;
    assert_eq!(stage.record(ENGINES)?, Value::Null);
    let expected = [
        "GET /api/proposals/default-engines: 200",
        "DELETE /api/proposals/default-engines: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn what_the_service_does_not_have_counts_as_deleted(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;

    fs::remove_file(stage.file(ENGINES))?;
    delete(&stage.proposals, "engines").await?;
    stage.until_gone(&stage.proposals, "engines").await?;
    let expected = ["GET /api/proposals/default-engines: 404"];
    assert_eq!(stage.asked(), expected);
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
    make_speaker(&stage, "ada").await?;
    submit(&stage, handed_in("looms", "ada")).await?;
    submit(&stage, proposal("engines", "ada")).await?;
    stage.assert_rest().await?;

    let change = json!({"spec": {"title": "On machines"}});
    edit(&stage.proposals, "engines", change).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(stage.record(ENGINES)?["Title"], "On machines");
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
    let (stage, operator) = with_a_draft(&cluster).await?;
    submit(&stage, handed_in("looms", "ada")).await?;
    operator.stop().await?;
    stage.asked();
    let before = cluster.write_requests(&WRITTEN).await?;

    // What comes last is reconciled last.
    create(&stage.proposals, &handed_in("zebras", "ada")).await?;
    let _operator = cluster.run(stage.manager()).await?;
    stage.until_ready(&stage.proposals, "zebras").await?;
    let mut asked = stage.asked();
    asked.sort();
    let expected = [
        "GET /api/proposals/default-engines: 200",
        "GET /api/speakers/default-ada: 200",
        "POST /api/proposals: 200",
    ];
    assert_eq!(asked, expected);
    let written = cluster.write_requests(&WRITTEN).await? - before;
    assert_eq!(written, 3, "zebras, its finalizer and its status");
    Ok(())
}

#[myop::test]
async fn a_lost_draft_is_made_again(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;

    fs::remove_file(stage.file(ENGINES))?;
    let change = json!({"spec": {"title": "On looms"}});
    edit(&stage.proposals, "engines", change).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(stage.record(ENGINES)?["Title"], "On looms");
    let expected = [
        "GET /api/proposals/default-engines: 404",
        "POST /api/proposals: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn a_record_that_is_there_already_is_adopted(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    for (name, status, made) in [
        ("engines", "draft", proposal("engines", "ada")),
        ("looms", "final", handed_in("looms", "ada")),
    ] {
        let record = format!("proposals/default-{name}");
        fs::write(stage.file(&record), record_of(name, status).to_string())?;
        stage.asked();

        let made = submit(&stage, made).await?;
        assert_eq!(json!(made.submission()), status);
        assert_eq!(last_update(&made), "2026-01-01T00:00:00Z");
        assert_eq!(stage.record(&record)?, record_of(name, status));
        let expected = [
            "POST /api/proposals: 400",
            &format!("GET /api/{record}: 200"),
        ];
        assert_eq!(stage.asked(), expected);
    }
    Ok(())
}

#[myop::test]
async fn an_adopted_draft_is_put_right(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    let mut other = record_of("engines", "draft");
    other["Title"] = "On looms".into();
    fs::write(stage.file(ENGINES), other.to_string())?;
    stage.asked();

    submit(&stage, proposal("engines", "ada")).await?;
    assert_eq!(stage.record(ENGINES)?["Title"], "On engines");
    let expected = [
        "POST /api/proposals: 400",
        "GET /api/proposals/default-engines: 200",
        "PUT /api/proposals/default-engines: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

#[myop::test]
async fn another_submission_in_the_way_is_not_touched(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    let mut other = record_of("engines", "final");
    other["Title"] = "On looms".into();
    fs::write(stage.file(ENGINES), other.to_string())?;
    stage.asked();

    create(&stage.proposals, &proposal("engines", "ada")).await?;
    let message = "invalid request: another proposal was handed in as 'default-engines'";
    let refused = [
        ("Ready", "False", "InvalidRequest", message),
        ("Stalled", "True", "InvalidRequest", message),
    ];
    stage.until(&stage.proposals, "engines", &refused).await?;
    let expected = [
        "POST /api/proposals: 400",
        "GET /api/proposals/default-engines: 200",
    ];
    assert_eq!(stage.asked(), expected);

    delete(&stage.proposals, "engines").await?;
    stage.until_gone(&stage.proposals, "engines").await?;
    assert_eq!(stage.record(ENGINES)?, other);
    Ok(())
}

#[myop::test]
async fn a_refused_type_says_why_and_is_left_alone_until_it_is_edited(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    stage.asked();

    let mut keynote = proposal("engines", "ada");
    keynote.spec.r#type = TalkType::Keynote;
    create(&stage.proposals, &keynote).await?;
    let message = "error creating proposal: create error: could not validate proposal's talk type; \
                   got: keynote; want talk or lightning: 400 Bad Request";
    let refused = [
        ("CreateFailed", "True", "CreateProposalFailed", message),
        ("Ready", "False", "CreateProposalFailed", message),
        ("Stalled", "True", "CreateProposalFailed", message),
    ];
    let engines = stage.until(&stage.proposals, "engines", &refused).await?;
    assert_eq!(engines.submission(), None);
    assert_eq!(stage.asked(), ["POST /api/proposals: 400"]);
    stage.assert_rest().await?;

    edit(
        &stage.proposals,
        "engines",
        json!({"spec": {"type": "talk"}}),
    )
    .await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(stage.asked(), ["POST /api/proposals: 200"]);
    Ok(())
}

#[myop::test]
async fn a_refused_edit_leaves_the_draft_as_it_was(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;
    let before = stage.record(ENGINES)?;

    edit(
        &stage.proposals,
        "engines",
        json!({"spec": {"type": "tutorial"}}),
    )
    .await?;
    let message = "error updating proposal: update error: could not validate proposal's talk type; \
                   got: tutorial; want talk or lightning: 400 Bad Request";
    let refused = [
        ("Ready", "False", "UpdateProposalFailed", message),
        ("Stalled", "True", "UpdateProposalFailed", message),
        ("UpdateFailed", "True", "UpdateProposalFailed", message),
    ];
    let engines = stage.until(&stage.proposals, "engines", &refused).await?;
    assert_eq!(engines.submission(), Some(Submission::Draft));
    assert_eq!(stage.record(ENGINES)?, before);
    Ok(())
}

#[myop::test]
async fn a_failure_leaves_nothing_of_the_one_before(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    let mut keynote = proposal("engines", "ada");
    keynote.spec.r#type = TalkType::Keynote;
    create(&stage.proposals, &keynote).await?;
    let refused = [
        ("CreateFailed", "True", "CreateProposalFailed", "keynote"),
        ("Ready", "False", "CreateProposalFailed", "keynote"),
        ("Stalled", "True", "CreateProposalFailed", "keynote"),
    ];
    stage.until(&stage.proposals, "engines", &refused).await?;

    // What is stalled is not tried again by itself: only the deletion can wake it.
    delete(&stage.speakers, "ada").await?;
    let said = unable_to_get("\"ada\" not found");
    stage.until(&stage.proposals, "engines", &said).await?;
    Ok(())
}

#[myop::test]
async fn a_speaker_may_be_in_another_namespace(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    let people = make_namespace(&cluster, "people").await?;
    make_speaker(&stage, "ada").await?;
    create(&people, &speaker("ada")).await?;
    stage.until_ready(&people, "ada").await?;
    let mut engines = proposal("engines", "ada");
    engines.spec.speaker_ref.namespace = "people".into();
    submit(&stage, engines).await?;
    assert_eq!(stage.record(ENGINES)?["SpeakerID"], "people-ada");
    stage.asked();

    // A namesake does not concern it.
    delete(&stage.speakers, "ada").await?;
    stage.until_gone(&stage.speakers, "ada").await?;
    delete(&people, "ada").await?;
    let said = unable_to_get("unable to get speaker people/ada: ");
    stage.until(&stage.proposals, "engines", &said).await?;
    let expected = [
        "DELETE /api/speakers/default-ada: 200",
        "DELETE /api/speakers/people-ada: 200",
    ];
    assert_eq!(stage.asked(), expected);
    Ok(())
}

/// The Speakers of a new namespace.
async fn make_namespace(cluster: &Cluster, name: &str) -> Result<Api<Speaker>> {
    let namespaces: Api<Namespace> = cluster.all();
    let namespace = json!({"metadata": {"name": name}});
    create(&namespaces, &serde_json::from_value(namespace)?).await?;
    Ok(cluster.namespaced(name))
}

#[myop::test]
async fn a_proposal_waits_in_silence_and_is_woken_by_its_speaker(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    create(&stage.proposals, &proposal("engines", "ada")).await?;
    let [fetch_failed, not_ready] = unable_to_get("\"ada\" not found");
    let said = [fetch_failed, not_ready, PROGRESSING];
    stage.until(&stage.proposals, "engines", &said).await?;
    // By then the tries are seconds apart: the tenth comes after 2.6 s, the next after 5.1 s.
    stage.assert_rest().await?;

    make_speaker(&stage, "ada").await?;
    let made = Instant::now();
    stage.until_ready(&stage.proposals, "engines").await?;
    let waited = made.elapsed();
    assert!(waited < Duration::from_secs(1), "a retry, after {waited:?}");
    Ok(())
}

#[myop::test]
async fn a_refused_speaker_is_no_speaker_yet(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    let mut ada = speaker("ada");
    ada.spec.email = None;
    create(&stage.speakers, &ada).await?;
    create(&stage.proposals, &proposal("engines", "ada")).await?;
    let [fetch_failed, not_ready] =
        unable_to_get("unable to get speaker default/ada: it has no id yet");
    let said = [fetch_failed, not_ready, PROGRESSING];
    stage.until(&stage.proposals, "engines", &said).await?;

    let change = json!({"spec": {"email": "ada@example.com"}});
    edit(&stage.speakers, "ada", change).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    Ok(())
}

#[myop::test]
async fn a_speaker_that_the_service_lost_may_come_back(cluster: Cluster) -> Result {
    let (stage, _operator) = with_a_draft(&cluster).await?;
    fs::remove_file(stage.file("speakers/default-ada"))?;

    let change = json!({"spec": {"title": "On looms"}});
    edit(&stage.proposals, "engines", change).await?;
    let message = "error updating proposal: update error: failed to get speaker: \
                   could not find speaker with ID 'default-ada': 400 Bad Request";
    let refused = [
        ("Ready", "False", "UpdateProposalFailed", message),
        PROGRESSING,
        ("UpdateFailed", "True", "UpdateProposalFailed", message),
    ];
    stage.until(&stage.proposals, "engines", &refused).await?;

    edit(&stage.speakers, "ada", json!({"spec": {"bio": "Back."}})).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    assert_eq!(stage.record(ENGINES)?["Title"], "On looms");
    Ok(())
}

/// Three places for one id, `a-b-c-d`.
const PLACES: [(&str, &str); 3] = [("a", "b-c-d"), ("a-b", "c-d"), ("a-b-c", "d")];

const CONTESTED: &str = "proposals/a-b-c-d";

/// A Proposal in each of the places, and its Api, the oldest first. Each has its namespace as its title.
async fn of_one_id(stage: &Stage, cluster: &Cluster) -> Result<Vec<(Api<Proposal>, Proposal)>> {
    let operator = cluster.run(stage.manager()).await?;
    make_speaker(stage, "ada").await?;
    operator.stop().await?;
    let mut proposals = Vec::new();
    for (namespace, name) in PLACES {
        make_namespace(cluster, namespace).await?;
        let mut proposal = proposal(name, "ada");
        proposal.spec.speaker_ref.namespace = "default".into();
        proposal.spec.title = namespace.into();
        let api = cluster.namespaced(namespace);
        let made = create(&api, &proposal).await?;
        proposals.push((api, made));
    }
    proposals.sort_by_key(|(_, one)| (one.creation_timestamp(), one.uid()));
    Ok(proposals)
}

fn invalid_request(message: &str) -> [Said<'_>; 2] {
    [
        ("Ready", "False", "InvalidRequest", message),
        ("Stalled", "True", "InvalidRequest", message),
    ]
}

fn belongs_to(owner: &Proposal) -> String {
    let (namespace, name) = (owner.namespace().unwrap_or_default(), owner.name_any());
    format!("invalid request: the record 'a-b-c-d' belongs to Proposal {namespace}/{name}")
}

#[myop::test]
async fn the_oldest_of_one_id_owns_its_record(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let proposals = of_one_id(&stage, &cluster).await?;
    let [(owners, owner), (heirs, heir), (others, youngest)] = &proposals[..] else {
        return Err("three were made".into());
    };

    let _operator = cluster.run(stage.manager()).await?;
    stage.until_ready(owners, &owner.name_any()).await?;
    let (message, name) = (belongs_to(owner), youngest.name_any());
    let said = invalid_request(&message);
    let heir = stage.until(heirs, &heir.name_any(), &said).await?;
    assert_eq!(heir.submission(), None);
    stage.until(others, &name, &said).await?;
    let record = stage.record(CONTESTED)?;
    assert_eq!(record["Title"], owner.spec.title);

    stage.asked();
    edit(others, &name, json!({"spec": {"final": true}})).await?;
    stage.until(others, &name, &said).await?;
    assert_eq!(stage.asked(), [""; 0]);
    delete(others, &name).await?;
    stage.until_gone(others, &name).await?;
    assert_eq!(stage.record(CONTESTED)?, record);

    delete(owners, &owner.name_any()).await?;
    stage.until_ready(heirs, &heir.name_any()).await?;
    assert_eq!(stage.record(CONTESTED)?["Title"], heir.spec.title);
    Ok(())
}

#[myop::test]
async fn what_the_owner_handed_in_is_not_inherited(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let proposals = of_one_id(&stage, &cluster).await?;
    let (owners, owner) = &proposals[0];
    edit(owners, &owner.name_any(), json!({"spec": {"final": true}})).await?;
    let _operator = cluster.run(stage.manager()).await?;
    stage.until_ready(owners, &owner.name_any()).await?;
    let record = stage.record(CONTESTED)?;

    delete(owners, &owner.name_any()).await?;
    let (heirs, heir) = &proposals[1];
    let said = invalid_request("another proposal was handed in as 'a-b-c-d'");
    stage.until(heirs, &heir.name_any(), &said).await?;
    delete(heirs, &heir.name_any()).await?;
    stage.until_gone(heirs, &heir.name_any()).await?;
    assert_eq!(stage.record(CONTESTED)?, record);
    Ok(())
}

#[myop::test]
async fn a_title_and_an_abstract_have_1_to_50_characters(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    make_speaker(&stage, "ada").await?;
    let with = |text: &str| {
        let mut engines = proposal("engines", "ada");
        engines.spec.title = text.into();
        engines.spec.r#abstract = text.into();
        engines
    };
    for text in ["", &"ä".repeat(51)] {
        let refused = create(&stage.proposals, &with(text)).await;
        let error = refused
            .expect_err("it is too short or too long")
            .to_string();
        assert!(error.contains("spec.title"), "{error}");
        assert!(error.contains("spec.abstract"), "{error}");
    }
    submit(&stage, with(&"ä".repeat(50))).await?;
    Ok(())
}

fn sample<K: DeserializeOwned>(file: &str) -> Result<K> {
    let path = Path::new("config/samples").join(file);
    Ok(serde_yaml::from_str(&fs::read_to_string(path)?)?)
}

#[myop::test]
async fn the_samples_become_ready(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let _operator = cluster.run(stage.manager()).await?;
    let speaker: Speaker = sample("v1_speaker.yaml")?;
    let proposal: Proposal = sample("v1_proposal.yaml")?;
    create(&stage.speakers, &speaker).await?;
    create(&stage.proposals, &proposal).await?;

    let speaker = stage.until_ready(&stage.speakers, "speaker-sample").await?;
    assert_eq!(speaker.spec.name, "test-speaker");
    let proposal = stage
        .until_ready(&stage.proposals, "proposal-sample")
        .await?;
    assert_eq!(proposal.submission(), Some(Submission::Draft));
    Ok(())
}
