//! What speakers and proposals have in common.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    json::{Fields, Malformed},
    refusal::Refusal,
    store::Store,
};

/// A kind of record. Where its constants differ between the kinds, the original service does so, and its clients rely
/// on it.
pub(crate) trait Record: Serialize + Sized + Send + 'static {
    /// What one is called in messages.
    const NOUN: &'static str;
    /// What many are called, in paths and on disk.
    const PLURAL: &'static str;
    /// What its id is called where the path's and the body's differ.
    const ID: &'static str;
    /// The answer to a GET where there is none.
    const UNKNOWN_TO_GET: StatusCode;
    /// The answer to a PUT where there is none.
    const UNKNOWN_TO_PUT: StatusCode;

    fn read(fields: Fields) -> Result<Self, Malformed>;

    fn id(&self) -> &str;

    /// Refuses what can't be stored as it is.
    fn check(&self, store: &Store) -> Result<(), Refusal>;

    /// Notes when it is written.
    fn stamp(&mut self, now: Timestamp);
}

pub(crate) fn parse<R: Record>(text: &[u8]) -> Result<R, Malformed> {
    R::read(Fields::parse(text)?)
}

pub(crate) fn not_found<R: Record>(id: &str) -> String {
    format!("could not find {} with ID '{id}'", R::NOUN)
}
