//! One Speaker and one Proposal, and what people do to them.

use cfp_operator::api::v1::{
    Proposal, Speaker,
    proposal::{ProposalSpec, SpeakerRef, TalkType},
    speaker::SpeakerSpec,
};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use myop::{
    Condition, HasStatus, Object, Status,
    testing::{Cluster, Result, is_ready},
};
use serde_json::{Value, json};

use crate::{outside::Outside, shown::Shown};

pub(crate) const NAMESPACE: &str = "default";

/// What each Proposal is called at first.
pub(crate) const FIRST_TITLE: &str = "Notes by the translator";

/// What is done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    CreateSpeaker,
    EditSpeaker,
    DeleteSpeaker,
    CreateDraft,
    CreateFinal,
    EditProposal,
    HandIn,
    DeleteProposal,
    /// Waits until the operator has said that the Proposal's Speaker is missing.
    SeeItMissing,
}

/// A Speaker and a Proposal of the same name.
pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    cluster: &'a Cluster,
    speakers: Api<Speaker>,
    proposals: Api<Proposal>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(outside: &'a Outside, name: &'a str) -> Self {
        let cluster = &outside.cluster;
        Self {
            name,
            cluster,
            speakers: cluster.namespaced(NAMESPACE),
            proposals: cluster.namespaced(NAMESPACE),
        }
    }

    pub(crate) async fn perform(&self, acts: &[Act]) -> Result {
        for act in acts {
            self.act(*act).await?;
        }
        Ok(())
    }

    /// Waits until each is ready or gone.
    pub(crate) async fn settle(&self) -> Result {
        self.settled(&self.speakers).await?;
        self.settled(&self.proposals).await
    }

    /// Waits until the operator has been shown each as it is now.
    pub(crate) async fn shown_to(&self, shown: &Shown) -> Result {
        if let Some(speaker) = self.speakers.get_opt(self.name).await? {
            shown.until("speakers", version(&speaker)?).await?;
        }
        if let Some(proposal) = self.proposals.get_opt(self.name).await? {
            shown.until("proposals", version(&proposal)?).await?;
        }
        Ok(())
    }

    /// Waits until the Proposal is refused in these words.
    pub(crate) async fn see_refused(&self, words: &str) -> Result {
        let is_refused = |one: &Condition| {
            one.type_ == "Stalled" && one.reason == "InvalidRequest" && one.message.contains(words)
        };
        self.see(is_refused).await
    }

    async fn act(&self, act: Act) -> Result {
        match act {
            Act::CreateSpeaker => create(&self.speakers, &self.speaker()).await,
            Act::CreateDraft => create(&self.proposals, &self.proposal(false)).await,
            Act::CreateFinal => create(&self.proposals, &self.proposal(true)).await,
            Act::EditSpeaker => {
                self.edit(&self.speakers, json!({"bio": "Wrote the first program."}))
                    .await
            }
            Act::EditProposal => {
                self.edit(&self.proposals, json!({"title": "A better title"}))
                    .await
            }
            Act::HandIn => self.edit(&self.proposals, json!({"final": true})).await,
            Act::DeleteSpeaker => self.delete(&self.speakers).await,
            Act::DeleteProposal => self.delete(&self.proposals).await,
            Act::SeeItMissing => self.see(|one| one.type_ == "FetchFailed").await,
        }
    }

    async fn edit<K: Object>(&self, api: &Api<K>, change: Value) -> Result {
        let change = Patch::Merge(json!({ "spec": change }));
        api.patch(self.name, &PatchParams::default(), &change)
            .await?;
        Ok(())
    }

    async fn delete<K: Object>(&self, api: &Api<K>) -> Result {
        api.delete(self.name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// Waits until the operator says this of the Proposal.
    async fn see(&self, says: impl Fn(&Condition) -> bool) -> Result {
        let is_said = |proposal: Option<&Proposal>| {
            let status = proposal.and_then(|proposal| proposal.status.as_ref());
            status.is_some_and(|status| status.conditions.iter().any(&says))
        };
        self.cluster
            .until(&self.proposals, self.name, is_said)
            .await?;
        Ok(())
    }

    async fn settled<K>(&self, api: &Api<K>) -> Result
    where
        K: Object + HasStatus<Status: Status>,
    {
        let is_settled = |object: Option<&K>| {
            object
                .is_none_or(|object| object.meta().deletion_timestamp.is_none() && is_ready(object))
        };
        self.cluster.until(api, self.name, is_settled).await?;
        Ok(())
    }

    fn speaker(&self) -> Speaker {
        let spec = SpeakerSpec {
            name: "Ada Lovelace".into(),
            bio: None,
            email: Some("ada@example.com".into()),
        };
        Speaker::new(self.name, spec)
    }

    fn proposal(&self, r#final: bool) -> Proposal {
        let spec = ProposalSpec {
            title: FIRST_TITLE.into(),
            r#abstract: "What an engine can do.".into(),
            r#type: TalkType::Lightning,
            r#final,
            speaker_ref: SpeakerRef {
                name: self.name.into(),
                namespace: String::new(),
            },
        };
        Proposal::new(self.name, spec)
    }
}

async fn create<K: Object>(api: &Api<K>, object: &K) -> Result {
    api.create(&PostParams::default(), object).await?;
    Ok(())
}

fn version(object: &impl Object) -> Result<u64> {
    let version = object.meta().resource_version.as_deref();
    Ok(version.unwrap_or_default().parse()?)
}
