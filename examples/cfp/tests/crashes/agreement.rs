//! Whether service and cluster agree, and nothing was doubled or left behind.

use std::{collections::BTreeMap, fmt::Debug};

use cfp_operator::{
    api::v1::{Proposal, Speaker, proposal::Submission},
    cfp::{ProposalRecord, SpeakerRecord, SubmissionRecord},
};
use kube::{ResourceExt, api::ListParams};
use myop::{HasStatus, Object, Status, testing::Result};

use crate::{case::NAMESPACE, outside::Outside};

/// Every object is ready and its record says what its spec says. Besides these there is only what was handed in before
/// its Proposal was deleted. Every record was made once.
pub(crate) async fn check(outside: &Outside) -> Result {
    check_speakers(outside).await?;
    check_proposals(outside).await?;
    let speakers = outside.speakers().await?.into_keys();
    let proposals = outside.proposals().await?.into_keys();
    let made = outside.ledger.entries().made.clone();
    let mut once: BTreeMap<_, _> = made.keys().map(|record| (record.clone(), 1)).collect();
    once.extend(speakers.map(|id| (format!("/api/speakers/{id}"), 1)));
    once.extend(proposals.map(|id| (format!("/api/proposals/{id}"), 1)));
    same("how often each record was made", &made, &once)
}

async fn check_speakers(outside: &Outside) -> Result {
    let all = outside.cluster.all::<Speaker>();
    let mut wanted = BTreeMap::new();
    for speaker in all.list(&ListParams::default()).await? {
        let record = speaker_record(&speaker);
        is_ready(&speaker)?;
        same("a Speaker's id", &speaker.id(), &Some(&*record.id))?;
        wanted.insert(record.id.clone(), record);
    }
    same("the speakers", &outside.speakers().await?, &wanted)
}

async fn check_proposals(outside: &Outside) -> Result {
    let all = outside.cluster.all::<Proposal>();
    let mut records = outside.proposals().await?;
    let handed_in = outside.ledger.entries().handed_in.clone();
    let mut wanted = handed_in.clone();
    for proposal in all.list(&ListParams::default()).await? {
        let mut record = proposal_record(&proposal);
        // What was handed in does not follow the spec, of which only the title is edited.
        if let Some(handed_in) = handed_in.get(&record.id) {
            record.title.clone_from(&handed_in.title);
        }
        is_ready(&proposal)?;
        let found = records
            .get(&record.id)
            .map(|found| found.submission.clone());
        same("a Proposal's submission", &submission_of(&proposal), &found)?;
        wanted.insert(record.id.clone(), record);
    }
    for record in records.values_mut() {
        record.submission.last_update = None;
    }
    same("the proposals", &records, &wanted)
}

fn submission_of(proposal: &Proposal) -> Option<SubmissionRecord> {
    let status = proposal.status.as_ref()?;
    Some(SubmissionRecord {
        status: status.submission?,
        last_update: status.last_update.clone(),
    })
}

fn is_ready<K>(object: &K) -> Result
where
    K: Object + HasStatus<Status: Status>,
{
    let status = object.status().cloned().unwrap_or_default();
    let generation = object.meta().generation;
    let what = format!("the standing of {} {}", K::kind(&()), object.name_any());
    let said = status.conditions().iter().map(|one| {
        (
            &*one.type_,
            &*one.status,
            &*one.reason,
            one.observed_generation,
        )
    });
    let ready = [("Ready", "True", "Succeeded", generation)];
    same(&what, &said.collect(), &Vec::from(ready))?;
    same(&what, &status.observed_generation(), &generation)
}

pub(crate) fn same<T: PartialEq + Debug>(what: &str, found: &T, wanted: &T) -> Result {
    if found == wanted {
        return Ok(());
    }
    Err(format!("{what}: found {found:#?}\nwanted {wanted:#?}").into())
}

fn id(object: &impl ResourceExt) -> String {
    format!("{NAMESPACE}-{}", object.name_any())
}

fn speaker_record(speaker: &Speaker) -> SpeakerRecord {
    let spec = speaker.spec.clone();
    SpeakerRecord {
        id: id(speaker),
        name: spec.name,
        bio: spec.bio.unwrap_or_default(),
        email: spec.email.unwrap_or_default(),
    }
}

fn proposal_record(proposal: &Proposal) -> ProposalRecord {
    let spec = proposal.spec.clone();
    let status = if spec.r#final {
        Submission::Final
    } else {
        Submission::Draft
    };
    ProposalRecord {
        id: id(proposal),
        title: spec.title,
        r#abstract: spec.r#abstract,
        r#type: spec.r#type,
        speaker_id: format!("{NAMESPACE}-{}", spec.speaker_ref.name),
        r#final: spec.r#final,
        submission: SubmissionRecord {
            status,
            last_update: None,
        },
    }
}
