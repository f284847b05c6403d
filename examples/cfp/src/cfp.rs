//! The call-for-papers service: its client, its records, and what can go wrong with it.

mod client;
mod error;
mod records;

pub use client::{CfpClient, CfpFlags};
pub use error::{CfpError, Verb};
pub use records::{ProposalRecord, Record, SpeakerRecord, SubmissionRecord};
