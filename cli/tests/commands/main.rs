//! The program itself, in folders of its own.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod build_installer;
mod completion;
mod create_api;
mod delete_api;
mod edit;
mod init;
mod kills;
mod man;
mod manifests;
mod messages;
mod odd;
mod of_crate;
mod sandbox;
mod watch;
mod webhook;
