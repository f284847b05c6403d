//! Submits each Proposal to the call-for-papers service.

use std::{sync::Arc, time::Duration};

use kube::ResourceExt;
use myop::{
    Change, Cleanup, Context, Controller, Failure, NamespacedName, Outcome, Reconcile, exponential,
};

use crate::{
    api::v1::{
        Proposal, Speaker,
        proposal::{ProposalStatus, Submission},
    },
    cfp::{CfpClient, ProposalRecord, SubmissionRecord},
    record::{self, Records},
};

/// Submits each Proposal to the call-for-papers service, once its Speaker is there.
#[derive(Controller)]
#[controller(
    reconciles = Proposal,
    watches(Speaker, index = speaker_of, when = changes_its_id),
    watches(Proposal, index = record::id, key = record::id, when = record::comes_or_goes),
    backoff = exponential(Duration::from_millis(5), Duration::from_secs(30)),
    finalizer = "finalizers.talks.kubecon.na",
)]
pub struct ProposalController {
    cfp: Arc<CfpClient>,
    records: Records,
}

impl Reconcile for ProposalController {
    type Error = Failure;

    async fn reconcile(
        &self,
        proposal: Arc<Proposal>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Failure> {
        let claim = self.records.claim(&*proposal, ctx).await;
        let claim = claim.inspect_err(|_| ctx.status(ProposalStatus::default()))?;
        let speaker_id = speaker_id(&proposal, ctx)?;
        if proposal.submission() != Some(Submission::Final) {
            let wanted = record_of(&proposal, claim.id.clone(), speaker_id);
            let submission = self.submit(&proposal, wanted).await?.submission;
            ctx.status(ProposalStatus {
                last_update: submission.last_update,
                submission: Some(submission.status),
                ..ProposalStatus::default()
            });
        }
        Ok(record::reconciled(&*proposal))
    }
}

impl ProposalController {
    async fn submit(
        &self,
        proposal: &Proposal,
        wanted: ProposalRecord,
    ) -> Result<ProposalRecord, Failure> {
        let was_there = proposal.submission().is_some();
        let found = self.cfp.find_or_create(&wanted, was_there).await?;
        if found.says(&wanted) {
            return Ok(found);
        }
        match found.submission.status {
            Submission::Draft => Ok(self.cfp.update(&wanted).await?),
            // Handed in by a run that did not live to say so.
            Submission::Final if was_there => Ok(found),
            Submission::Final => {
                let id = found.id;
                let message = format!("invalid request: another proposal was handed in as '{id}'");
                Err(Failure::terminal("InvalidRequest", message))
            }
        }
    }
}

impl Cleanup for ProposalController {
    /// A draft goes with its Proposal; what was handed in stays.
    async fn cleanup(&self, proposal: Arc<Proposal>, ctx: &Context<Self>) -> Result<(), Failure> {
        let Ok(claim) = self.records.claim(&*proposal, ctx).await else {
            return Ok(());
        };
        let found: Option<ProposalRecord> = self.cfp.fetch(&claim.id).await?;
        if found.is_some_and(|found| found.submission.status == Submission::Draft) {
            self.cfp.delete::<ProposalRecord>(&claim.id).await?;
        }
        Ok(())
    }
}

/// The Speaker of a Proposal.
fn speaker_of(proposal: &Proposal) -> [NamespacedName; 1] {
    let reference = &proposal.spec.speaker_ref;
    let namespace = Some(reference.namespace.clone()).filter(|namespace| !namespace.is_empty());
    [NamespacedName {
        namespace: namespace.or_else(|| proposal.namespace()),
        name: reference.name.clone(),
    }]
}

/// Whether a change of a Speaker matters to its Proposals: its id is another one, or it is gone.
fn changes_its_id(change: &Change<Speaker>) -> bool {
    change
        .after()
        .is_none_or(|new| new.id() != change.before().and_then(Speaker::id))
}

/// The id of the Speaker's record.
fn speaker_id(proposal: &Proposal, ctx: &Context<ProposalController>) -> Result<String, Failure> {
    let [name] = speaker_of(proposal);
    let speaker: Option<Arc<Speaker>> = ctx.get(name.clone());
    let missing = match &speaker {
        None => format!("Speaker.talks.kubecon.na {:?} not found", name.name),
        Some(speaker) => match speaker.id() {
            None => "it has no id yet".into(),
            Some(id) => return Ok(id.to_owned()),
        },
    };
    let message = format!("unable to get speaker {name}: {missing}");
    Err(Failure::retry("Failed", message).condition("FetchFailed", "FetchFailed"))
}

/// The record that the service should have.
fn record_of(proposal: &Proposal, id: String, speaker_id: String) -> ProposalRecord {
    let spec = proposal.spec.clone();
    ProposalRecord {
        id,
        title: spec.title,
        r#abstract: spec.r#abstract,
        r#type: spec.r#type,
        speaker_id,
        r#final: spec.r#final,
        submission: SubmissionRecord {
            status: if spec.r#final {
                Submission::Final
            } else {
                Submission::Draft
            },
            last_update: None,
        },
    }
}
