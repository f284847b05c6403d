//! Somebody who creates, edits and deletes at random.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cfp_operator::api::v1::{
    Proposal, Speaker,
    proposal::{ProposalSpec, SpeakerRef, TalkType},
    speaker::SpeakerSpec,
};
use fastrand::Rng;
use k8s_openapi::NamespaceResourceScope;
use kube::{
    Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
};
use myop::{
    Object,
    testing::{Cluster, Result},
};
use serde_json::{Value, json};

use crate::{keys::Key, model::Model};

/// How much a writer does in a burst.
const BURST: usize = 40;

trait Namespaced: Object + Resource<Scope = NamespaceResourceScope> {}

impl<K: Object + Resource<Scope = NamespaceResourceScope>> Namespaced for K {}

pub(crate) struct Writer {
    pub(crate) cluster: Cluster,
    pub(crate) model: Arc<Mutex<Model>>,
    pub(crate) random: Rng,
    /// The Speakers and Proposals with these names are this writer's alone.
    pub(crate) own: Vec<Key>,
    /// All names, of which a Proposal names one for its Speaker.
    pub(crate) all: Arc<Vec<Key>>,
    /// What its deleted Proposals said last.
    pub(crate) last_words: BTreeMap<Key, ProposalSpec>,
}

impl Writer {
    /// Makes all that is not there.
    pub(crate) async fn create_all(&mut self) -> Result {
        let mut keys = self.own.clone();
        self.random.shuffle(&mut keys);
        for key in keys {
            if self.random.bool() {
                self.create_speaker(&key).await?;
                self.create_proposal(&key).await?;
            } else {
                self.create_proposal(&key).await?;
                self.create_speaker(&key).await?;
            }
        }
        Ok(())
    }

    /// Edits, deletes and creates at random.
    pub(crate) async fn burst(&mut self) -> Result {
        for _ in 0..BURST {
            let key = self.random.choice(&self.own).cloned().ok_or("no names")?;
            if self.random.bool() {
                self.touch_speaker(&key).await?;
            } else {
                self.touch_proposal(&key).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn delete_all(&mut self) -> Result {
        for key in self.own.clone() {
            self.delete_speaker(&key).await?;
            self.delete_proposal(&key).await?;
        }
        Ok(())
    }

    async fn touch_speaker(&mut self, key: &Key) -> Result {
        let last = self.model().speaker(key).map(|found| found.spec.clone());
        let Some(last) = last else {
            return self.create_speaker(key).await;
        };
        if self.one_in(4) {
            return self.delete_speaker(key).await;
        }
        let spec = self.changed_speaker(last);
        let edited = edit(&self.cluster, key, json!({ "spec": spec })).await?;
        self.model().set_speaker(edited);
        Ok(())
    }

    async fn touch_proposal(&mut self, key: &Key) -> Result {
        let last = self.model().proposal(key).map(|found| found.spec.clone());
        let Some(last) = last else {
            return self.create_proposal(key).await;
        };
        if self.one_in(4) {
            return self.delete_proposal(key).await;
        }
        let spec = self.changed_proposal(key, last);
        let edited = edit(&self.cluster, key, json!({ "spec": spec })).await?;
        self.model().set_proposal(edited);
        Ok(())
    }

    async fn create_speaker(&mut self, key: &Key) -> Result {
        let speaker = Speaker::new(&key.name, self.speaker_spec());
        let created = create(&self.cluster, key, &speaker).await?;
        self.model().set_speaker(created);
        Ok(())
    }

    async fn create_proposal(&mut self, key: &Key) -> Result {
        let again = self.last_words.get(key).cloned();
        let spec = match again.filter(|_| self.one_in(3)) {
            Some(spec) => spec,
            None => self.proposal_spec(key),
        };
        let created = create(&self.cluster, key, &Proposal::new(&key.name, spec)).await?;
        self.model().set_proposal(created);
        Ok(())
    }

    async fn delete_speaker(&mut self, key: &Key) -> Result {
        if self.model().remove_speaker(key).is_some() {
            delete::<Speaker>(&self.cluster, key).await?;
        }
        Ok(())
    }

    async fn delete_proposal(&mut self, key: &Key) -> Result {
        let removed = self.model().remove_proposal(key);
        if let Some(proposal) = removed {
            self.last_words.insert(key.clone(), proposal.spec);
            delete::<Proposal>(&self.cluster, key).await?;
        }
        Ok(())
    }

    fn speaker_spec(&mut self) -> SpeakerSpec {
        SpeakerSpec {
            name: self.words("Speaker"),
            bio: Some(self.words("Bio")),
            email: Some(self.email()),
        }
    }

    fn changed_speaker(&mut self, last: SpeakerSpec) -> SpeakerSpec {
        match self.random.u8(..3) {
            0 => SpeakerSpec {
                name: self.words("Speaker"),
                ..last
            },
            1 => SpeakerSpec {
                bio: Some(self.words("Bio")),
                ..last
            },
            _ => SpeakerSpec {
                email: Some(self.email()),
                ..last
            },
        }
    }

    fn proposal_spec(&mut self, key: &Key) -> ProposalSpec {
        ProposalSpec {
            title: self.words("Title"),
            r#abstract: self.words("Abstract"),
            r#type: self.talk_type(),
            r#final: self.one_in(5),
            speaker_ref: self.speaker_ref(key),
        }
    }

    fn changed_proposal(&mut self, key: &Key, last: ProposalSpec) -> ProposalSpec {
        match self.random.u8(..8) {
            0 => ProposalSpec {
                r#final: !last.r#final,
                ..last
            },
            1 => ProposalSpec {
                speaker_ref: self.speaker_ref(key),
                ..last
            },
            2 => ProposalSpec {
                r#type: self.talk_type(),
                ..last
            },
            3 => ProposalSpec {
                r#abstract: self.words("Abstract"),
                ..last
            },
            _ => ProposalSpec {
                title: self.words("Title"),
                ..last
            },
        }
    }

    /// Any Speaker, or one that nobody makes.
    fn speaker_ref(&mut self, key: &Key) -> SpeakerRef {
        if self.one_in(20) {
            return SpeakerRef {
                name: "nobody".into(),
                namespace: String::new(),
            };
        }
        let speaker = self.all[self.random.usize(..self.all.len())].clone();
        let is_near = speaker.namespace == key.namespace;
        SpeakerRef {
            name: speaker.name,
            namespace: if is_near && self.random.bool() {
                String::new()
            } else {
                speaker.namespace
            },
        }
    }

    fn talk_type(&mut self) -> TalkType {
        if self.random.bool() {
            TalkType::Talk
        } else {
            TalkType::Lightning
        }
    }

    /// Something that nobody has said before.
    fn words(&mut self, about: &str) -> String {
        format!("{about} {:016x}", self.random.u64(..))
    }

    fn email(&mut self) -> String {
        format!("{:x}@example.com", self.random.u64(..))
    }

    fn one_in(&mut self, count: u32) -> bool {
        self.random.u32(..count) == 0
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Creates an object, once one of the same name that is being deleted is gone.
async fn create<K: Namespaced>(cluster: &Cluster, key: &Key, object: &K) -> Result<K> {
    let api = cluster.namespaced(&key.namespace);
    loop {
        match api.create(&PostParams::default(), object).await {
            Err(kube::Error::Api(status)) if status.is_already_exists() => {
                cluster
                    .until(&api, &key.name, |found| found.is_none())
                    .await?;
            }
            created => return Ok(created?),
        }
    }
}

async fn edit<K: Namespaced>(cluster: &Cluster, key: &Key, change: Value) -> Result<K> {
    let api = cluster.namespaced(&key.namespace);
    let change = Patch::Merge(change);
    Ok(api
        .patch(&key.name, &PatchParams::default(), &change)
        .await?)
}

/// Deletes an object as it is now. Where the version is left open, an API server can let go of an object to which a
/// finalizer is added at the same time (kubernetes/kubernetes#77988): then no operator hears of its end.
async fn delete<K: Namespaced>(cluster: &Cluster, key: &Key) -> Result {
    let api = cluster.namespaced::<K>(&key.namespace);
    loop {
        let preconditions = Preconditions {
            resource_version: api.get_metadata(&key.name).await?.resource_version(),
            uid: None,
        };
        let params = DeleteParams::default().preconditions(preconditions);
        match api.delete(&key.name, &params).await {
            Err(kube::Error::Api(status)) if status.is_conflict() => {}
            deleted => return Ok(deleted.map(drop)?),
        }
    }
}
