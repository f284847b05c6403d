//! The commands and their flags, as `--help` has them: docs/reference/commands.md.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::{MADE, assert_page, cell};
use crate::Cli;

#[test]
fn the_reference_of_commands_is_up_to_date() {
    let mut page = format!(
        "# Commands\n\n<!-- Made from the commands' own help, by {MADE} -->\n\n{}",
        "`myop COMMAND --help` says the same on the spot. Data goes to standard output, all else to standard error.\n"
    );
    write!(page, "\n## Exit codes\n\n| code | when |\n|---|---|\n").unwrap();
    for (code, when) in crate::error::EXIT_CODES {
        writeln!(page, "| {code} | {when} |").unwrap();
    }
    let mut myop = Cli::command().disable_help_subcommand(true);
    myop.build();
    write_commands(&mut page, &myop);
    assert_page("docs/reference/commands.md", &page);
}

/// A section for each command that does something, however deep it lies.
fn write_commands(page: &mut String, parent: &Command) {
    for command in parent.get_subcommands() {
        if command.has_subcommands() {
            write_commands(page, command);
        } else {
            write_command(page, command);
        }
    }
}

fn write_command(page: &mut String, command: &Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about
        .unwrap_or_else(|| panic!("{name} has no words"))
        .to_string();
    write!(
        page,
        "\n## `{name}`\n\n{about}\n\n```\n{}\n```\n",
        usage(command)
    )
    .unwrap();
    let arguments: Vec<_> = command
        .get_arguments()
        .filter(|one| one.get_id() != "help")
        .collect();
    if !arguments.is_empty() {
        write!(
            page,
            "\n| argument | what it says | default |\n|---|---|---|\n"
        )
        .unwrap();
        page.extend(arguments.into_iter().map(row));
    }
    if let Some(examples) = command.get_after_help() {
        write!(page, "\n```\n{}\n```\n", examples_of(&examples.to_string())).unwrap();
    }
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").to_owned()
}

/// Without their heading and its indentation.
fn examples_of(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("Example"));
    let lines = lines.map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn row(argument: &Arg) -> String {
    let id = argument.get_id();
    let help = argument
        .get_help()
        .unwrap_or_else(|| panic!("{id} has no words"))
        .to_string();
    // Where the default is not a fixed text, it stands in the help.
    let (help, in_help) = match help.split_once(" [default: ") {
        Some((help, default)) => (help.to_owned(), default.trim_end_matches(']').to_owned()),
        None => (help, String::new()),
    };
    let required = if argument.is_required_set() {
        " Required."
    } else {
        ""
    };
    format!(
        "| `{}` | {}.{required} | {} |\n",
        cell(&written(argument)),
        cell(&help),
        cell(&default(argument).unwrap_or(in_help)),
    )
}

/// `--kind <KIND>`, as it is typed.
fn written(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let value = names
        .first()
        .map_or_else(String::new, |name| format!("<{name}>"));
    let Some(long) = argument.get_long() else {
        return value;
    };
    match argument.get_num_args().map(|range| range.min_values()) {
        _ if !takes_value(argument) => format!("--{long}"),
        Some(0) => format!("--{long}[={value}]"),
        _ => format!("--{long} {value}"),
    }
}

fn default(argument: &Arg) -> Option<String> {
    let [default] = argument.get_default_values() else {
        return None;
    };
    let default = default.to_string_lossy();
    let is_shown = takes_value(argument) && !default.is_empty();
    is_shown.then(|| format!("`{default}`"))
}

fn takes_value(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Set | ArgAction::Append)
}
