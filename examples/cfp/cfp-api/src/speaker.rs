//! Who speaks.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    json::{Fields, Malformed},
    record::Record,
    refusal::Refusal,
    store::Store,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Speaker {
    #[serde(rename = "ID")]
    id: String,
    name: String,
    bio: String,
    email: String,
    timestamp: String,
}

impl Record for Speaker {
    const NOUN: &'static str = "speaker";
    const PLURAL: &'static str = "speakers";
    const ID: &'static str = "ID";
    const UNKNOWN_TO_GET: StatusCode = StatusCode::BAD_REQUEST;
    const UNKNOWN_TO_PUT: StatusCode = StatusCode::NOT_FOUND;

    fn read(mut fields: Fields) -> Result<Self, Malformed> {
        Ok(Self {
            id: fields.text("ID")?,
            name: fields.text("Name")?,
            bio: fields.text("Bio")?,
            email: fields.text("Email")?,
            timestamp: fields.text("Timestamp")?,
        })
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self, _: &Store) -> Result<(), Refusal> {
        if [&self.id, &self.name, &self.email].contains(&&String::new()) {
            return Err(Refusal::bad_request(
                "speaker ID, Name and Email must be provided",
            ));
        }
        Ok(())
    }

    fn stamp(&mut self, now: Timestamp) {
        self.timestamp = now.to_string();
    }
}
