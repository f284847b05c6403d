//! What the sources of a crate declare.

use std::path::Path;

use serde_json::Value;

use crate::facts::Facts;
use crate::kept::{Basis, Kept, Origin, Origins, Standing};
use crate::schema::{Schemas, is_known};
use crate::source::{Features, Place, SourceError, Sources, TypeId, Unread, name};
use crate::{definition, operator};

/// What was read of a crate's sources.
#[derive(Debug)]
pub struct Reading {
    /// The name of the crate's package.
    pub package: String,
    /// The kinds, in the order of their files and lines, without those whose definitions are unchanged.
    pub kinds: Vec<Kind>,
    /// What is wrong with myop's own attributes, of which the compiler says the same, and with what attributes of others
    /// say of schemas, of which the compiler says it in structs that have one of myop's own.
    pub mistakes: Vec<(Place, myop_model::Error)>,
    /// What this is made of, unchanged definitions among it.
    pub basis: Basis,
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
    /// The facts that its program would print, without the kinds whose definitions are unchanged; or why they can't be seen
    /// without running it.
    pub facts: Result<Facts, Unread>,
    /// What is wrong with myop's own attributes, of which the compiler says the same, and with what attributes of others
    /// say of schemas, of which the compiler says it in structs that have one of myop's own.
    pub mistakes: Vec<(Place, myop_model::Error)>,
    /// What this is made of, unchanged definitions among it.
    pub basis: Basis,
}

/// Reads what the operator in a folder declares: the kinds of `api::kinds()` and the controllers of
/// `controllers::register()`; but for what is kept of an earlier reading by the same program, with the same
/// [`Descriptions`](crate::Descriptions), and has not changed since.
///
/// # Errors
/// When there is no crate, or a file of it can't be read or is not Rust.
pub fn read_operator(folder: &Path, kept: Kept) -> Result<Declared, SourceError> {
    let holds = |declared: &Declared| declared.basis.holds();
    beside(folder, &Features::default(), kept, declared, holds)
}

/// Reads what an operator declares beside what stands.
fn declared(sources: Sources, standing: Standing) -> Result<Declared, SourceError> {
    let schemas = Schemas::new(&sources);
    let read = operator::read(&sources, &schemas, &standing);
    // What they don't speak of is to be Rust, too.
    let leads_on = |file: &Path| standing.leads_on(file);
    sources.own_types_in(&leads_on).for_each(drop);
    let mut mistakes = sources.mistakes();
    let (facts, origins) = match read {
        Ok(operator) => {
            mistakes.extend(operator.mistakes);
            let controllers = operator.origins.controllers.iter();
            let facts = Facts {
                name: sources.package().to_owned(),
                crds: operator.crds,
                controllers: controllers.map(|one| one.controller.clone()).collect(),
            };
            (Ok(facts), Some(operator.origins))
        }
        Err(unread) => (Err(*unread), None),
    };
    mistakes.extend(schemas.mistakes());
    mistakes.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Declared {
        facts,
        mistakes,
        basis: Basis::of(sources, standing, origins)?,
    })
}

/// Reads the kinds of the crate in a folder, as it is built with these features: each struct with `#[resource]`, or with
/// kube's derive of `CustomResource`.
///
/// # Errors
/// When there is no crate, it has no such features, or a file of it can't be read or is not Rust.
pub fn read_sources(folder: &Path, features: &Features) -> Result<Reading, SourceError> {
    read_again(folder, features, Kept::default())
}

/// The same, without what is kept of an earlier reading by the same program, with the same [`Descriptions`](crate::Descriptions),
/// and has not changed since.
///
/// # Errors
/// As [`read_sources`].
pub fn read_again(folder: &Path, features: &Features, kept: Kept) -> Result<Reading, SourceError> {
    let holds = |reading: &Reading| reading.basis.holds();
    beside(folder, features, kept, reading, holds)
}

/// Reads a crate beside what is kept of it; but whole where that does not hold, or fails, which may be at another of two
/// files than in a whole reading.
fn beside<R>(
    folder: &Path,
    features: &Features,
    kept: Kept,
    read: impl Fn(Sources, Standing) -> Result<R, SourceError>,
    holds: impl Fn(&R) -> bool,
) -> Result<R, SourceError> {
    let sources = || Sources::read(folder, features, is_known);
    let first = sources()?;
    let standing = kept.standing(first.packages());
    if standing.reads_everything() {
        return read(first, standing);
    }
    match read(first, standing) {
        Ok(reading) if holds(&reading) => Ok(reading),
        _ => read(sources()?, Standing::default()),
    }
}

/// Reads the kinds beside those that stand.
fn reading(sources: Sources, standing: Standing) -> Result<Reading, SourceError> {
    let schemas = Schemas::new(&sources);
    let leads_on = |file: &Path| standing.leads_on(file);
    let ids = sources.own_types_in(&leads_on);
    let found = ids.filter_map(|id| kind(&sources, &schemas, id, &standing));
    let (mut kinds, origins): (Vec<_>, Vec<_>) = found.unzip();
    kinds.sort_by(|one, other| one.place.cmp(&other.place));
    let mut mistakes = sources.mistakes();
    mistakes.extend(schemas.mistakes());
    mistakes.sort_by(|(one, _), (other, _)| one.cmp(other));
    let origins: Option<Vec<_>> = origins.into_iter().collect();
    Ok(Reading {
        package: sources.package().to_owned(),
        kinds,
        mistakes,
        basis: Basis::of(sources, standing, origins.map(Origins::of_kinds))?,
    })
}

/// The kind that a type is the spec of, if it is one and does not stand.
fn kind(
    sources: &Sources,
    schemas: &Schemas<'_>,
    id: TypeId,
    standing: &Standing,
) -> Option<(Kind, Option<Origin>)> {
    let root = sources.root_of(id)?;
    let item = sources.type_item(id);
    let file = sources.file(item.module);
    if !standing.has_kinds_to_read(file) {
        return None;
    }
    let ident = item.item.name();
    sources.take_looked_at();
    let definition = definition::read(schemas, id).map_err(|unread| *unread);
    let made_of = sources.take_looked_at();
    let origin = definition.as_ref().ok();
    let origin = origin.and_then(|crd| Origin::of(crd, None, file.to_owned(), made_of));
    let kind = Kind {
        path: format!("{}::{root}", sources.path(item.module)),
        spec: name(ident),
        place: Place::of(file.to_owned(), ident.span()),
        definition,
    };
    Some((kind, origin))
}
