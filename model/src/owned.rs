//! `owns(...)`: kinds whose objects the controller makes, and whose changes wake their owner.

use syn::{Expr, Path};

use crate::arguments::Argument;
use crate::error::Errors;
use crate::watch::read_when;

/// A kind of `owns(Deployment, Service, any_owner, when = matters)`.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The kind.
    pub kind: Path,
    /// Whether a change wakes all owners, and not only the one that is the controller.
    pub any_owner: bool,
    /// Which changes wake anybody; without it, all of them.
    pub when: Option<Expr>,
}

impl Owned {
    /// What is said beside the kinds is said of each of them.
    pub(crate) fn read(argument: &Argument, errors: &Errors) -> Option<Vec<Self>> {
        let (kinds, (any_owner, when)) = argument.kinds(errors, |given| {
            let any_owner = given.one("any_owner", Argument::switch);
            (any_owner.unwrap_or_default(), read_when(given))
        })?;
        let owned = |kind| Self {
            kind,
            any_owner,
            when: when.clone(),
        };
        Some(kinds.into_iter().map(owned).collect())
    }
}
