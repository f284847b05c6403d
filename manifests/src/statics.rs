//! The kinds that the sources of a crate have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::facts::Facts;
use crate::schema::{Schemas, is_known};
use crate::source::{Features, Place, SourceError, Sources, Unread, name};
use crate::{definition, operator};

/// What was read of a crate's sources.
#[derive(Debug)]
pub struct Reading {
    /// The name of the crate's package.
    pub package: String,
    /// The files that this was read from.
    pub files: BTreeSet<PathBuf>,
    /// The kinds, in the order of their files and lines.
    pub kinds: Vec<Kind>,
    /// What is wrong with myop's own attributes, of which the compiler says the same, and with what attributes of others
    /// say of schemas, of which the compiler says it in structs that have one of myop's own.
    pub mistakes: Vec<(Place, myop_model::Error)>,
}

/// A kind in one version.
#[derive(Debug)]
pub struct Kind {
    /// The path of its type, from the name of the crate.
    pub path: String,
    /// The struct of its spec.
    pub spec: String,
    /// Where that stands.
    pub place: Place,
    /// Its `CustomResourceDefinition`, or why that can't be seen without running the program.
    pub definition: Result<Value, Unread>,
}

/// What an operator declares, as far as its sources tell.
#[derive(Debug)]
pub struct Declared {
    /// The files that this was read from.
    pub files: BTreeSet<PathBuf>,
    /// The facts that its program would print, or why they can't be seen without running it.
    pub facts: Result<Facts, Unread>,
    /// What is wrong with myop's own attributes, of which the compiler says the same, and with what attributes of others
    /// say of schemas, of which the compiler says it in structs that have one of myop's own.
    pub mistakes: Vec<(Place, myop_model::Error)>,
}

/// Reads what the operator in a folder declares: the kinds of `api::kinds()` and the controllers of
/// `controllers::register()`.
///
/// # Errors
/// When there is no crate, or a file of it can't be read or is not Rust.
pub fn read_operator(folder: &Path) -> Result<Declared, SourceError> {
    let sources = Sources::read(folder, &Features::default(), is_known)?;
    let schemas = Schemas::new(&sources);
    let facts = operator::read(&sources, &schemas).map_err(|unread| *unread);
    // What they don't speak of is to be Rust, too.
    sources.own_types().for_each(drop);
    let mut mistakes = sources.mistakes();
    let facts = facts.map(|(facts, wrong)| {
        mistakes.extend(wrong);
        facts
    });
    mistakes.extend(schemas.mistakes());
    Ok(Declared {
        files: sources.files()?,
        facts,
        mistakes,
    })
}

/// Reads the kinds of the crate in a folder, as it is built with these features: each struct with `#[resource]`, or with
/// kube's derive of `CustomResource`.
///
/// # Errors
/// When there is no crate, it has no such features, or a file of it can't be read or is not Rust.
pub fn read_sources(folder: &Path, features: &Features) -> Result<Reading, SourceError> {
    let sources = Sources::read(folder, features, is_known)?;
    let schemas = Schemas::new(&sources);
    let kinds = sources.own_types().filter_map(|id| {
        let root = sources.root_of(id)?;
        let item = sources.type_item(id);
        let ident = item.item.name();
        Some(Kind {
            path: format!("{}::{root}", sources.path(item.module)),
            spec: name(ident),
            place: Place::of(sources.file(item.module).to_owned(), ident.span()),
            definition: definition::read(&schemas, id).map_err(|unread| *unread),
        })
    });
    let mut kinds: Vec<_> = kinds.collect();
    kinds.sort_by(|one, other| one.place.cmp(&other.place));
    let mut mistakes = sources.mistakes();
    mistakes.extend(schemas.mistakes());
    Ok(Reading {
        package: sources.package().to_owned(),
        kinds,
        mistakes,
        files: sources.files()?,
    })
}
