//! How deeply an expression may be nested.

use std::fmt;

/// As `maxRecursionDepth` of cel-go's parser.
pub(crate) const DEEPEST: usize = 250;

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooDeep {
    /// Expressions that are in one another.
    Expressions,
    /// Operators, fields and methods that are applied one after the other.
    Operators,
}

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expressions => write!(f, "expression recursion limit exceeded: {DEEPEST}"),
            Self::Operators => f.write_str("max recursion depth exceeded"),
        }
    }
}
