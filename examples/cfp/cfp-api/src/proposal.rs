//! What a speaker proposes.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    json::{Fields, Malformed},
    record::{Record, not_found},
    refusal::Refusal,
    speaker::Speaker,
    store::{Store, StoreError},
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Proposal {
    #[serde(rename = "ID")]
    id: String,
    title: String,
    r#abstract: String,
    r#type: String,
    #[serde(rename = "SpeakerID")]
    speaker_id: String,
    r#final: bool,
    submission: Submission,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Submission {
    last_update: String,
    status: String,
}

impl Record for Proposal {
    const NOUN: &'static str = "proposal";
    const PLURAL: &'static str = "proposals";
    const ID: &'static str = "proposal ID";
    const UNKNOWN_TO_GET: StatusCode = StatusCode::NOT_FOUND;
    const UNKNOWN_TO_PUT: StatusCode = StatusCode::BAD_REQUEST;

    fn read(mut fields: Fields) -> Result<Self, Malformed> {
        let mut submission = fields.object("Submission")?;
        Ok(Self {
            id: fields.text("ID")?,
            title: fields.text("Title")?,
            r#abstract: fields.text("Abstract")?,
            r#type: fields.text("Type")?,
            speaker_id: fields.text("SpeakerID")?,
            r#final: fields.flag("Final")?,
            submission: Submission {
                last_update: submission.text("LastUpdate")?,
                status: submission.text("Status")?,
            },
        })
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self, store: &Store) -> Result<(), Refusal> {
        one_of("talk type", &self.r#type, ["talk", "lightning"])?;
        let status = &self.submission.status;
        one_of("submission status", status, ["draft", "final"])?;
        given("proposal ID", &self.id)?;
        given("speaker ID", &self.speaker_id)?;
        has_speaker(&self.speaker_id, store)?;
        if status == "final" {
            given("title", &self.title)?;
            given("abstract", &self.r#abstract)?;
        }
        Ok(())
    }

    fn stamp(&mut self, now: Timestamp) {
        self.submission.last_update = now.to_string();
    }
}

fn one_of(what: &str, got: &str, want: [&str; 2]) -> Result<(), Refusal> {
    if want.contains(&got) {
        return Ok(());
    }
    let [one, other] = want;
    Err(Refusal::bad_request(format!(
        "could not validate proposal's {what}; got: {got}; want {one} or {other}"
    )))
}

fn given(what: &str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::bad_request(format!("{what} must be specified")));
    }
    Ok(())
}

fn has_speaker(id: &str, store: &Store) -> Result<(), Refusal> {
    let why = match store.contains::<Speaker>(id) {
        Ok(true) => return Ok(()),
        Ok(false) => not_found::<Speaker>(id),
        Err(error @ StoreError::Id(_)) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    Err(Refusal::bad_request(format!(
        "failed to get speaker: {why}"
    )))
}
