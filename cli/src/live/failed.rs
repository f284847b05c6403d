//! How a command that goes on tells of what has to be mended.

use std::error::Error as _;

use super::screen::{Screen, Tone};
use crate::error::Error;

/// Tells why something failed, what goes on meanwhile, and the way out.
pub(crate) fn tell(screen: &Screen, error: &Error, goes_on: &str) {
    if error.excerpts().is_empty() {
        screen.tell("failed", Tone::Bad, format!("{error}; {goes_on}"));
        let mut cause = error.source();
        while let Some(error) = cause {
            screen.below(Tone::Plain, error);
            cause = error.source();
        }
    } else {
        screen.tell("failed", Tone::Bad, goes_on);
        screen.below(Tone::Plain, error.told(screen.look()));
    }
    screen.below(Tone::Plain, error.output());
    if let Some(help) = error.help() {
        screen.below(Tone::Quiet, format!("help: {help}"));
    }
}
