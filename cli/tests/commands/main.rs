//! The program itself, in folders of its own.

mod create_api;
mod init;
mod manifests;
mod sandbox;
