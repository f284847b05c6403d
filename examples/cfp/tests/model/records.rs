//! The records that objects stand for.

use cfp_operator::{
    api::v1::{Proposal, Speaker, proposal::Submission},
    cfp::{ProposalRecord, SpeakerRecord, SubmissionRecord},
};

use crate::keys::Key;

/// The Speaker of a Proposal.
pub(crate) fn speaker_of(proposal: &Proposal) -> Key {
    let reference = &proposal.spec.speaker_ref;
    let namespace = match &*reference.namespace {
        "" => Key::of(proposal).namespace,
        namespace => namespace.into(),
    };
    Key::new(namespace, &reference.name)
}

pub(crate) fn speaker_record(speaker: &Speaker) -> SpeakerRecord {
    let spec = speaker.spec.clone();
    SpeakerRecord {
        id: Key::of(speaker).id(),
        name: spec.name,
        bio: spec.bio.unwrap_or_default(),
        email: spec.email.unwrap_or_default(),
    }
}

pub(crate) fn proposal_record(proposal: &Proposal) -> ProposalRecord {
    let (key, spec) = (Key::of(proposal), proposal.spec.clone());
    let status = if spec.r#final {
        Submission::Final
    } else {
        Submission::Draft
    };
    ProposalRecord {
        id: key.id(),
        title: spec.title,
        r#abstract: spec.r#abstract,
        r#type: spec.r#type,
        speaker_id: speaker_of(proposal).id(),
        r#final: spec.r#final,
        submission: SubmissionRecord {
            status,
            last_update: None,
        },
    }
}
