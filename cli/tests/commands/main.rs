//! The program itself, in folders of its own.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod build_installer;
mod completion;
mod create_api;
mod init;
mod man;
mod manifests;
mod sandbox;
mod webhook;
