//! The program itself, in folders of its own.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod create_api;
mod init;
mod manifests;
mod sandbox;
