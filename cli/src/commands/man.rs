//! `myop man`: the manual, a page a command.

use clap::{Args, CommandFactory as _};
use clap_mangen::Man as Page;
use myop_model::nearest;

use crate::Cli;
use crate::answer::Answer;

/// Print the manual page of myop, or of one of its commands
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop man | man -l -
  myop man create api | man -l -
  myop man create api > ~/.local/share/man/man1/myop-create-api.1      then: man myop-create-api")]
pub(crate) struct Man {
    /// The command: create api
    #[arg(value_name = "COMMAND")]
    path: Vec<String>,
}

/// There is no such page.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no command `{command}`")]
pub(crate) struct Refusal {
    command: String,
    help: String,
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        &self.help
    }
}

impl Man {
    /// The page, as roff.
    pub(crate) fn run(&self) -> Result<Answer, Refusal> {
        // A page for each `help` would say what the others say.
        let mut command = Cli::command().disable_help_subcommand(true);
        command.build();
        for word in &self.path {
            let found = command.find_subcommand(word).cloned();
            command = found.ok_or_else(|| no_command(&command, word))?;
        }
        let mut page = Vec::new();
        Page::new(command)
            .source(concat!("myop ", env!("CARGO_PKG_VERSION")))
            .render(&mut page)
            .expect("memory takes what is written");
        Ok(Answer {
            text: String::from_utf8(page).expect("names and help are text"),
            notes: Vec::new(),
        })
    }
}

fn no_command(parent: &clap::Command, word: &str) -> Refusal {
    let parent_name = parent.get_bin_name().unwrap_or_else(|| parent.get_name());
    let names: Vec<_> = parent
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let help = match nearest(word, names.iter().copied()) {
        Some(name) => format!("did you mean `{parent_name} {name}`?"),
        None if names.is_empty() => format!("`{parent_name}` has no commands of its own"),
        None => format!("the commands of `{parent_name}` are {}", names.join(", ")),
    };
    Refusal {
        command: format!("{parent_name} {word}"),
        help,
    }
}
