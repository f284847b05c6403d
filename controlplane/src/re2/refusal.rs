//! What Go says of an expression that it can't read.

use std::fmt;

/// An expression that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    why: Why,
    /// The part that is wrong.
    part: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    CharacterRange,
    Escape,
    Name,
    Perl,
    RepeatedRepeat,
    RepeatCount,
    NoBracket,
    NoParenthesis,
    NothingRepeated,
    TrailingBackslash,
    Parenthesis,
    TooDeep,
    TooLarge,
}

impl Unreadable {
    pub(super) fn new(why: Why, part: &str) -> Self {
        Self {
            why,
            part: part.into(),
        }
    }
}

impl Why {
    fn words(self) -> &'static str {
        match self {
            Self::CharacterRange => "invalid character class range",
            Self::Escape => "invalid escape sequence",
            Self::Name => "invalid named capture",
            Self::Perl => "invalid or unsupported Perl syntax",
            Self::RepeatedRepeat => "invalid nested repetition operator",
            Self::RepeatCount => "invalid repeat count",
            Self::NoBracket => "missing closing ]",
            Self::NoParenthesis => "missing closing )",
            Self::NothingRepeated => "missing argument to repetition operator",
            Self::TrailingBackslash => "trailing backslash at end of expression",
            Self::Parenthesis => "unexpected )",
            Self::TooDeep => "expression nests too deeply",
            Self::TooLarge => "expression too large",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error parsing regexp: {}: `{}`",
            self.why.words(),
            self.part
        )
    }
}
