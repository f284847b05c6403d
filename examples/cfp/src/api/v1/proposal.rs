//! The kind `Proposal` of `talks.kubecon.na/v1`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use myop::{resource, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Proposal is a talk that a speaker proposes.
#[resource(
    group = "talks.kubecon.na",
    version = "v1",
    kind = "Proposal",
    namespaced,
    status = ProposalStatus,
    printcolumn(name = "Title", type_ = "string", json_path = ".spec.title"),
    printcolumn(name = "Submission", type_ = "string", json_path = ".status.submission"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
pub struct ProposalSpec {
    /// The title of the talk.
    #[schemars(length(min = 1, max = 50))]
    pub title: String,
    /// What the talk is about.
    #[schemars(length(min = 1, max = 50))]
    pub r#abstract: String,
    /// The form of the talk.
    #[serde(default)]
    pub r#type: TalkType,
    /// Whether the proposal is to be handed in. What was handed in is not changed any more.
    pub r#final: bool,
    /// Who gives the talk.
    pub speaker_ref: SpeakerRef,
}

/// The form of a talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TalkType {
    #[default]
    Talk,
    Tutorial,
    Keynote,
    Lightning,
}

/// Where a Speaker is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct SpeakerRef {
    /// The name of the Speaker.
    pub name: String,
    /// Its namespace; where it is empty, the Proposal's own.
    pub namespace: String,
}

/// What the operator has seen.
#[status]
pub struct ProposalStatus {
    /// When the service last took the proposal.
    pub last_update: Option<Time>,
    /// How it stands in the service.
    pub submission: Option<Submission>,
}

/// How a proposal stands in the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Submission {
    /// It can be changed and withdrawn.
    Draft,
    /// It was handed in.
    Final,
}

impl Proposal {
    /// How the proposal stands in the service, once it is there.
    pub fn submission(&self) -> Option<Submission> {
        self.status.as_ref()?.submission
    }
}
