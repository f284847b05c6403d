//! `watches(...)`: a kind whose changes wake the reconciled objects that they concern.

use syn::{Expr, ExprPath, Path};

use crate::arguments::{Argument, Arguments, Value};
use crate::error::{Error, Errors};

/// `watches(Speaker, index = speaker_of, when = matters)`
#[derive(Clone, Debug)]
pub struct Watch {
    /// The kind.
    pub kind: Path,
    /// Whom a change wakes.
    pub wakes: Wakes,
    /// Which changes wake anybody; without it, all of them.
    pub when: Option<Expr>,
}

/// Which of the reconciled objects an object of a watched kind concerns, as functions say it.
#[derive(Clone, Debug)]
pub enum Wakes {
    /// `index = speaker_of`: those for which the function names the watched object.
    Index(ExprPath),
    /// `index = record_id, key = record_id`: those that share a key with the watched object.
    IndexBy {
        /// Reads the keys of a reconciled object.
        index: ExprPath,
        /// Reads the keys of a watched object.
        key: ExprPath,
    },
    /// `map = app_of`: those that the function names.
    Map(ExprPath),
}

impl Watch {
    pub(crate) fn read(argument: &Argument, errors: &Errors) -> Option<Self> {
        if !matches!(&argument.value, Value::List(inside) if !inside.is_empty()) {
            errors.push(argument.takes(
                "a kind, and a function that finds whom it wakes",
                "(Speaker, index = speaker_of)",
            ));
            return None;
        }
        let mut given = argument.nested(errors)?;
        let kind = read_kind(&mut given);
        let wakes = Wakes::read(&mut given);
        let when = read_when(&mut given);
        given.finish();
        Some(Self {
            kind: kind?,
            wakes: wakes?,
            when,
        })
    }
}

/// `when = generation_changed.or(labels_changed)`
pub(crate) fn read_when(given: &mut Arguments<'_>) -> Option<Expr> {
    given.one("when", |a, errors| a.expression(errors, "matters"))
}

/// The kind stands first and has no name; there is one in each `watches`.
///
/// ```text
/// watches(Speaker, Pod, index = speaker_of)
/// //               ^^^ in a `watches` of its own
/// ```
fn read_kind(given: &mut Arguments<'_>) -> Option<Path> {
    let kind = given.leading_type();
    let mut wrong: Vec<_> = given
        .take(|argument| matches!(argument.value, Value::Type(_)) || argument.name == "kind")
        .into_iter()
        .map(|argument| argument.tokens)
        .collect();
    let (message, help) = if kind.is_some() {
        (
            "`watches` takes one kind",
            "write another `watches(...)` for this one",
        )
    } else {
        wrong.extend(given.nameless());
        (
            "`watches` starts with a kind",
            "write `watches(Speaker, ...)`",
        )
    };
    if kind.is_none() && wrong.is_empty() {
        given.missing(&[], "a kind", help);
    }
    for tokens in wrong {
        given.errors.push(Error::new(tokens, message).help(help));
    }
    kind
}

impl Wakes {
    fn read(given: &mut Arguments<'_>) -> Option<Self> {
        check_combination(given);
        let index = given.one("index", |a, errors| a.function(errors, "speaker_of"));
        let key = given.one("key", |a, errors| a.function(errors, "record_id"));
        let map = given.one("map", |a, errors| a.function(errors, "proposals_of"));
        match (index, key, map) {
            (Some(index), Some(key), _) => Some(Self::IndexBy { index, key }),
            (Some(index), None, _) => Some(Self::Index(index)),
            (None, _, map) => map.map(Self::Map),
        }
    }
}

/// Either `index`, which may have a `key` beside it, or `map`.
fn check_combination(given: &mut Arguments<'_>) {
    let [index, key, map] = ["index", "key", "map"].map(|name| given.written(name));
    let error = match (index, key, map) {
        (Some(_), _, Some(map)) => Error::new(map, "`index` and `map` don't go into one `watches`")
            .help("remove one, or write a second `watches(...)`"),
        (None, Some(key), Some(_)) => {
            Error::new(key, "`key` goes with `index`, not with `map`").help("remove it")
        }
        (None, Some(_), None) => {
            let help = "add `index = record_id`, a function of a reconciled object";
            return given.missing(&["index"], "`index` beside `key`", help);
        }
        (None, None, None) => {
            let help = "add `index = speaker_of`, a function of a reconciled object, \
                        or `map = proposals_of`, a function of a watched one";
            return given.missing(&["index", "map"], "`index` or `map`", help);
        }
        _ => return,
    };
    given.errors.push(error);
}
