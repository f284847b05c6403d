//! What must be once all is at rest: service = cluster + the final submissions of what is gone.
//!
//! Where timing decides, the contract allows more than one outcome, and so does this:
//!
//! - A final submission holds what its Proposal said when it was handed in. That is one of the final specs that it had,
//!   whichever the operator came to see. It is known at the next rest, and from then on it never changes.
//! - The record of a Proposal whose Speaker is missing holds any of the specs that it had, or is not there: the Speaker
//!   may have been there for a while.
//! - Of two objects that have the same id and were created within a second, the smaller uid owns the record, also where
//!   the other one was first to make it. So what one of them said may be handed in, or wait for the owner's Speaker.
//! - A Proposal finds a submission of its id that it did not make. If it has ever said the same, the operator may have
//!   seen it then: the submission is now its own, or still another's.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

use cfp_operator::{
    api::v1::{Proposal, Speaker, proposal::Submission},
    cfp::{ProposalRecord, SubmissionRecord},
};
use kube::{Resource, ResourceExt};

use crate::{
    keys::Key,
    records::{proposal_record, speaker_of, speaker_record},
    seen::Seen,
    standing::{self, Standing},
};

#[derive(Default)]
pub(crate) struct Model {
    speakers: BTreeMap<Key, Speaker>,
    proposals: BTreeMap<Key, Life>,
    /// What Proposals have said since the last rest, by the id of their record; also those that are gone.
    said: BTreeMap<String, Vec<ProposalRecord>>,
    /// The records of Proposals at the last rest.
    kept: BTreeMap<String, ProposalRecord>,
}

/// A Proposal since it was created.
struct Life {
    proposal: Proposal,
    /// What it has said since the last rest.
    said: Vec<ProposalRecord>,
    /// Whether it owned its record at the last rest.
    owned: bool,
    /// Whether it had handed in at the last rest.
    handed_in: bool,
}

/// Who owns each record.
struct Owners {
    speakers: BTreeMap<String, Key>,
    proposals: BTreeMap<String, Key>,
}

impl Model {
    pub(crate) fn speaker(&self, key: &Key) -> Option<&Speaker> {
        self.speakers.get(key)
    }

    pub(crate) fn proposal(&self, key: &Key) -> Option<&Proposal> {
        self.proposals.get(key).map(|life| &life.proposal)
    }

    /// The Speaker was created or edited.
    pub(crate) fn set_speaker(&mut self, speaker: Speaker) {
        self.speakers.insert(Key::of(&speaker), speaker);
    }

    /// The Proposal was created or edited.
    pub(crate) fn set_proposal(&mut self, proposal: Proposal) {
        let (key, words) = (Key::of(&proposal), proposal_record(&proposal));
        self.said.entry(key.id()).or_default().push(words.clone());
        let life = self.proposals.entry(key).or_insert_with(|| Life {
            proposal: proposal.clone(),
            said: Vec::new(),
            owned: false,
            handed_in: false,
        });
        life.said.push(words);
        life.proposal = proposal;
    }

    pub(crate) fn remove_speaker(&mut self, key: &Key) -> Option<Speaker> {
        self.speakers.remove(key)
    }

    pub(crate) fn remove_proposal(&mut self, key: &Key) -> Option<Proposal> {
        self.proposals.remove(key).map(|life| life.proposal)
    }

    /// What is not as it must be at rest.
    pub(crate) fn mismatches(&self, seen: &Seen) -> Vec<String> {
        let owners = self.owners();
        let mut mismatches = self.speaker_mismatches(&owners, seen);
        mismatches.extend(self.proposal_mismatches(&owners, seen));
        mismatches.extend(self.proposal_record_mismatches(&owners, seen));
        mismatches
    }

    /// What timing has decided until this rest is decided.
    pub(crate) fn rest(&mut self, seen: &Seen) {
        let owners = self.owners().proposals;
        self.said.clear();
        for (key, life) in &mut self.proposals {
            let words = proposal_record(&life.proposal);
            self.said.entry(key.id()).or_default().push(words.clone());
            life.said = vec![words];
            life.owned = owners.get(&key.id()) == Some(key);
            let submission = seen.proposals.get(key).and_then(Proposal::submission);
            life.handed_in = submission == Some(Submission::Final);
        }
        self.kept.clone_from(&seen.proposal_records);
    }

    fn owners(&self) -> Owners {
        Owners {
            speakers: oldest(self.speakers.values()),
            proposals: oldest(self.proposals.values().map(|life| &life.proposal)),
        }
    }

    fn speaker_mismatches(&self, owners: &Owners, seen: &Seen) -> Vec<String> {
        let (mut wanted, mut records) = (BTreeMap::new(), BTreeMap::new());
        for (key, speaker) in &self.speakers {
            let owner = &owners.speakers[&key.id()];
            let (standing, id) = if owner == key {
                records.insert(key.id(), speaker_record(speaker));
                (Standing::Ready, Some(key.id()))
            } else {
                (belongs_to("Speaker", owner), None)
            };
            wanted.insert(key.clone(), (version(speaker), standing, id));
        }
        let found = seen.speakers.iter().map(|(key, speaker)| {
            let id = speaker.id().map(String::from);
            (key.clone(), (version(speaker), standing::of(speaker), id))
        });
        let mut mismatches = differences("Speaker", &found.collect(), &wanted);
        mismatches.extend(differences(
            "speaker record",
            &seen.speaker_records,
            &records,
        ));
        mismatches
    }

    fn proposal_mismatches(&self, owners: &Owners, seen: &Seen) -> Vec<String> {
        let versions = |(key, proposal)| (Key::clone(key), version(proposal));
        let found = seen.proposals.iter().map(versions);
        let lives = self.proposals.iter();
        let wanted = lives.map(|(key, life)| (key, &life.proposal)).map(versions);
        let mut mismatches = differences("Proposal", &found.collect(), &wanted.collect());
        for (key, proposal) in &seen.proposals {
            let Some(life) = self.proposals.get(key) else {
                continue;
            };
            let record = seen.proposal_records.get(&key.id());
            let standing = standing::of(proposal);
            let right = self.standings(owners, key, life, record);
            if !right.contains(&standing) || !tells_of(record, proposal, &standing) {
                mismatches.push(format!(
                    "Proposal {key}: found {standing:?}, {right:?} is right; {record:?}; {:?}",
                    proposal.status
                ));
            }
        }
        mismatches
    }

    fn proposal_record_mismatches(&self, owners: &Owners, seen: &Seen) -> Vec<String> {
        let records = &seen.proposal_records;
        let ids: BTreeSet<_> = owners
            .proposals
            .keys()
            .chain(self.kept.keys())
            .chain(records.keys())
            .collect();
        let wrong = ids
            .into_iter()
            .filter(|id| !self.allows(owners, id, records.get(*id)));
        wrong
            .map(|id| {
                let (record, kept, said) = (records.get(id), self.kept.get(id), self.said.get(id));
                let owner = owners.proposals.get(id);
                format!("proposal record {id} of {owner:?}: found {record:?}; kept {kept:?}; said {said:?}")
            })
            .collect()
    }

    /// Whether the service may have this of a proposal at rest.
    fn allows(&self, owners: &Owners, id: &str, record: Option<&ProposalRecord>) -> bool {
        let kept = self.kept.get(id);
        if kept.is_some_and(is_final) {
            return record == kept;
        }
        let was_said = |record: &ProposalRecord| {
            self.said
                .get(id)
                .into_iter()
                .flatten()
                .any(|words| record.says(words))
        };
        let owner = owners.proposals.get(id).map(|key| &self.proposals[key]);
        match (owner, record) {
            (None, None) => true,
            (None, Some(record)) => is_final(record) && was_said(record),
            (Some(owner), _) if self.missing_speaker(owners, owner).is_some() => match record {
                None => kept.is_none() || !owner.owned,
                Some(found) => record == kept || was_said(found),
            },
            (Some(_), None) => false,
            (Some(_), Some(record)) if is_final(record) => was_said(record),
            (Some(owner), Some(record)) => record.says(&proposal_record(&owner.proposal)),
        }
    }

    /// How a Proposal may stand at rest, where the service has this record.
    fn standings(
        &self,
        owners: &Owners,
        key: &Key,
        life: &Life,
        record: Option<&ProposalRecord>,
    ) -> Vec<Standing> {
        let id = key.id();
        let owner = &owners.proposals[&id];
        if owner != key {
            return vec![belongs_to("Proposal", owner)];
        }
        if let Some(missing) = self.missing_speaker(owners, life) {
            return vec![Standing::SpeakerMissing(missing)];
        }
        let Some(record) = record.filter(|record| is_final(record)) else {
            return vec![Standing::Ready];
        };
        let was_handed_in = self.kept.get(&id).is_some_and(is_final);
        let is_its_own = life.handed_in || (life.owned && !was_handed_in);
        let message = format!("invalid request: another proposal was handed in as '{id}'");
        let refused = Standing::Refused(message);
        if is_its_own || record.says(&proposal_record(&life.proposal)) {
            vec![Standing::Ready]
        } else if life.said.iter().any(|words| record.says(words)) {
            vec![Standing::Ready, refused]
        } else {
            vec![refused]
        }
    }

    /// What is said of a Speaker that is missing, or has no id.
    fn missing_speaker(&self, owners: &Owners, life: &Life) -> Option<String> {
        let speaker = speaker_of(&life.proposal);
        let missing = if !self.speakers.contains_key(&speaker) {
            format!("Speaker.talks.kubecon.na {:?} not found", speaker.name)
        } else if owners.speakers[&speaker.id()] != speaker {
            "it has no id yet".into()
        } else {
            return None;
        };
        Some(format!("unable to get speaker {speaker}: {missing}"))
    }
}

/// The owners by id: the oldest object with it, by creation and then by uid.
fn oldest<'a, K: Resource + 'a>(objects: impl Iterator<Item = &'a K>) -> BTreeMap<String, Key> {
    let mut objects: Vec<_> = objects.collect();
    objects.sort_by_key(|object| Reverse((object.creation_timestamp(), object.uid())));
    let by_id = objects.into_iter().map(|object| {
        let key = Key::of(object);
        (key.id(), key)
    });
    by_id.collect()
}

fn belongs_to(kind: &str, owner: &Key) -> Standing {
    let id = owner.id();
    Standing::Refused(format!(
        "invalid request: the record '{id}' belongs to {kind} {owner}"
    ))
}

/// Which object it is, and which of its generations.
fn version(object: &impl Resource) -> (Option<String>, Option<i64>) {
    (object.uid(), object.meta().generation)
}

/// Whether the status of a Proposal that stands so tells of the record what is so.
fn tells_of(record: Option<&ProposalRecord>, proposal: &Proposal, standing: &Standing) -> bool {
    let status = proposal.status.clone().unwrap_or_default();
    let told = status.submission.map(|submission| SubmissionRecord {
        status: submission,
        last_update: status.last_update,
    });
    match standing {
        Standing::Ready => told == record.map(|record| record.submission.clone()),
        Standing::Refused(_) => told.is_none(),
        Standing::SpeakerMissing(_) | Standing::Unsettled(_) => true,
    }
}

fn is_final(record: &ProposalRecord) -> bool {
    record.submission.status == Submission::Final
}

fn differences<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    found: &BTreeMap<K, V>,
    wanted: &BTreeMap<K, V>,
) -> Vec<String> {
    let names: BTreeSet<_> = found.keys().chain(wanted.keys()).collect();
    let names = names
        .into_iter()
        .filter(|name| found.get(name) != wanted.get(name));
    names
        .map(|name| {
            format!(
                "{what} {name:?}: found {:?}, wanted {:?}",
                found.get(name),
                wanted.get(name)
            )
        })
        .collect()
}
