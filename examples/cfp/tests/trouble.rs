//! The service in trouble: what the objects then say, how often it is asked, and how all heals.

#[path = "trouble/gate.rs"]
mod gate;
mod stage;

use std::{
    convert::identity,
    fmt::Debug,
    ops::Range,
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use cfp_operator::{
    api::v1::Speaker,
    cfp::{CfpClient, CfpFlags},
};
use kube::Api;
use myop::{
    HasStatus, Object, Status,
    testing::{Cluster, Result},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use gate::{Gate, Trouble};
use stage::{Said, Stage, create, delete, edit, proposal, speaker};

/// The reason and the message of a failure to create, to update, to fetch and to delete a record.
type Words = [(String, String); 4];

/// What the conditions of a Speaker, or of a Proposal, say of a trouble.
fn words(trouble: Trouble, kind: &str) -> Words {
    let noun = kind.to_lowercase();
    match trouble {
        Trouble::NothingListens => request_failed("request failed: … Connection refused"),
        Trouble::NoAnswer => request_failed("request failed: … operation timed out"),
        Trouble::HalfABody | Trouble::Lost => {
            request_failed("request failed: error decoding response body")
        }
        Trouble::Error => refused(kind, "the disk is full", "500 Internal Server Error"),
        Trouble::Redirect => refused(kind, "look there", "302 Found"),
        Trouble::Garbage => [
            format!("the service's answer is no {noun}"),
            format!("the service's answer is no {noun}"),
            format!("the service's answer is no {noun}"),
            "the service's answer to a deletion is not empty".into(),
        ]
        .map(|what| ("Failed".into(), format!("unknown error: {what}"))),
    }
}

fn request_failed(message: &str) -> Words {
    [(); 4].map(|()| ("RequestFailed".into(), message.into()))
}

fn refused(kind: &str, body: &str, status: &str) -> Words {
    let noun = kind.to_lowercase();
    [
        (
            format!("Create{kind}Failed"),
            format!("error creating {noun}: create error: {body}: {status}"),
        ),
        (
            format!("Update{kind}Failed"),
            format!("error updating {noun}: update error: {body}: {status}"),
        ),
        (
            format!("Fetch{kind}Failed"),
            format!("error fetching {noun}: get error: {status}"),
        ),
        (
            "Failed".into(),
            format!("error deleting {noun}: delete error: {body}: {status}"),
        ),
    ]
}

/// How long the operator waits for an answer.
const PATIENCE: Duration = Duration::from_millis(250);

/// The objects of a kind that go through an outage: one to be created, one to be updated, one to be fetched and one to
/// be deleted.
struct Objects<K> {
    api: Api<K>,
    kind: &'static str,
    make: fn(&str) -> K,
    /// An edit, and what it makes of the record.
    edit: (Value, &'static str),
}

const PROGRESSING: Said<'_> = (
    "Reconciling",
    "True",
    "Progressing",
    "Reconciling a new generation of the object",
);

impl<K> Objects<K>
where
    K: Object + HasStatus<Status: Status> + Serialize + DeserializeOwned + Debug,
{
    async fn prepare(&self, stage: &Stage) -> Result {
        for name in ["updated", "fetched", "deleted"] {
            create(&self.api, &(self.make)(name)).await?;
            stage.until_ready(&self.api, name).await?;
        }
        Ok(())
    }

    async fn change(&self) -> Result {
        create(&self.api, &(self.make)("created")).await?;
        for name in ["updated", "fetched"] {
            edit(&self.api, name, self.edit.0.clone()).await?;
        }
        delete(&self.api, "deleted").await
    }

    async fn until_they_say(&self, stage: &Stage, trouble: Trouble) -> Result {
        let names = ["created", "updated", "fetched", "deleted"];
        for (name, (reason, message)) in names.into_iter().zip(words(trouble, self.kind)) {
            let mut said = vec![("Ready", "False", &*reason, &*message), PROGRESSING];
            for own in ["CreateFailed", "UpdateFailed"] {
                if reason.starts_with(own.trim_end_matches("Failed")) {
                    said.push((own, "True", &reason, &message));
                }
            }
            stage.until(&self.api, name, &said).await?;
        }
        Ok(())
    }

    async fn until_all_is_well(&self, stage: &Stage) -> Result {
        let record = |name: &str| {
            let kind = self.kind.to_lowercase();
            stage.record(&format!("{kind}s/default-{name}"))
        };
        for name in ["created", "updated", "fetched"] {
            stage.until_ready(&self.api, name).await?;
            assert!(record(name)?.is_object(), "{name}");
        }
        for name in ["updated", "fetched"] {
            assert_eq!(record(name)?[self.edit.1], "New.");
        }
        stage.until_gone(&self.api, "deleted").await?;
        assert_eq!(record("deleted")?, Value::Null);
        Ok(())
    }
}

/// Goes through an outage, from its beginning to its end, with objects of both kinds.
async fn outage(cluster: &Cluster, trouble: Trouble) -> Result {
    let gate = Gate::default();
    let mut stage = Stage::open(cluster, |service| gate.before(service))?;
    let client = CfpClient::new(stage.flags().cfp_api)?.timeout(PATIENCE);
    let operator = cfp_operator::manager().provide(client);
    let _operator = cluster.run(operator).await?;
    let speakers = Objects {
        api: stage.speakers.clone(),
        kind: "Speaker",
        make: speaker,
        edit: (json!({"spec": {"bio": "New."}}), "Bio"),
    };
    let proposals = Objects {
        api: stage.proposals.clone(),
        kind: "Proposal",
        make: |name| proposal(name, "ada"),
        edit: (json!({"spec": {"title": "New."}}), "Title"),
    };
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    speakers.prepare(&stage).await?;
    proposals.prepare(&stage).await?;

    if trouble == Trouble::NothingListens {
        stage.close().await?;
    } else {
        gate.begin(trouble);
    }
    speakers.change().await?;
    proposals.change().await?;
    speakers.until_they_say(&stage, trouble).await?;
    proposals.until_they_say(&stage, trouble).await?;
    if trouble == Trouble::NothingListens {
        // Requests that nobody hears have no times.
        stage.reopen()?;
    } else {
        for (request, times) in gate.until_spoiled(8, 9).await? {
            assert!(pauses_grow(&times, trouble), "{request}: {times:?}");
        }
        gate.end();
    }

    speakers.until_all_is_well(&stage).await?;
    proposals.until_all_is_well(&stage).await
}

/// Whether the last two pauses are more than twice as long as the first four: the shortest of each, as a busy machine
/// makes single ones longer.
fn pauses_grow(times: &[Instant], trouble: Trouble) -> bool {
    let answer = if trouble == Trouble::NoAnswer {
        PATIENCE
    } else {
        Duration::ZERO
    };
    let pauses = times.windows(2).map(|pair| pair[1] - pair[0]);
    let pauses: Vec<_> = pauses.map(|pause| pause.saturating_sub(answer)).collect();
    let shortest = |pauses: &[Duration]| pauses.iter().min().copied().unwrap_or_default();
    shortest(&pauses[pauses.len() - 2..]) > 2 * shortest(&pauses[..4])
}

#[myop::test]
async fn nothing_listens(cluster: Cluster) -> Result {
    outage(&cluster, Trouble::NothingListens).await
}

#[myop::test]
async fn there_is_no_answer(cluster: Cluster) -> Result {
    outage(&cluster, Trouble::NoAnswer).await
}

#[myop::test]
async fn the_answer_is_an_error(cluster: Cluster) -> Result {
    outage(&cluster, Trouble::Error).await
}

#[myop::test]
async fn the_answer_is_a_redirect(cluster: Cluster) -> Result {
    outage(&cluster, Trouble::Redirect).await
}

#[myop::test]
async fn the_answer_is_garbage(cluster: Cluster) -> Result {
    outage(&cluster, Trouble::Garbage).await
}

#[myop::test]
async fn the_answer_is_cut_off(cluster: Cluster) -> Result {
    outage(&cluster, Trouble::HalfABody).await
}

#[myop::test]
async fn what_was_done_and_not_answered_is_not_done_again(cluster: Cluster) -> Result {
    let gate = Gate::default();
    let stage = Stage::open(&cluster, |service| gate.before(service))?;
    let _operator = cluster.run(stage.manager()).await?;
    for name in ["ada", "eve", "zoe"] {
        create(&stage.speakers, &speaker(name)).await?;
        stage.until_ready(&stage.speakers, name).await?;
    }
    for name in ["engines", "looms", "mills"] {
        create(&stage.proposals, &proposal(name, "ada")).await?;
        stage.until_ready(&stage.proposals, name).await?;
    }
    stage.asked();

    gate.begin(Trouble::Lost);
    create(&stage.speakers, &speaker("bob")).await?;
    edit(&stage.speakers, "eve", json!({"spec": {"bio": "New."}})).await?;
    delete(&stage.speakers, "zoe").await?;
    create(&stage.proposals, &proposal("ships", "ada")).await?;
    edit(
        &stage.proposals,
        "engines",
        json!({"spec": {"final": true}}),
    )
    .await?;
    edit(
        &stage.proposals,
        "looms",
        json!({"spec": {"title": "New."}}),
    )
    .await?;
    delete(&stage.proposals, "mills").await?;
    for name in ["bob", "eve"] {
        stage.until_ready(&stage.speakers, name).await?;
    }
    for name in ["ships", "engines", "looms"] {
        stage.until_ready(&stage.proposals, name).await?;
    }
    stage.until_gone(&stage.speakers, "zoe").await?;
    stage.until_gone(&stage.proposals, "mills").await?;

    let mut asked = stage.asked();
    asked.sort();
    let expected = [
        "DELETE /api/proposals/default-mills: 200",
        "DELETE /api/speakers/default-zoe: 200",
        "DELETE /api/speakers/default-zoe: 404",
        "GET /api/proposals/default-engines: 200",
        "GET /api/proposals/default-engines: 200",
        "GET /api/proposals/default-looms: 200",
        "GET /api/proposals/default-looms: 200",
        "GET /api/proposals/default-mills: 200",
        "GET /api/proposals/default-mills: 404",
        "GET /api/proposals/default-ships: 200",
        "GET /api/speakers/default-bob: 200",
        "GET /api/speakers/default-eve: 200",
        "GET /api/speakers/default-eve: 200",
        "POST /api/proposals: 200",
        "POST /api/proposals: 400",
        "POST /api/speakers: 200",
        "POST /api/speakers: 400",
        "PUT /api/proposals/default-engines: 200",
        "PUT /api/proposals/default-looms: 200",
        "PUT /api/speakers/default-eve: 200",
    ];
    assert_eq!(asked, expected);
    let engines = stage.record("proposals/default-engines")?;
    assert_eq!(engines["Submission"]["Status"], "final");
    assert_eq!(stage.record("proposals/default-looms")?["Title"], "New.");
    assert_eq!(stage.record("speakers/default-eve")?["Bio"], "New.");
    Ok(())
}

#[myop::test]
async fn a_slow_service_is_waited_for(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, |service| {
        service.layer(from_fn(async |request: Request, next: Next| {
            tokio::time::sleep(Duration::from_secs(2)).await;
            next.run(request).await
        }))
    })?;
    let _operator = cluster.run(stage.manager()).await?;
    let under_way = [
        ("Ready", "Unknown", "Progressing", "under way"),
        PROGRESSING,
    ];
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until(&stage.speakers, "ada", &under_way).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    create(&stage.proposals, &proposal("engines", "ada")).await?;
    stage.until(&stage.proposals, "engines", &under_way).await?;
    stage.until_ready(&stage.proposals, "engines").await?;
    let expected = ["POST /api/speakers: 200", "POST /api/proposals: 200"];
    assert_eq!(stage.asked(), expected);

    edit(&stage.speakers, "ada", json!({"spec": {"bio": "New."}})).await?;
    let is_under_way = |ada: Option<&Speaker>| {
        let status = ada.and_then(|ada| ada.status.as_ref());
        status.is_some_and(|status| {
            let mut conditions = status.conditions.iter();
            let reconciling = conditions.find(|one| one.type_ == "Reconciling");
            reconciling.is_some_and(|one| one.message.ends_with("of the object 2"))
        })
    };
    cluster.until(&stage.speakers, "ada", is_under_way).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    Ok(())
}

#[myop::test]
async fn an_address_that_is_none_is_not_tried_again(cluster: Cluster) -> Result {
    let stage = Stage::open(&cluster, identity)?;
    let operator = cluster.run(stage.manager()).await?;
    create(&stage.speakers, &speaker("ada")).await?;
    stage.until_ready(&stage.speakers, "ada").await?;
    operator.stop().await?;

    let flags = CfpFlags {
        cfp_api: "ftp://cfp.example.com".parse()?,
    };
    let _operator = cluster.run(cfp_operator::manager().provide(flags)).await?;
    create(&stage.proposals, &proposal("engines", "ada")).await?;
    let refused = [
        ("Ready", "False", "InvalidRequest", "invalid request: "),
        ("Stalled", "True", "InvalidRequest", "invalid request: "),
    ];
    stage.until(&stage.speakers, "ada", &refused).await?;
    stage.until(&stage.proposals, "engines", &refused).await?;
    Ok(())
}

#[myop::test]
async fn twenty_objects_go_through_one_trouble_after_the_other(cluster: Cluster) -> Result {
    let gate = Gate::default();
    let mut stage = Stage::open(&cluster, |service| gate.before(service))?;
    let _operator = cluster.run(stage.manager()).await?;
    let (speakers, proposals) = (stage.speakers.clone(), stage.proposals.clone());
    make(&stage, 0..5).await?;
    for one in 0..5 {
        stage.until_ready(&proposals, &format!("p{one}")).await?;
    }

    gate.begin(Trouble::Error);
    make(&stage, 5..10).await?;
    edit(&speakers, "s0", json!({"spec": {"bio": "New."}})).await?;
    edit(&proposals, "p0", json!({"spec": {"title": "New."}})).await?;
    gate.until_spoiled(3, 3).await?;
    gate.begin(Trouble::Garbage);
    edit(&proposals, "p1", json!({"spec": {"final": true}})).await?;
    delete(&proposals, "p2").await?;
    gate.until_spoiled(5, 3).await?;
    stage.close().await?;
    edit(&speakers, "s1", json!({"spec": {"bio": "New."}})).await?;
    delete(&proposals, "p3").await?;
    delete(&speakers, "s3").await?;
    let closed = [
        ("Ready", "False", "RequestFailed", "Connection refused"),
        PROGRESSING,
    ];
    stage.until(&speakers, "s1", &closed).await?;
    gate.begin(Trouble::HalfABody);
    stage.reopen()?;
    gate.until_spoiled(8, 3).await?;
    gate.end();

    for one in [0, 1, 2, 4, 5, 6, 7, 8, 9] {
        stage.until_ready(&speakers, &format!("s{one}")).await?;
    }
    for one in [0, 1, 4, 5, 6, 7, 8, 9] {
        stage.until_ready(&proposals, &format!("p{one}")).await?;
    }
    stage.until_gone(&speakers, "s3").await?;
    for name in ["p2", "p3"] {
        stage.until_gone(&proposals, name).await?;
    }
    assert_eq!(stage.record("speakers/default-s0")?["Bio"], "New.");
    assert_eq!(stage.record("speakers/default-s1")?["Bio"], "New.");
    assert_eq!(stage.record("proposals/default-p0")?["Title"], "New.");
    assert_eq!(stage.record("proposals/default-p1")?["Final"], true);
    for gone in [
        "speakers/default-s3",
        "proposals/default-p2",
        "proposals/default-p3",
    ] {
        assert_eq!(stage.record(gone)?, Value::Null, "{gone}");
    }
    stage.assert_rest().await
}

/// A Speaker with a Proposal for each number.
async fn make(stage: &Stage, numbers: Range<u8>) -> Result {
    for one in numbers {
        let (s, p) = (format!("s{one}"), format!("p{one}"));
        create(&stage.speakers, &speaker(&s)).await?;
        create(&stage.proposals, &proposal(&p, &s)).await?;
    }
    Ok(())
}
