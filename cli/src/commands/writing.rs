//! What all commands that write have in common: `--dry-run`, and what an interrupted one has left.

use std::path::Path;

use clap::Args;

use super::Place;
use crate::answer::Answer;
use crate::plan::{self, CarryOutError, Plan, Recovered};

/// How a command writes.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Writing {
    /// Write nothing: show what would change, as a diff
    #[arg(long)]
    dry_run: bool,
}

impl Writing {
    /// Completes or undoes first what an interrupted command has left in a folder or above it.
    ///
    /// # Errors
    /// When that can't be done, or is not to be done.
    pub(crate) fn begin(self, folder: &Path, place: &Place) -> Result<(), CarryOutError> {
        if self.dry_run {
            return plan::check_settled(folder);
        }
        match plan::recover(folder)? {
            Some(Recovered::Completed(command)) => {
                (place.tell)(&format!(
                    "note: completed `{command}`, which was interrupted"
                ));
            }
            Some(Recovered::Undone(command)) => {
                (place.tell)(&format!("note: undid `{command}`, which was interrupted"));
            }
            None => {}
        }
        Ok(())
    }

    /// Carries a plan out and says what was changed and what is to be done next, or shows what would be changed.
    ///
    /// # Errors
    /// When something can't be written: then all is as it was.
    pub(crate) fn settle(
        self,
        plan: &Plan,
        root: &Path,
        place: &Place,
        next: &str,
    ) -> Result<Answer, CarryOutError> {
        if self.dry_run {
            return Ok(Answer {
                text: plan.diff(),
                notes: vec!["nothing was written: --dry-run".to_owned()],
            });
        }
        plan::carry_out(plan, root, &place.command)?;
        Ok(Answer {
            text: format!("{plan}next: {next}\n"),
            notes: Vec::new(),
        })
    }

    /// Whether nothing is to be written.
    pub(crate) fn is_dry(self) -> bool {
        self.dry_run
    }
}
