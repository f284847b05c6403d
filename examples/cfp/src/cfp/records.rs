//! What the service keeps: its records, in its own spelling.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::api::v1::proposal::{Submission, TalkType};

/// A record of the service.
pub trait Record: Serialize + DeserializeOwned {
    /// Its name in the service's messages and, with an `s`, in its paths.
    const NAME: &'static str;

    /// What it is found by.
    fn id(&self) -> &str;
}

/// A speaker, as the service has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SpeakerRecord {
    #[serde(rename = "ID")]
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub bio: String,
    pub email: String,
}

/// A proposal, as the service has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProposalRecord {
    #[serde(rename = "ID")]
    pub id: String,
    pub title: String,
    pub r#abstract: String,
    pub r#type: TalkType,
    #[serde(rename = "SpeakerID")]
    pub speaker_id: String,
    pub r#final: bool,
    pub submission: SubmissionRecord,
}

/// How a proposal stands, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubmissionRecord {
    pub status: Submission,
    /// Set by the service at each write.
    #[serde(skip_serializing)]
    pub last_update: Option<Time>,
}

impl Record for SpeakerRecord {
    const NAME: &'static str = "speaker";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Record for ProposalRecord {
    const NAME: &'static str = "proposal";

    fn id(&self) -> &str {
        &self.id
    }
}

impl ProposalRecord {
    /// Whether it says the same as `other`, whenever that was.
    pub fn says(&self, other: &Self) -> bool {
        let mut dated = other.clone();
        dated
            .submission
            .last_update
            .clone_from(&self.submission.last_update);
        *self == dated
    }
}
