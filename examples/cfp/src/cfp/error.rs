//! What can go wrong with the service, and what a condition then says.

use myop::{Failure, chain};
use reqwest::StatusCode;
use thiserror::Error;

/// What was asked of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Create,
    Update,
    Fetch,
    Delete,
}

/// Why the service did not do what it was asked for.
#[derive(Debug, Error)]
pub enum CfpError {
    #[error("invalid request")]
    Invalid(#[source] reqwest::Error),
    #[error("request failed")]
    Failed(#[source] reqwest::Error),
    #[error("{}", refusal(*verb, record, *status, body))]
    Refused {
        verb: Verb,
        record: &'static str,
        status: StatusCode,
        body: String,
    },
    #[error("unknown error: the service's answer is no {record}")]
    Garbled {
        record: &'static str,
        source: serde_json::Error,
    },
    #[error("unknown error: the service's answer to a deletion is not empty")]
    NotEmpty,
}

fn refusal(verb: Verb, record: &str, status: StatusCode, body: &str) -> String {
    match verb {
        Verb::Create => format!("error creating {record}: create error: {body}: {status}"),
        Verb::Update => format!("error updating {record}: update error: {body}: {status}"),
        Verb::Fetch => format!("error fetching {record}: get error: {status}"),
        Verb::Delete => format!("error deleting {record}: delete error: {body}: {status}"),
    }
}

impl CfpError {
    /// Whether a record of this id is there already.
    pub fn is_duplicate(&self) -> bool {
        self.says(&["already exists"])
    }

    /// Whether there is no record of this id, or can be none. What stands between the operator and the service may answer
    /// 404 as well, so the words count.
    pub fn is_missing(&self) -> bool {
        self.says(&["could not find", "was not found", "can't be used"])
    }

    /// Whether the service will say the same until it is asked for something else.
    fn is_lasting(&self) -> bool {
        let about_the_request = [
            "must be provided",
            "must be specified",
            "could not validate",
            "invalid body",
            "can't be used",
        ];
        matches!(self, Self::Invalid(_)) || self.says(&about_the_request)
    }

    /// Whether the service refused with one of these sentences.
    fn says(&self, words: &[&str]) -> bool {
        match self {
            Self::Refused { status, body, .. } => {
                status.is_client_error() && words.iter().any(|words| body.contains(words))
            }
            _ => false,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Invalid(_) => "InvalidRequest".into(),
            Self::Failed(_) => "RequestFailed".into(),
            Self::Refused {
                verb: Verb::Delete, ..
            }
            | Self::Garbled { .. }
            | Self::NotEmpty => "Failed".into(),
            Self::Refused { verb, record, .. } => {
                let (first, rest) = record.split_at(1);
                format!("{verb:?}{}{rest}Failed", first.to_uppercase())
            }
        }
    }
}

impl From<CfpError> for Failure {
    fn from(error: CfpError) -> Self {
        let (reason, message) = (error.reason(), chain(&error));
        let failure = if error.is_lasting() {
            Failure::terminal(&reason, message)
        } else {
            Failure::retry(&reason, message)
        };
        match error {
            CfpError::Refused {
                verb: Verb::Create, ..
            } => failure.condition("CreateFailed", &reason),
            CfpError::Refused {
                verb: Verb::Update, ..
            } => failure.condition("UpdateFailed", &reason),
            _ => failure,
        }
    }
}
