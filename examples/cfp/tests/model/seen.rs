//! What there is: in the cluster, and in the service.

use std::collections::BTreeMap;

use cfp_operator::{
    api::v1::{Proposal, Speaker},
    cfp::{ProposalRecord, SpeakerRecord},
};
use kube::api::ListParams;
use myop::{
    Object,
    testing::{Cluster, Result},
};

use crate::{keys::Key, service::Service};

pub(crate) struct Seen {
    pub(crate) speakers: BTreeMap<Key, Speaker>,
    pub(crate) proposals: BTreeMap<Key, Proposal>,
    pub(crate) speaker_records: BTreeMap<String, SpeakerRecord>,
    pub(crate) proposal_records: BTreeMap<String, ProposalRecord>,
}

impl Seen {
    pub(crate) async fn look(cluster: &Cluster, service: &Service) -> Result<Self> {
        Ok(Self {
            speakers: objects(cluster).await?,
            proposals: objects(cluster).await?,
            speaker_records: service.records().await?,
            proposal_records: service.records().await?,
        })
    }
}

async fn objects<K: Object>(cluster: &Cluster) -> Result<BTreeMap<Key, K>> {
    let all = cluster.all::<K>().list(&ListParams::default()).await?;
    Ok(all
        .into_iter()
        .map(|object| (Key::of(&object), object))
        .collect())
}
