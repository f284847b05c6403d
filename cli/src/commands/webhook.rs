//! `myop create webhook` and `myop delete webhook`: not yet.

use clap::Args;

/// Webhooks are not supported yet
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Webhook {
    /// Whatever Kubebuilder takes, so that the answer is about webhooks and not about a flag
    #[arg(num_args = 0.., trailing_var_arg = true, allow_hyphen_values = true)]
    #[arg(value_name = "FLAGS", hide = true)]
    _flags: Vec<String>,
}

/// What can't be done yet.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("webhooks are not supported yet")]
    Create,
    #[error("webhooks are not supported yet, so there is none to delete")]
    Delete,
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Create => Some(
                "the schema does much of it: #[serde(default)] sets a default, #[x_kube(validation = \"...\")] checks a rule in CEL, \
                 and versions of a kind that have the same fields need no conversion",
            ),
            Self::Delete => None,
        }
    }
}
