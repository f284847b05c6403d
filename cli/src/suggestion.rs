//! What somebody who misspelt a flag most likely meant, where clap has no idea.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _, Error};
use myop_model::nearest;

use crate::Cli;

/// The error with the flag that was meant.
pub(crate) fn to(mut error: Error, arguments: impl Iterator<Item = String>) -> Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    drop_values(&mut error);
    if error.get(ContextKind::SuggestedArg).is_some() {
        return error;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let Some(name) = flag.strip_prefix("--").map(str::to_owned) else {
        return error;
    };
    let flags = flags(Cli::command(), arguments);
    if let Some(meant) = nearest(&name, flags.iter().map(String::as_str)) {
        let meant = ContextValue::String(format!("--{meant}"));
        error.insert(ContextKind::SuggestedArg, meant);
    }
    error
}

/// No folder and no name here begins with `--`, so that nobody means a flag as one.
fn drop_values(error: &mut Error) {
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        let mut tips = tips.clone();
        tips.retain(|tip| !tip.to_string().contains("as a value"));
        if tips.is_empty() {
            error.remove(ContextKind::Suggested);
        } else {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
}

/// The flags of the command that was asked for.
fn flags(mut command: Command, arguments: impl Iterator<Item = String>) -> Vec<String> {
    for argument in arguments {
        match command.find_subcommand(&argument) {
            Some(found) => command = found.clone(),
            None => break,
        }
    }
    let long = command.get_arguments().filter_map(|flag| flag.get_long());
    long.map(str::to_owned).collect()
}
