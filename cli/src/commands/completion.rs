//! `myop completion`: what a shell completes.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::Cli;
use crate::answer::Answer;

/// Print a script by which a shell completes myop's commands and flags
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(myop completion bash)                                    in ~/.bashrc
  source <(myop completion zsh)                                     in ~/.zshrc, after compinit
  myop completion fish > ~/.config/fish/completions/myop.fish
  myop completion powershell | Out-String | Invoke-Expression       in $PROFILE
  eval (myop completion elvish | slurp)                             in ~/.config/elvish/rc.elv")]
pub(crate) struct Completion {
    /// The shell
    shell: Shell,
}

impl Completion {
    /// The script.
    pub(crate) fn run(&self) -> Answer {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "myop", &mut script);
        Answer {
            text: String::from_utf8(script).expect("names and help are text"),
            notes: Vec::new(),
        }
    }
}
