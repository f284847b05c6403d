//! The commands: a file each, with its flags, its help, and what it does.

pub(crate) mod build_installer;
mod cluster;
mod completion;
pub(crate) mod create_api;
pub(crate) mod delete_api;
pub(crate) mod demo;
pub(crate) mod dev;
pub(crate) mod edit;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod manifests;
#[cfg(test)]
mod tests;
pub(crate) mod webhook;
mod writing;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Subcommand;

use self::manifests::Caches;
use crate::answer::Answer;
use crate::error::Error;
use crate::live::screen::Output;

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    /// Add to a project
    #[command(subcommand, arg_required_else_help = true)]
    Create(Create),
    /// Take away from a project
    #[command(subcommand, arg_required_else_help = true)]
    Delete(Delete),
    Edit(edit::Edit),
    Manifests(manifests::Manifests),
    BuildInstaller(build_installer::BuildInstaller),
    Dev(dev::Dev),
    Demo(demo::Demo),
    Cluster(cluster::ClusterCommand),
    Completion(completion::Completion),
    Man(man::Man),
    /// Print the version
    Version,
}

/// What can be added to a project.
#[derive(Debug, Subcommand)]
pub(crate) enum Create {
    Api(create_api::CreateApi),
    Webhook(webhook::Webhook),
}

/// What can be taken away from a project.
#[derive(Debug, Subcommand)]
pub(crate) enum Delete {
    Api(delete_api::DeleteApi),
    Webhook(webhook::Webhook),
}

/// Where a command is run.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The current folder.
    pub(crate) folder: PathBuf,
    /// The cargo to run.
    pub(crate) cargo: OsString,
    /// Where programs are looked for, as PATH has it.
    pub(crate) path: OsString,
    /// What was typed.
    pub(crate) command: String,
    /// Variables of the environment that are about this program's own package.
    pub(crate) about_itself: Vec<OsString>,
    /// The folder for files of programs that run.
    pub(crate) running: PathBuf,
    /// The folder for temporary files.
    pub(crate) temporary: PathBuf,
    /// This program's folder for what it can make again, where the user has one for such things.
    pub(crate) caches: Option<Caches>,
    /// Where a command that goes on tells what happens.
    pub(crate) output: Output,
    /// Says on standard error what takes a while.
    pub(crate) tell: fn(&str),
}

impl Command {
    /// Does what is asked for.
    ///
    /// # Errors
    /// When it can't be done; nothing was changed then, but for what the error's output says.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        match self {
            Self::Init(init) => init.run(place),
            Self::Create(Create::Api(create)) => create.run(place),
            Self::Create(Create::Webhook(_)) => Err(webhook::Refusal::Create.into()),
            Self::Delete(Delete::Api(delete)) => delete.run(place),
            Self::Delete(Delete::Webhook(_)) => Err(webhook::Refusal::Delete.into()),
            Self::Edit(edit) => edit.run(place),
            Self::Manifests(manifests) => manifests.run(place),
            Self::BuildInstaller(build) => build.run(place),
            Self::Dev(dev) => dev.run(place),
            Self::Demo(demo) => demo.run(place),
            Self::Cluster(cluster) => cluster.run(place),
            Self::Completion(completion) => Ok(completion.run()),
            Self::Man(man) => Ok(man.run()?),
            Self::Version => Ok(Answer::lines([concat!("myop ", env!("CARGO_PKG_VERSION"))])),
        }
    }
}
