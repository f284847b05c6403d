//! `owns(...)`: kinds whose objects the controller makes, and whose changes wake their owner.

use syn::{Expr, Path};

use crate::arguments::{Argument, Value};
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
        let before = errors.count();
        let form = "(Deployment, Service)";
        if !matches!(argument.value, Value::List(_)) {
            errors.push(argument.takes("types", form));
            return None;
        }
        let mut given = argument.nested(errors)?;
        let kinds = given.types();
        let any_owner = given.one("any_owner", Argument::switch).unwrap_or_default();
        let when = read_when(&mut given);
        given.finish();
        if kinds.is_empty() && errors.count() == before {
            errors.push(argument.takes("types", form));
        }
        let owned = |kind| Self {
            kind,
            any_owner,
            when: when.clone(),
        };
        Some(kinds.into_iter().map(owned).collect())
    }
}
