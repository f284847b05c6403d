//! `myop` scaffolds Kubernetes operators in Rust and keeps their manifests true.
//!
//! A command reads where it is, and answers with what is to be printed:
//!
//! | module | what it holds |
//! |---|---|
//! | `commands` | one file a command: its flags, its help, and what it does |
//! | `project` | PROJECT, the file that says what was scaffolded |
//! | `builtin` | the kinds of Kubernetes' own, for which a project can have controllers |
//! | `agreement` | whether PROJECT and the code say the same |
//! | `layout` | where the files and modules of a kind lie, and which kinds can't lie together |
//! | `license` | the licences that a project can be given |
//! | `scaffold` | from PROJECT to the text of files, by the templates |
//! | `plan` | the changes that make a tree what is wanted, and the one place that carries them out |
//! | `tree` | the files that are there |
//! | `program` | the programs that a command takes |
//! | `kustomize`, `installer` | what config's folders are as one stream, and the file that is made of it |
//! | `package`, `workspace`, `checkout`, `git` | what a new project finds in its folder and around it |
//! | `live` | what runs while a command runs: an API server, builds, the operator |
//! | `suggestion` | what somebody who misspelt a flag most likely meant |
//! | `answer`, `error`, `excerpt` | what a command says in the end, why it could not do what it was asked, and where that stands |
//!
//! A command that changes files is a pure function from the project and the request to a `plan::Wanted`; held against
//! the tree that becomes a `plan::Plan`, and only `plan::carry_out` writes. Only this file prints.

mod agreement;
mod answer;
mod builtin;
mod checkout;
mod commands;
mod definitions;
mod error;
mod excerpt;
mod git;
mod installer;
mod kustomize;
mod layout;
mod license;
mod live;
mod package;
mod plan;
mod program;
mod project;
#[cfg(test)]
mod reference;
mod scaffold;
mod suggestion;
mod tree;
mod workspace;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use etcetera::BaseStrategy as _;

use crate::answer::Answer;
use crate::commands::manifests::Caches;
use crate::commands::{Command, Place};
use crate::error::{EXIT_CODES, Error};
use crate::excerpt::Look;
use crate::live::screen::Output;
use crate::live::shell;

const EXAMPLE: &str = "\
Example, from an empty folder to a running operator:
  myop init shop --domain example.com && cd shop
  myop create api --group \"\" --version v1alpha1 --kind MyApp
  myop manifests
  kubectl apply --server-side -k config/crd && cargo run";

/// Kubernetes operators in Rust: scaffolded, and their manifests kept true.
#[derive(Parser)]
#[command(
    name = "myop",
    version,
    propagate_version = false,
    arg_required_else_help = true
)]
#[command(after_help = after_help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The way to a first operator, and the exit codes.
fn after_help() -> String {
    let codes = EXIT_CODES.map(|(code, when)| format!("  {code}  {when}"));
    format!("{EXAMPLE}\n\nExit codes:\n{}", codes.join("\n"))
}

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| suggestion::to(error, typed_words()).exit());
    match place().and_then(|place| cli.command.run(&place)) {
        Ok(answer) => say(&answer),
        Err(error) => fail(&error),
    }
}

/// Where this program is run: the one place that reads the environment.
fn place() -> Result<Place, Error> {
    Ok(Place {
        folder: env::current_dir().map_err(Error::Here)?,
        cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        path: env::var_os("PATH").unwrap_or_default(),
        command: typed(),
        about_itself: about_itself().collect(),
        running: running(),
        temporary: env::temp_dir(),
        caches: caches(),
        output: output(),
        tell,
    })
}

/// Where cargo runs this program, it tells it by these variables of which package it is.
fn about_itself() -> impl Iterator<Item = OsString> {
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    env::vars_os().map(|(name, _)| name).filter(move |name| {
        let name = name.to_string_lossy();
        prefixes.iter().any(|prefix| name.starts_with(prefix))
    })
}

/// The folder for files of programs that run.
fn running() -> PathBuf {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime
        .filter(|folder| folder.is_absolute() && folder.is_dir())
        .unwrap_or_else(env::temp_dir)
}

/// The folder for what can be made again.
fn caches() -> Option<Caches> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Caches::new(folders.cache_dir().join("myop"))
}

/// Standard output, for what a command tells while it goes on.
fn output() -> Output {
    Output {
        print,
        look: look(io::stdout().is_terminal()),
    }
}

/// How something looks where it is printed.
fn look(is_terminal: bool) -> Look {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_terminal || env::var_os("TERM").is_some_and(|term| term == "dumb") {
        Look::Plain
    } else if is_set("NO_COLOR") {
        Look::Lines
    } else {
        Look::Coloured
    }
}

fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    // Whoever closed the pipe has read enough.
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// What was typed behind the program's name.
fn typed_words() -> impl Iterator<Item = String> {
    let arguments = env::args_os().skip(1);
    arguments.map(|argument| argument.to_string_lossy().into_owned())
}

/// The command as it was typed, for whoever finds it interrupted.
fn typed() -> String {
    let words: Vec<_> = std::iter::once("myop".to_owned())
        .chain(typed_words())
        .collect();
    shell::line(&words)
}

fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

fn say(answer: &Answer) -> ExitCode {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(answer.text.as_bytes());
    if let Err(source) = written.and_then(|()| stdout.flush()) {
        // Whoever closed the pipe has read enough: that is no failure.
        if source.kind() != io::ErrorKind::BrokenPipe {
            return fail(&Error::Say(source));
        }
    }
    let mut stderr = io::stderr().lock();
    for note in &answer.notes {
        let _ = writeln!(stderr, "note: {note}");
    }
    ExitCode::SUCCESS
}

fn fail(error: &Error) -> ExitCode {
    let _ = io::stdout().lock().write_all(error.output().as_bytes());
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{}", error.told(look(io::stderr().is_terminal())));
    if let Some(help) = error.help() {
        let _ = writeln!(stderr, "help: {help}");
    }
    ExitCode::from(error.code())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Cli::command().debug_assert();
    }
}
